/** As much of DER as naming a certificate by its hashes needs (RFC 6960 §4.1.1). Pure. */
import { createHash, X509Certificate } from 'node:crypto';

export type HashAlgorithm = 'SHA256' | 'SHA384' | 'SHA512';
export type CertificateHashData = {
  readonly hashAlgorithm: HashAlgorithm;
  readonly issuerNameHash: string;
  readonly issuerKeyHash: string;
  readonly serialNumber: string;
};

type Part = { readonly tag: number; readonly whole: Buffer; readonly content: Buffer; readonly next: number };

function part(bytes: Buffer, at: number): Part {
  const tag = bytes[at];
  let length = bytes[at + 1];
  if (tag === undefined || length === undefined) throw new Error('the certificate ends too soon');
  let from = at + 2;
  if (length >= 0x80) {
    const digits = length & 0x7f;
    length = bytes.readUIntBE(from, digits);
    from += digits;
  }
  const next = from + length;
  return { tag, whole: bytes.subarray(at, next), content: bytes.subarray(from, next), next };
}

function parts(bytes: Buffer): Part[] {
  const found: Part[] = [];
  for (let at = 0; at < bytes.length; ) {
    const each = part(bytes, at);
    found.push(each);
    at = each.next;
  }
  return found;
}

/** The bits of a SubjectPublicKeyInfo's key, without tag, length and the count of unused bits. */
function keyBits(spki: Buffer): Buffer {
  const [, bits] = parts(part(spki, 0).content);
  if (bits === undefined) throw new Error('the certificate has no key');
  return bits.content.subarray(1);
}

/** `issuer`: who signed it; absent: itself, as root certificates do. */
export function hashDataOf(
  certificate: X509Certificate,
  issuer: X509Certificate = certificate,
  hashAlgorithm: HashAlgorithm = 'SHA256',
): CertificateHashData {
  const hash = (bytes: Buffer): string => createHash(hashAlgorithm.toLowerCase()).update(bytes).digest('hex');
  const [body] = parts(part(certificate.raw, 0).content);
  if (body === undefined) throw new Error('the certificate has no body');
  // [0] version, serialNumber, signature, issuer, …; a certificate of version 1 has no [0].
  const fields = parts(body.content);
  const issuerName = fields[fields[0]?.tag === 0xa0 ? 3 : 2];
  if (issuerName === undefined) throw new Error('the certificate has no issuer');
  return {
    hashAlgorithm,
    issuerNameHash: hash(issuerName.whole),
    issuerKeyHash: hash(keyBits(issuer.publicKey.export({ type: 'spki', format: 'der' }))),
    serialNumber: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
  };
}

export const sameCertificate = (a: CertificateHashData, b: CertificateHashData): boolean =>
  a.hashAlgorithm === b.hashAlgorithm &&
  a.issuerNameHash.toLowerCase() === b.issuerNameHash.toLowerCase() &&
  a.issuerKeyHash.toLowerCase() === b.issuerKeyHash.toLowerCase() &&
  a.serialNumber.toLowerCase().replace(/^0+(?=.)/, '') === b.serialNumber.toLowerCase().replace(/^0+(?=.)/, '');

/** The first certificate of a PEM text; undefined: there is none that can be read. */
export function readPem(pem: unknown): X509Certificate | undefined {
  if (typeof pem !== 'string') return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined; // what is no certificate is told to the CSMS by the answer
  }
}

/** The one file that reads and writes X.509 structures. What it is given is hostile: it returns undefined instead of throwing. */
import 'reflect-metadata';
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { Pkcs10CertificateRequest, X509Certificate } from '@peculiar/x509';
import type { CertificateHash } from '../ingest/inputs.ts';
import type { CertificateFacts } from './types.ts';

type Algorithm = CertificateHash['hashAlgorithm'];
const digest = (algorithm: Algorithm, bytes: Uint8Array): string =>
  createHash(algorithm.toLowerCase()).update(bytes).digest('hex');

/** Within a SubjectPublicKeyInfo: the bits of the key, as OCSP hashes them (RFC 6960 §4.1.1). */
function keyBits(spki: Uint8Array): Uint8Array {
  const header = (at: number): { start: number; end: number } => {
    const first = spki[at + 1] ?? 0;
    const bytes = first < 0x80 ? 0 : first & 0x7f;
    let length = bytes === 0 ? first : 0;
    for (let i = 0; i < bytes; i += 1) length = length * 256 + (spki[at + 2 + i] ?? 0);
    return { start: at + 2 + bytes, end: at + 2 + bytes + length };
  };
  const algorithm = header(header(0).start);
  const bits = header(algorithm.end);
  return spki.subarray(bits.start + 1, bits.end); // without the count of unused bits
}

export const certificateOf = (pem: string): X509Certificate | undefined => attempt(() => new X509Certificate(pem));
export const csrOf = (pem: string): Pkcs10CertificateRequest | undefined =>
  attempt(() => new Pkcs10CertificateRequest(pem));

const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** In their order; undefined: there is none, or one cannot be read. */
export function chainOf(pem: string): X509Certificate[] | undefined {
  const all = (pem.match(BLOCK) ?? []).map(certificateOf);
  return all.length > 0 && all.every((each) => each !== undefined) ? all : undefined;
}

export const publicKeyOf = (of: { readonly publicKey: { readonly rawData: ArrayBuffer } }): KeyObject | undefined =>
  attempt(() => createPublicKey({ key: Buffer.from(of.publicKey.rawData), format: 'der', type: 'spki' }));

/** What keys are taken: RSA of 2048 bits or more, or one of NIST's curves. undefined: this is none. */
export function keyTypeOf(key: KeyObject): string | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa')
    return modulusLength !== undefined && modulusLength >= 2048 ? `RSA ${modulusLength}` : undefined;
  const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
  return key.asymmetricKeyType === 'ec' ? curves[namedCurve ?? ''] : undefined;
}

/** Of the key of a certificate, in lower-case hexadecimal, as OCSP names it. `algorithm` in Node's words. */
export const keyHashOf = (certificate: X509Certificate, algorithm: string): string =>
  createHash(algorithm)
    .update(keyBits(new Uint8Array(certificate.publicKey.rawData)))
    .digest('hex');

const isSelfIssued = ({ issuer, subject }: X509Certificate): boolean => issuer === subject;
/** OCPP: childCertificateHashData has at most four. */
const MOST_CHILDREN = 4;

/** How OCPP names a certificate; the issuer is needed for its key. */
export const hashOf = (
  certificate: X509Certificate,
  issuer: X509Certificate,
  hashAlgorithm: Algorithm = 'SHA256',
): CertificateHash => ({
  hashAlgorithm,
  issuerNameHash: digest(hashAlgorithm, new Uint8Array(certificate.issuerName.toArrayBuffer())),
  issuerKeyHash: digest(hashAlgorithm, keyBits(new Uint8Array(issuer.publicKey.rawData))),
  serialNumber: certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, ''),
});

/** Of the first certificate of a PEM text; its issuer is itself, or the next one. Below it stand authorities, without their root. */
export function factsOf(pem: string, algorithm: Algorithm = 'SHA256'): CertificateFacts | undefined {
  const chain = chainOf(pem) ?? [];
  const [certificate] = chain;
  if (certificate === undefined) return undefined;
  const hashAt = (i: number): CertificateHash | undefined => {
    const [each, next] = [chain[i], chain[i + 1]];
    if (each === undefined) return undefined;
    const issuer = isSelfIssued(each) ? each : next?.subject === each.issuer ? next : undefined;
    return issuer === undefined ? undefined : attempt(() => hashOf(each, issuer, algorithm));
  };
  const children = chain.flatMap((each, i) => (i === 0 || isSelfIssued(each) ? [] : (hashAt(i) ?? [])));
  return {
    hash: hashAt(0),
    children: children.slice(0, MOST_CHILDREN),
    subject: certificate.subject.slice(0, 500),
    expiresAt: certificate.notAfter,
  };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // not what it should be: the caller says so
  }
}

/** Which signatures are believed, by their object identifiers. SHA-1 and weaker are not. */
import 'reflect-metadata';
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate } from '@peculiar/asn1-x509';
import type { X509Certificate } from '@peculiar/x509';

const SIGNATURES: Readonly<Record<string, { readonly hash: string | null; readonly key: string }>> = {
  '1.2.840.113549.1.1.11': { hash: 'sha256', key: 'rsa' },
  '1.2.840.113549.1.1.12': { hash: 'sha384', key: 'rsa' },
  '1.2.840.113549.1.1.13': { hash: 'sha512', key: 'rsa' },
  '1.2.840.10045.4.3.2': { hash: 'sha256', key: 'ec' },
  '1.2.840.10045.4.3.3': { hash: 'sha384', key: 'ec' },
  '1.2.840.10045.4.3.4': { hash: 'sha512', key: 'ec' },
  '1.3.101.112': { hash: null, key: 'ed25519' },
  '1.3.101.113': { hash: null, key: 'ed448' },
};

/** Never throws: what cannot be verified is not signed. ECDSA signatures come as DER. */
export function isSignedBy(
  signed: ArrayBuffer,
  signature: ArrayBuffer,
  algorithm: string,
  publicKey: ArrayBuffer,
): boolean {
  const how = SIGNATURES[algorithm];
  const key = keyOf(publicKey);
  if (how === undefined || key === undefined || key.asymmetricKeyType !== how.key) return false;
  try {
    return verify(how.hash, new Uint8Array(signed), key, new Uint8Array(signature));
  } catch {
    return false; // a signature that is no signature
  }
}

function keyOf(spki: ArrayBuffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined; // an algorithm that is not known here
  }
}

/** Names fit, and the issuer's key made the signature. Whether the issuer may issue is another question. */
export function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const names = [certificate.issuerName, issuer.subjectName].map((name) => Buffer.from(name.toArrayBuffer()));
  if (names[0] === undefined || names[1] === undefined || !names[0].equals(names[1])) return false;
  const { tbsCertificateRaw, signatureValue, signatureAlgorithm } = AsnConvert.parse(certificate.rawData, Certificate);
  if (tbsCertificateRaw === undefined) return false;
  return isSignedBy(tbsCertificateRaw, signatureValue, signatureAlgorithm.algorithm, issuer.publicKey.rawData);
}

/** Which signatures are believed, by their object identifiers. SHA-1 and weaker are not. */
import 'reflect-metadata';
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { AsnConvert, AsnProp, AsnPropTypes } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier, Certificate } from '@peculiar/asn1-x509';
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

const PSS = '1.2.840.113549.1.1.10';
const MGF1 = '1.2.840.113549.1.1.8';
const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** RSASSA-PSS-params (RFC 4055 §3.1). What is left out stands for SHA-1, which is not believed, or for the one trailer there is. */
class PssParameters {
  hash?: AlgorithmIdentifier;
  mask?: AlgorithmIdentifier;
  saltLength = 20;
  trailer = 1;
}
const field = (name: keyof PssParameters, type: typeof AlgorithmIdentifier | AsnPropTypes.Integer, context: number) =>
  AsnProp({ type, context, optional: true })(PssParameters.prototype, name);
field('hash', AlgorithmIdentifier, 0);
field('mask', AlgorithmIdentifier, 1);
field('saltLength', AsnPropTypes.Integer, 2);
field('trailer', AsnPropTypes.Integer, 3);

/** The hash and the length of the salt; undefined: not to be believed. Both hashes must be one, as RFC 4055 recommends. */
function pssOf({
  parameters,
}: AlgorithmIdentifier): { readonly hash: string; readonly saltLength: number } | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  const { hash: of, mask, saltLength, trailer } = AsnConvert.parse(parameters, PssParameters);
  const hash = HASHES[of?.algorithm ?? ''];
  const inMask =
    mask?.algorithm === MGF1 && mask.parameters ? AsnConvert.parse(mask.parameters, AlgorithmIdentifier) : undefined;
  const isSound = inMask?.algorithm === of?.algorithm && saltLength >= 0 && trailer === 1;
  return hash === undefined || !isSound ? undefined : { hash, saltLength };
}

/** Never throws: what cannot be verified is not signed. ECDSA signatures come as DER. */
export function isSignedBy(
  signed: ArrayBuffer,
  signature: ArrayBuffer,
  algorithm: AlgorithmIdentifier,
  publicKey: ArrayBuffer,
): boolean {
  const key = keyOf(publicKey);
  if (key === undefined) return false;
  const [data, made] = [new Uint8Array(signed), new Uint8Array(signature)];
  try {
    if (algorithm.algorithm === PSS) {
      const pss = pssOf(algorithm);
      if (pss === undefined || (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'rsa-pss')) return false;
      const { hash, saltLength } = pss;
      return verify(hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, made);
    }
    const how = SIGNATURES[algorithm.algorithm];
    return how !== undefined && key.asymmetricKeyType === how.key && verify(how.hash, data, key, made);
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
  return isSignedBy(tbsCertificateRaw, signatureValue, signatureAlgorithm, issuer.publicKey.rawData);
}

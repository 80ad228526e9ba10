/**
 * Whether the file of a signed image is what its signature says (1.6 security extension §5, 2.0.1 L01.FR.11 f.: chargers verify the
 * same). RSA keys sign by RSASSA-PSS, elliptic curves by ECDSA, both over SHA-256; RSASSA-PKCS1-v1_5 is none of them.
 */
import { constants, createVerify, X509Certificate } from 'node:crypto';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

type Key = X509Certificate['publicKey'];

/** What is wrong with a certificate for signing; undefined: nothing. Its chain is the charger's to judge. */
export function certificateFault(pem: string, now: Date): string | undefined {
  const certificate = new X509Certificate(pem);
  const { publicKey: key } = certificate;
  if (new Date(certificate.validTo) <= now) return `is valid until ${certificate.validTo} only`;
  if (new Date(certificate.validFrom) > now) return `is valid from ${certificate.validFrom} on`;
  if (isRsa(key)) {
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return bits < 2048 ? `has an RSA key of ${bits} bits; chargers take 2048 and more` : undefined;
  }
  if (key.asymmetricKeyType !== 'ec')
    return `has a key of the kind ${key.asymmetricKeyType}; chargers take RSA and ECDSA`;
  const curve = key.asymmetricKeyDetails?.namedCurve;
  // 2.0.1 A00.FR.503: at least as strong as P-224.
  return curve === 'prime256v1' || curve === 'secp384r1' || curve === 'secp521r1'
    ? undefined
    : `has a key on the curve ${curve}; chargers take P-256`;
}

const isRsa = (key: Key): boolean => key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss';

/** Reads the file once, at constant memory. */
export async function isSignedBy(
  file: Readable,
  { signature, certificate }: { readonly signature: string; readonly certificate: string },
): Promise<boolean> {
  const verify = createVerify('sha256');
  await pipeline(file, async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) verify.update(chunk);
  });
  const key = new X509Certificate(certificate).publicKey;
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO };
  try {
    return verify.verify({ key, ...(isRsa(key) && pss) }, signature, 'base64');
  } catch {
    return false; // it has not even the form of a signature by such a key
  }
}

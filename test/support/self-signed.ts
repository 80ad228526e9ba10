/** Certificates that sign themselves: roots, makers of firmware, and anybody else. */
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

type Rsa = {
  readonly name: string;
  readonly hash: string;
  readonly modulusLength: number;
  readonly publicExponent: Uint8Array<ArrayBuffer>;
};

/** `ended`: it was valid until yesterday. `algorithm`: ECDSA on P-256, if not given. */
export async function selfSigned(
  name: string,
  { ended = false, algorithm = ecdsa }: { readonly ended?: boolean; readonly algorithm?: typeof ecdsa | Rsa } = {},
) {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: new Date(Date.now() + (ended ? -DAY_MS : 3650 * DAY_MS)),
    signingAlgorithm: algorithm,
  });
  return { pem: made.toString('pem'), keys };
}

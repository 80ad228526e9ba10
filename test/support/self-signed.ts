/** Certificates that sign themselves: roots, makers of firmware, and anybody else. */
import 'reflect-metadata';
import { X509CertificateGenerator } from '@peculiar/x509';

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** `ended`: it was valid until yesterday. */
export async function selfSigned(name: string, { ended = false }: { readonly ended?: boolean } = {}) {
  const keys = await crypto.subtle.generateKey(ecdsa, true, ['sign', 'verify']);
  const made = await X509CertificateGenerator.createSelfSigned({
    name,
    keys,
    notBefore: new Date(Date.now() - 2 * DAY_MS),
    notAfter: new Date(Date.now() + (ended ? -DAY_MS : 3650 * DAY_MS)),
    signingAlgorithm: ecdsa,
  });
  return { pem: made.toString('pem'), keys };
}

/** A key of the charger's own, and the request for its certificate (PKCS #10). */
import { createPrivateKey, type KeyObject } from 'node:crypto';

export async function makeRequest(subject: {
  readonly commonName: string;
  readonly organization: string;
}): Promise<{ readonly csr: string; readonly key: KeyObject }> {
  // Loaded when it is first needed: most simulated chargers never ask for a certificate.
  await import('reflect-metadata');
  const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [subject.commonName] }, { O: [subject.organization] }],
    keys,
    signingAlgorithm: algorithm,
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { csr: csr.toString('pem'), key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) };
}

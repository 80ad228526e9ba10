/** A certificate authority of this test run, and what it signs: servers and chargers, RSA and ECDSA. */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
};
const HOUR_MS = 3_600_000;

export type Issued = { readonly cert: string; readonly key: string };
export type IssueOptions = {
  readonly names?: readonly string[];
  readonly rsa?: boolean;
  /** It was valid once. */
  readonly ended?: boolean;
};
export type Authority = {
  readonly pem: string;
  /** `names`: DNS names and addresses; without them it is a client's. `subject`: like CN=CP-1, O=Dynamo */
  issue(subject: string, more?: IssueOptions): Promise<Issued>;
};

export async function authority(name = 'Test authority'): Promise<Authority> {
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const span = { notBefore: new Date(Date.now() - HOUR_MS), notAfter: new Date(Date.now() + HOUR_MS) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...span,
    serialNumber: randomBytes(8).toString('hex'),
    name: `CN=${name} ${randomBytes(4).toString('hex')}`,
    signingAlgorithm: ECDSA,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  return {
    pem: root.toString('pem'),
    async issue(subject, { names = [], rsa = false, ended = false } = {}) {
      const own = await webcrypto.subtle.generateKey(rsa ? RSA : ECDSA, true, ['sign', 'verify']);
      const leaf = await x509.X509CertificateGenerator.create({
        ...span,
        ...(ended && { notAfter: new Date(Date.now() - HOUR_MS / 2) }),
        serialNumber: randomBytes(8).toString('hex'),
        subject,
        issuer: root.subject,
        signingAlgorithm: ECDSA,
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        extensions: [
          new x509.SubjectAlternativeNameExtension(
            names.map((value) => ({ type: isIP(value) > 0 ? 'ip' : 'dns', value })),
          ),
        ].slice(0, names.length),
      });
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey));
      return { cert: leaf.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
    },
  };
}

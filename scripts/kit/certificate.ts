/** A certificate authority for one purpose on this machine, and a certificate of it. The authority's key is forgotten at once. */
import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

export type LocalCertificate = {
  /** PEM of the authority, for those who shall trust. */
  readonly ca: string;
  /** PEM, for the server. */
  readonly cert: string;
  readonly key: string;
};

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;

/** For localhost, 127.0.0.1 and ::1. */
export async function createLocalCertificate(validDays: number): Promise<LocalCertificate> {
  const notBefore = new Date(Date.now() - DAY_MS);
  const notAfter = new Date(Date.now() + validDays * DAY_MS);
  const [caKeys, keys] = await Promise.all([newKeys(), newKeys()]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'CN=Dynamo local authority',
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  const cert = await x509.X509CertificateGenerator.create({
    serialNumber: '02',
    subject: 'CN=localhost',
    issuer: ca.subject,
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: caKeys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = pkcs8.match(/.{1,64}/g)?.join('\n') ?? '';
  return {
    ca: `${ca.toString('pem')}\n`,
    cert: `${cert.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
  };
}

const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

const FILES = { ca: 'ca.pem', cert: 'cert.pem', key: 'key.pem' } as const;

/** The one in that folder, made when there is none or it ends within a day: so that a running server may be told to trust it. */
export async function keptCertificate(folder: string): Promise<LocalCertificate & { readonly caFile: string }> {
  const caFile = join(folder, FILES.ca);
  const read = (name: keyof typeof FILES) => readFileSync(join(folder, FILES[name]), 'utf8');
  if (Object.values(FILES).every((name) => existsSync(join(folder, name)))) {
    const kept = { ca: read('ca'), cert: read('cert'), key: read('key') };
    if (new Date(new X509Certificate(kept.cert).validTo).getTime() > Date.now() + DAY_MS) return { ...kept, caFile };
  }
  const made = await createLocalCertificate(365);
  mkdirSync(folder, { recursive: true });
  writeFileSync(caFile, made.ca);
  writeFileSync(join(folder, FILES.cert), made.cert);
  writeFileSync(join(folder, FILES.key), made.key, { mode: 0o600 });
  return { ...made, caFile };
}

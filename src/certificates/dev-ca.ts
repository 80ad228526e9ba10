/**
 * The development CA of this installation: made when it is first needed, its key sealed by the key ring and never given out.
 * It is for development: it cannot revoke, and whoever has the database and the key ring has it.
 */
import 'reflect-metadata';
import { createPrivateKey, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import type { Cipher } from '../secrets/index.ts';
import { findAuthority, keepAuthority } from './authority-store.ts';
import type { Signer } from './types.ts';
import { certificateOf, csrOf } from './x509.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const ID = 'dev';
const AAD = `certificate-authority:${ID}`;
const DAY_MS = 86_400_000;
const YEARS = 10;
const LEAF_DAYS = 365;
/** Clocks of chargers are slow. */
const BEFORE_MS = DAY_MS;

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  /** keyRing.cipher('certificate-authority') */
  readonly cipher: Cipher;
  readonly clock: Clock;
};

export type DevCa = {
  readonly sign: Signer;
  /** PEM; chargers and servers that shall believe its certificates need it. */
  certificate(): Promise<string>;
  /** A certificate of this server's own, for its names and addresses, with a key that lives no longer than the process. PEM. */
  server(names: readonly string[]): Promise<{ readonly chain: string; readonly key: string }>;
};

export function createDevCa({ db, cipher, clock }: Needs): DevCa {
  async function authority() {
    const stored = (await findAuthority(db, ID)) ?? (await make());
    const certificate = certificateOf(stored.certificate);
    if (certificate === undefined) throw new Error('the certificate of the development CA cannot be read');
    const pkcs8 = cipher.decrypt(stored.privateKey, AAD);
    const key = await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), ALGORITHM, false, ['sign']);
    return { certificate, key };
  }

  async function make() {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const now = clock.now().getTime();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: serial(),
      name: [{ CN: [`Dynamo CSMS development CA ${randomBytes(4).toString('hex')}`] }],
      notBefore: new Date(now - BEFORE_MS),
      notAfter: new Date(now + YEARS * 365 * DAY_MS),
      signingAlgorithm: ALGORITHM,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    const mine = { certificate: certificate.toString('pem'), privateKey: cipher.encrypt(pkcs8, AAD) };
    await keepAuthority(db, ID, mine, clock.now());
    return (await findAuthority(db, ID)) ?? mine; // another process may have been first
  }

  return {
    certificate: async () => (await authority()).certificate.toString('pem'),
    async server(names) {
      const { certificate, key } = await authority();
      const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const now = clock.now().getTime();
      const leaf = await X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: [{ CN: [names[0] ?? 'localhost'] }],
        issuer: certificate.subjectName,
        notBefore: new Date(now - BEFORE_MS),
        notAfter: new Date(now + LEAF_DAYS * DAY_MS),
        signingAlgorithm: ALGORITHM,
        publicKey: keys.publicKey,
        signingKey: key,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }))),
        ],
      });
      const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
      const pem = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({
        format: 'pem',
        type: 'pkcs8',
      });
      return { chain: `${leaf.toString('pem')}\n${certificate.toString('pem')}\n`, key: pem.toString() };
    },
    async sign({ csr: pem }) {
      const csr = csrOf(pem);
      if (csr === undefined) return { refused: 'It is no CSR' };
      const { certificate, key } = await authority();
      const now = clock.now().getTime();
      const [name = ''] = csr.subjectName.getField('CN');
      const [organization = ''] = csr.subjectName.getField('O');
      const leaf = await X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: [{ CN: [name] }, { O: [organization] }], // nothing else that a charger may have put in
        issuer: certificate.subjectName,
        notBefore: new Date(now - BEFORE_MS),
        notAfter: new Date(now + LEAF_DAYS * DAY_MS),
        signingAlgorithm: ALGORITHM,
        publicKey: csr.publicKey,
        signingKey: key,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
        ],
      });
      return { chain: `${leaf.toString('pem')}\n${certificate.toString('pem')}\n` };
    },
  };
}

/** Positive, 127 random bits. */
function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

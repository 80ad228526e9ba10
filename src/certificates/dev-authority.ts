/** An authority of this installation: made when it is first needed, its key sealed by the key ring and never given out. */
import 'reflect-metadata';
import { randomBytes, type webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import type { Cipher } from '../secrets/index.ts';
import { findAuthority, keepAuthority, type StoredAuthority } from './authority-store.ts';
import { certificateOf } from './x509.ts';

export const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const YEARS = 10;
/** Clocks of chargers are slow. */
const BEFORE_MS = DAY_MS;

export type AuthorityNeeds = {
  readonly db: Pick<Database, 'rows'>;
  /** keyRing.cipher('certificate-authority') */
  readonly cipher: Cipher;
  readonly clock: Clock;
};

export type Authority = { readonly certificate: X509Certificate; readonly key: webcrypto.CryptoKey };

type About = {
  readonly id: string;
  readonly name: string;
  /** How many authorities may stand below it. */
  readonly pathLength: number;
  /** undefined: it is a root. */
  readonly issuer?: () => Promise<Authority>;
};

/** Two processes that make one at once end with the same: the first to write it wins. */
export function createAuthority({ db, cipher, clock }: AuthorityNeeds, about: About): () => Promise<Authority> {
  const aad = `certificate-authority:${about.id}`;

  async function make(): Promise<StoredAuthority> {
    const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
    const issuer = await about.issuer?.();
    const subject = [{ CN: [`${about.name} ${randomBytes(4).toString('hex')}`] }];
    const certificate = await X509CertificateGenerator.create({
      serialNumber: serial(),
      subject,
      issuer: issuer?.certificate.subjectName ?? subject,
      ...lifetime(clock, YEARS * 365),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: issuer?.key ?? keys.privateKey,
      extensions: [
        new BasicConstraintsExtension(true, about.pathLength, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
    const mine = { certificate: certificate.toString('pem'), privateKey: cipher.encrypt(pkcs8, aad) };
    await keepAuthority(db, about.id, mine, clock.now());
    return (await findAuthority(db, about.id)) ?? mine; // another process may have been first
  }

  return async () => {
    const stored = (await findAuthority(db, about.id)) ?? (await make());
    const certificate = certificateOf(stored.certificate);
    if (certificate === undefined) throw new Error(`the certificate of ${about.name} cannot be read`);
    const pkcs8 = cipher.decrypt(stored.privateKey, aad);
    const key = await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), ALGORITHM, false, ['sign']);
    return { certificate, key };
  };
}

export function lifetime(clock: Clock, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = clock.now().getTime();
  return { notBefore: new Date(now - BEFORE_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** Positive, 127 random bits. */
export function serial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

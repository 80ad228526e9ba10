/**
 * The development CA of this installation, for the connections of chargers. It is for development: it cannot revoke, and whoever
 * has the database and the key ring has it.
 */
import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
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
import { ALGORITHM, type AuthorityNeeds, createAuthority, lifetime, serial } from './dev-authority.ts';
import type { Signer } from './types.ts';
import { csrOf } from './x509.ts';

const LEAF_DAYS = 365;

export type DevCa = {
  readonly sign: Signer;
  /** PEM; chargers and servers that shall believe its certificates need it. */
  certificate(): Promise<string>;
  /** A certificate of this server's own, for its names and addresses, with a key that lives no longer than the process. PEM. */
  server(names: readonly string[]): Promise<{ readonly chain: string; readonly key: string }>;
};

export function createDevCa(needs: AuthorityNeeds): DevCa {
  const authority = createAuthority(needs, { id: 'dev', name: 'Dynamo CSMS development CA', pathLength: 0 });
  return {
    certificate: async () => (await authority()).certificate.toString('pem'),
    async server(names) {
      const { certificate, key } = await authority();
      const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
      const leaf = await X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: [{ CN: [names[0] ?? 'localhost'] }],
        issuer: certificate.subjectName,
        ...lifetime(needs.clock, LEAF_DAYS),
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
      const [name = ''] = csr.subjectName.getField('CN');
      const [organization = ''] = csr.subjectName.getField('O');
      const leaf = await X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: [{ CN: [name] }, { O: [organization] }], // nothing else that a charger may have put in
        issuer: certificate.subjectName,
        ...lifetime(needs.clock, LEAF_DAYS),
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

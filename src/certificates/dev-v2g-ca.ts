/**
 * Development authorities of the certificates that chargers show to cars: a V2G root and below it the operator's sub-CA, which
 * signs (ISO 15118-2, annex F). No car on the road trusts them; they are for development and laboratories.
 */
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { ALGORITHM, type AuthorityNeeds, createAuthority, lifetime, serial } from './dev-authority.ts';
import type { DevCa } from './dev-ca.ts';
import { csrOf } from './x509.ts';

/** ISO 15118-2: two to three months. */
const LEAF_DAYS = 60;

export function createDevV2gCa(needs: AuthorityNeeds): Pick<DevCa, 'sign' | 'certificate'> {
  const root = createAuthority(needs, { id: 'v2g-root', name: 'Dynamo CSMS development V2G root', pathLength: 2 });
  const operator = createAuthority(needs, {
    id: 'v2g-cpo',
    name: 'Dynamo CSMS development CPO sub-CA',
    pathLength: 0,
    issuer: root,
  });
  return {
    certificate: async () => (await root()).certificate.toString('pem'),
    async sign({ csr: pem }) {
      const csr = csrOf(pem);
      if (csr === undefined) return { refused: 'It is no CSR' };
      const { certificate, key } = await operator();
      const [name = ''] = csr.subjectName.getField('CN');
      const [organization] = csr.subjectName.getField('O');
      const leaf = await X509CertificateGenerator.create({
        serialNumber: serial(),
        subject: [{ CN: [name] }, ...(organization === undefined ? [] : [{ O: [organization] }]), { DC: ['CPO'] }],
        issuer: certificate.subjectName,
        ...lifetime(needs.clock, LEAF_DAYS),
        signingAlgorithm: ALGORITHM,
        publicKey: csr.publicKey,
        signingKey: key,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyAgreement, true),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        ],
      });
      // A02: leaf first, then the authorities below the root, which the car has.
      return { chain: `${leaf.toString('pem')}\n${certificate.toString('pem')}\n` };
    },
  };
}

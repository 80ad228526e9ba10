/** Hashes by which OCPP and OCSP name certificates. */
import { createHash } from 'node:crypto';
import type { X509Certificate } from '@peculiar/x509';
import { keyHashOf } from '../certificates/index.ts';
import type { CertificateHash } from '../ingest/inputs.ts';

export const HASH_OIDS = {
  SHA256: '2.16.840.1.101.3.4.2.1',
  SHA384: '2.16.840.1.101.3.4.2.2',
  SHA512: '2.16.840.1.101.3.4.2.3',
} as const satisfies Record<CertificateHash['hashAlgorithm'], string>;

/** Whether this is the authority that issued what these hashes name: by the hash of its key, and of its name. */
export function isNamedBy(
  authority: X509Certificate,
  { hashAlgorithm, issuerKeyHash, issuerNameHash }: CertificateHash,
): boolean {
  const algorithm = hashAlgorithm.toLowerCase();
  const nameHash = createHash(algorithm).update(new Uint8Array(authority.subjectName.toArrayBuffer())).digest('hex');
  return keyHashOf(authority, algorithm) === issuerKeyHash && nameHash === issuerNameHash;
}

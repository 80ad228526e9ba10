/** Hashes by which OCPP and OCSP name certificates. */
import { createHash } from 'node:crypto';
import type { CertificateHash } from '../ingest/inputs.ts';

export const HASH_OIDS = {
  SHA256: '2.16.840.1.101.3.4.2.1',
  SHA384: '2.16.840.1.101.3.4.2.2',
  SHA512: '2.16.840.1.101.3.4.2.3',
} as const satisfies Record<CertificateHash['hashAlgorithm'], string>;

export const digest = (algorithm: CertificateHash['hashAlgorithm'], bytes: Uint8Array | ArrayBuffer): string =>
  createHash(algorithm.toLowerCase())
    .update(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes))
    .digest('hex');

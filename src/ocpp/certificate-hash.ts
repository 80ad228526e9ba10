/** Reads how a charger names a certificate. Shared by all versions: the words are the same. */
import type { CertificateHash } from '../ingest/inputs.ts';
import { enumReader, isRecord, readText } from './reading.ts';

const readAlgorithm = enumReader(['SHA256', 'SHA384', 'SHA512']);

/** Chargers write hexadecimal in either case, and serial numbers with or without leading zeros. */
export function readCertificateHash(value: unknown): CertificateHash | undefined {
  if (!isRecord(value)) return undefined;
  const hashAlgorithm = readAlgorithm(value['hashAlgorithm']);
  const issuerNameHash = readText(value['issuerNameHash'], 128)?.toLowerCase();
  const issuerKeyHash = readText(value['issuerKeyHash'], 128)?.toLowerCase();
  const serialNumber = readText(value['serialNumber'], 40)
    ?.toLowerCase()
    .replace(/^0+(?=.)/, '');
  if (hashAlgorithm === undefined || !issuerNameHash || !issuerKeyHash || !serialNumber) return undefined;
  return { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber };
}

/** Certificates in the words of the security extension of OCPP 1.6. */
import type { CertificateHash, RootCertificateType } from '../../ingest/inputs.ts';
import { enumReader, isRecord, readText } from '../reading.ts';

export const ROOT_CERTIFICATES = {
  central_system_root: 'CentralSystemRootCertificate',
  manufacturer_root: 'ManufacturerRootCertificate',
} as const satisfies Record<RootCertificateType, string>;

export const readRootType = (value: unknown): RootCertificateType | undefined =>
  value === 'CentralSystemRootCertificate'
    ? 'central_system_root'
    : value === 'ManufacturerRootCertificate'
      ? 'manufacturer_root'
      : undefined;

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

/** Certificates in the words of OCPP 2.x. No rules. */
import type { CertificateUse, ListedCertificateType } from '../../ingest/inputs.ts';
import { enumReader } from '../reading.ts';

/** InstallCertificateUseEnumType, GetCertificateIdUseEnumType. The OEM's root is new in 2.1. */
export const CERTIFICATE_TYPES = {
  central_system_root: 'CSMSRootCertificate',
  manufacturer_root: 'ManufacturerRootCertificate',
  v2g_root: 'V2GRootCertificate',
  mo_root: 'MORootCertificate',
  oem_root: 'OEMRootCertificate',
  v2g_chain: 'V2GCertificateChain',
} as const satisfies Record<ListedCertificateType, string>;
export const LISTED_TYPES = Object.keys(CERTIFICATE_TYPES) as readonly ListedCertificateType[];

const readWord = enumReader(Object.values(CERTIFICATE_TYPES));
export function readCertificateType(value: unknown): ListedCertificateType | undefined {
  const word = readWord(value);
  return word === undefined ? undefined : LISTED_TYPES.find((type) => CERTIFICATE_TYPES[type] === word);
}

/** CertificateSigningUseEnumType; the third is new in 2.1. */
const USES = {
  charge_point: 'ChargingStationCertificate',
  v2g: 'V2GCertificate',
  v2g20: 'V2G20Certificate',
} as const satisfies Record<Exclude<CertificateUse, 'combined'>, string>;

/** undefined: the certificate is for the connection and for cars, which the wire says by saying nothing. */
export const usesToWire = (use: CertificateUse): string | undefined => (use === 'combined' ? undefined : USES[use]);

const readUseWord = enumReader(Object.values(USES));
/** A station that names no use, or one that nobody knows, wants a certificate for its connection as well. */
export function readUse(value: unknown): CertificateUse {
  const word = readUseWord(value);
  if (word === undefined) return 'combined';
  return word === 'V2GCertificate' ? 'v2g' : word === 'V2G20Certificate' ? 'v2g20' : 'charge_point';
}

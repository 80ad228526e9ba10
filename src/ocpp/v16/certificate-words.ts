/** Certificates in the words of the security extension of OCPP 1.6. */
import type { RootCertificateType } from '../../ingest/inputs.ts';

const ROOT_CERTIFICATES: Readonly<Partial<Record<RootCertificateType, string>>> = {
  central_system_root: 'CentralSystemRootCertificate',
  manufacturer_root: 'ManufacturerRootCertificate',
};

/** undefined: OCPP 1.6 does not know such roots. */
export const rootToWire = (type: RootCertificateType): string | undefined => ROOT_CERTIFICATES[type];

export const readRootType = (value: unknown): RootCertificateType | undefined =>
  value === 'CentralSystemRootCertificate'
    ? 'central_system_root'
    : value === 'ManufacturerRootCertificate'
      ? 'manufacturer_root'
      : undefined;

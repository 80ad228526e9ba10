/** OCPP 2.0.1 A02, A03: CertificateSigned. Rejected: the chain does not fit the key of its CSR, or cannot be verified. */
import type { ToCharger } from '../../contract.ts';

export const certificateSigned: ToCharger = {
  action: 'CertificateSigned',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    certificateChain: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----',
    certificateType: 'ChargingStationCertificate',
  },
};

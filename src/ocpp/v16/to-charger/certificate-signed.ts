/** OCPP 1.6 security extension, CertificateSigned. Rejected: the chain does not belong to the key of its CSR, or cannot be verified. */
import type { ToCharger } from '../../contract.ts';

export const certificateSigned: ToCharger = {
  action: 'CertificateSigned',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    certificateChain:
      '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQm9vdHN0cmFwIGV4YW1wbGU=\n-----END CERTIFICATE-----\n',
  },
};

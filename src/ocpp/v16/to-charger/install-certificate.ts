/** OCPP 1.6 security extension, InstallCertificate. Rejected: not a certificate it takes; Failed: it could not be stored. */
import type { ToCharger } from '../../contract.ts';

export const installCertificate: ToCharger = {
  action: 'InstallCertificate',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    certificateType: 'CentralSystemRootCertificate',
    certificate:
      '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQm9vdHN0cmFwIGV4YW1wbGU=\n-----END CERTIFICATE-----\n',
  },
};

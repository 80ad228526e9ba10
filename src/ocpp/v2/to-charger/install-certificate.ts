/** OCPP 2.0.1 M05: InstallCertificate. */
import type { ToCharger } from '../../contract.ts';

export const installCertificate: ToCharger = {
  action: 'InstallCertificate',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    certificateType: 'CSMSRootCertificate',
    certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----',
  },
};

/** OCPP 1.6 security extension, InstallCertificate. Rejected: not a certificate it takes; Failed: it could not be stored. */
import type { ToCharger } from '../../contract.ts';
import { readRootType } from '../certificate-words.ts';

export const installCertificate: ToCharger = {
  action: 'InstallCertificate',
  accepted: ({ status }) => status === 'Accepted',
  learn({ certificateType, certificate }) {
    const type = readRootType(certificateType);
    if (type === undefined || typeof certificate !== 'string') return undefined;
    return { about: 'certificate_installed', type, certificate };
  },
  example: {
    certificateType: 'CentralSystemRootCertificate',
    certificate:
      '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQm9vdHN0cmFwIGV4YW1wbGU=\n-----END CERTIFICATE-----\n',
  },
};

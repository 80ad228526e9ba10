/** OCPP 2.0.1 M05: InstallCertificate. Rejected: not a certificate it takes; Failed: it could not be stored. */
import type { ToCharger } from '../../contract.ts';
import { readCertificateType } from '../certificate-words.ts';

export const installCertificate: ToCharger = {
  action: 'InstallCertificate',
  accepted: ({ status }) => status === 'Accepted',
  learn({ certificateType, certificate }) {
    const type = readCertificateType(certificateType);
    if (type === undefined || type === 'v2g_chain' || typeof certificate !== 'string') return undefined;
    return { about: 'certificate_installed', type, certificate };
  },
  example: {
    certificateType: 'CSMSRootCertificate',
    certificate: '-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----',
  },
};

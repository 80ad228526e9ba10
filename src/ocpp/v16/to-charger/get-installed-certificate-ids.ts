/** OCPP 1.6 security extension, GetInstalledCertificateIds. NotFound is an answer too: there are none of that kind. */
import type { ToCharger } from '../../contract.ts';

export const getInstalledCertificateIds: ToCharger = {
  action: 'GetInstalledCertificateIds',
  accepted: ({ status }) => status === 'Accepted' || status === 'NotFound',
  example: { certificateType: 'CentralSystemRootCertificate' },
};

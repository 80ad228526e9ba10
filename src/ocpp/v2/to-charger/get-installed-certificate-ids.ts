/** OCPP 2.0.1 M03: GetInstalledCertificateIds. */
import type { ToCharger } from '../../contract.ts';

export const getInstalledCertificateIds: ToCharger = {
  action: 'GetInstalledCertificateIds',
  accepted: ({ status }) => status === 'Accepted' || status === 'NotFound',
  example: { certificateType: ['CSMSRootCertificate'] },
};

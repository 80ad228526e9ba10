/** OCPP 2.0.1 M04: DeleteCertificate. */
import type { ToCharger } from '../../contract.ts';

export const deleteCertificate: ToCharger = {
  action: 'DeleteCertificate',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    certificateHashData: {
      hashAlgorithm: 'SHA256',
      issuerNameHash: '0f3c',
      issuerKeyHash: '9a41',
      serialNumber: '1a2b',
    },
  },
};

/** OCPP 2.0.1 M04: DeleteCertificate. NotFound and Failed both leave what was there. */
import { readCertificateHash } from '../../certificate-hash.ts';
import type { ToCharger } from '../../contract.ts';

export const deleteCertificate: ToCharger = {
  action: 'DeleteCertificate',
  accepted: ({ status }) => status === 'Accepted',
  learn({ certificateHashData }) {
    const hash = readCertificateHash(certificateHashData);
    return hash === undefined ? undefined : { about: 'certificate_deleted', hash };
  },
  example: {
    certificateHashData: {
      hashAlgorithm: 'SHA256',
      issuerNameHash: '0f3c',
      issuerKeyHash: '9a41',
      serialNumber: '1a2b',
    },
  },
};

/** OCPP 1.6 security extension, DeleteCertificate. NotFound and Failed both leave what was there. */
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
      issuerNameHash: '9b1c6d2f0e4a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c',
      issuerKeyHash: '1f2e3d4c5b6a79880716253443526170f1e2d3c4b5a697887960514233241506',
      serialNumber: '4f2a91',
    },
  },
};

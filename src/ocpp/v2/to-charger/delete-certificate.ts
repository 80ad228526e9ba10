/** OCPP 2.0.1 M04: DeleteCertificate. NotFound and Failed both leave what the station has listed. */
import type { Learned } from '../../../ingest/inputs.ts';
import { readCertificateHash } from '../../certificate-hash.ts';
import type { ToCharger } from '../../contract.ts';

type Payload = Readonly<Record<string, unknown>>;
type Deleted = Extract<Learned, { about: 'certificate_deleted' }>;

function learn({ certificateHashData }: Payload): Deleted | undefined {
  const hash = readCertificateHash(certificateHashData);
  return hash === undefined ? undefined : { about: 'certificate_deleted', hash };
}

export const deleteCertificate: ToCharger = {
  action: 'DeleteCertificate',
  accepted: ({ status }) => status === 'Accepted',
  learn,
  learnRefusal(payload, { status }) {
    const known = status === 'NotFound' ? learn(payload) : undefined;
    return known && { ...known, wasNotThere: true };
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

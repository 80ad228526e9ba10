/** OCPP 1.6 security extension, GetInstalledCertificateIds. NotFound is an answer too: there are none of that kind. */
import type { ToCharger } from '../../contract.ts';
import { readList } from '../../reading.ts';
import { readCertificateHash, readRootType } from '../certificate-words.ts';

export const getInstalledCertificateIds: ToCharger = {
  action: 'GetInstalledCertificateIds',
  accepted: ({ status }) => status === 'Accepted' || status === 'NotFound',
  learn({ certificateType }, { certificateHashData }) {
    const type = readRootType(certificateType);
    const hashes = readList(certificateHashData)
      .map(readCertificateHash)
      .filter((each) => each !== undefined);
    return type === undefined ? undefined : { about: 'certificates_listed', type, hashes };
  },
  example: { certificateType: 'CentralSystemRootCertificate' },
};

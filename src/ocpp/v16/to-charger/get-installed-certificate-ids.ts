/** OCPP 1.6 security extension, GetInstalledCertificateIds. NotFound is an answer too: there are none of that kind. */
import { readCertificateHash } from '../../certificate-hash.ts';
import type { ToCharger } from '../../contract.ts';
import { readList } from '../../reading.ts';
import { readRootType } from '../certificate-words.ts';

export const getInstalledCertificateIds: ToCharger = {
  action: 'GetInstalledCertificateIds',
  accepted: ({ status }) => status === 'Accepted' || status === 'NotFound',
  learn({ certificateType }, { certificateHashData }) {
    const type = readRootType(certificateType);
    if (type === undefined) return undefined;
    const listed = readList(certificateHashData).flatMap((each) => {
      const hash = readCertificateHash(each);
      return hash === undefined ? [] : [{ type, hash, children: [] }];
    });
    return { about: 'certificates_listed', types: [type], listed };
  },
  example: { certificateType: 'CentralSystemRootCertificate' },
};

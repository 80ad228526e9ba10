/** OCPP 2.0.1 M03: GetInstalledCertificateIds. NotFound is an answer too: of the types that were asked for there are none. */
import { readCertificateHash } from '../../certificate-hash.ts';
import type { ToCharger } from '../../contract.ts';
import { isRecord, readList } from '../../reading.ts';
import { LISTED_TYPES, readCertificateType } from '../certificate-words.ts';

export const getInstalledCertificateIds: ToCharger = {
  action: 'GetInstalledCertificateIds',
  accepted: ({ status }) => status === 'Accepted' || status === 'NotFound',
  learn({ certificateType }, { certificateHashDataChain }) {
    const asked = readList(certificateType).flatMap((each) => readCertificateType(each) ?? []);
    const listed = readList(certificateHashDataChain).flatMap((each) => {
      if (!isRecord(each)) return [];
      const type = readCertificateType(each['certificateType']);
      const hash = readCertificateHash(each['certificateHashData']);
      if (type === undefined || hash === undefined) return [];
      const children = readList(each['childCertificateHashData']).flatMap((child) => readCertificateHash(child) ?? []);
      return [{ type, hash, children: children.slice(0, MOST_CHILDREN) }];
    });
    // M03: who names no type asks for all.
    return { about: 'certificates_listed', types: certificateType === undefined ? LISTED_TYPES : asked, listed };
  },
  example: { certificateType: ['CSMSRootCertificate'] },
};

/** childCertificateHashData: at most four. */
const MOST_CHILDREN = 4;

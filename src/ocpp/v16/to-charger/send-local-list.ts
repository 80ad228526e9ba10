/** OCPP 1.6 §5.15 SendLocalList. VersionMismatch: a differential update did not follow on what the charger has. */
import type { ListEntry } from '../../../ingest/inputs.ts';
import type { ToCharger } from '../../contract.ts';
import { isRecord, MOST_INT32, readInteger, readList } from '../../reading.ts';

export const sendLocalList: ToCharger = {
  action: 'SendLocalList',
  accepted: ({ status }) => status === 'Accepted',
  learn({ listVersion, updateType, localAuthorizationList }) {
    const version = readInteger(listVersion, -1, MOST_INT32);
    if (version === undefined) return undefined;
    const put: ListEntry[] = [];
    const removed: string[] = [];
    for (const each of readList(localAuthorizationList)) {
      if (!isRecord(each) || typeof each['idTag'] !== 'string') continue;
      const { idTag: uid, idTagInfo: info } = each;
      // §6.43, §7.2: an entry without idTagInfo is removed by a differential update.
      if (!isRecord(info)) removed.push(uid);
      else {
        const { status, expiryDate, parentIdTag } = info;
        const expiresAt = typeof expiryDate === 'string' ? new Date(expiryDate) : undefined;
        put.push({
          uid,
          type: null,
          status: String(status),
          expiresAt: expiresAt === undefined || Number.isNaN(expiresAt.getTime()) ? null : expiresAt,
          parentIdTag: typeof parentIdTag === 'string' ? parentIdTag : null,
        });
      }
    }
    return { about: 'local_list_sent', version, full: updateType === 'Full', put, removed };
  },
  example: {
    listVersion: 2,
    updateType: 'Full',
    localAuthorizationList: [{ idTag: '04A1B2C3', idTagInfo: { status: 'Accepted' } }],
  },
};

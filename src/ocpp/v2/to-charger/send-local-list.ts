/** OCPP 2.0.1 D01: SendLocalList. VersionMismatch: a differential update did not follow on what the station has (D01.FR.19). */
import type { ListEntry } from '../../../ingest/inputs.ts';
import type { ToCharger } from '../../contract.ts';
import { isRecord, MOST_INT32, readInteger, readList, readRecord } from '../../reading.ts';
import { readTokenKind } from '../id-token.ts';

export const sendLocalList: ToCharger = {
  action: 'SendLocalList',
  accepted: ({ status }) => status === 'Accepted',
  learn({ versionNumber, updateType, localAuthorizationList }) {
    const version = readInteger(versionNumber, 0, MOST_INT32);
    if (version === undefined) return undefined;
    const put: ListEntry[] = [];
    const removed: string[] = [];
    for (const each of readList(localAuthorizationList)) {
      const { idToken: uid, type } = readRecord(readRecord(each)['idToken']);
      if (typeof uid !== 'string') continue;
      // D01.FR.16, D01.FR.17: an entry without idTokenInfo is removed by a differential update.
      const info = readRecord(each)['idTokenInfo'];
      if (!isRecord(info)) removed.push(uid);
      else put.push(entryOf(uid, type, info));
    }
    return { about: 'local_list_sent', version, full: updateType === 'Full', put, removed };
  },
  example: {
    versionNumber: 1,
    updateType: 'Full',
    localAuthorizationList: [
      { idToken: { idToken: '04A2B3C4D5E6', type: 'ISO14443' }, idTokenInfo: { status: 'Accepted' } },
    ],
  },
};

function entryOf(uid: string, type: unknown, info: Readonly<Record<string, unknown>>): ListEntry {
  const { status, cacheExpiryDateTime: until, groupIdToken } = info;
  const expiresAt = typeof until === 'string' ? new Date(until) : undefined;
  const group = readRecord(groupIdToken)['idToken'];
  return {
    uid,
    type: readTokenKind(type) ?? 'central',
    status: String(status),
    expiresAt: expiresAt === undefined || Number.isNaN(expiresAt.getTime()) ? null : expiresAt,
    parentIdTag: typeof group === 'string' ? group : null,
  };
}

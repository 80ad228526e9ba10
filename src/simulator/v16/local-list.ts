/** The local authorization list of an OCPP 1.6 charger (§3.5.2): what it holds, and which changes it takes. */
import type { Payload } from '../types.ts';
import type { Configuration } from './configuration.ts';

type Entry = { readonly status: string; readonly expiryDate?: string; readonly parentIdTag?: string };
export type SendStatus = 'Accepted' | 'Failed' | 'NotSupported' | 'VersionMismatch';

export type LocalList = {
  /** §5.10: −1 without the feature, 0 for an empty list. */
  version(): number;
  send(request: Payload): SendStatus;
  find(token: string, now: Date): { readonly status: string; readonly parentIdTag?: string } | undefined;
};

const isRecord = (value: unknown): value is Payload => typeof value === 'object' && value !== null;

export function createLocalList(configuration: Configuration): LocalList {
  let version = 0;
  let entries = new Map<string, Entry>();
  const isSupported = () => configuration.read('SupportedFeatureProfiles').includes('LocalAuthListManagement');

  function entryOf(info: unknown): Entry | undefined {
    if (!isRecord(info) || typeof info['status'] !== 'string') return undefined;
    const { expiryDate, parentIdTag } = info;
    return {
      status: info['status'],
      ...(typeof expiryDate === 'string' ? { expiryDate } : {}),
      ...(typeof parentIdTag === 'string' ? { parentIdTag } : {}),
    };
  }

  return {
    version: () => (isSupported() ? version : -1),
    send({ listVersion, updateType, localAuthorizationList: list = [] }) {
      if (!isSupported()) return 'NotSupported';
      if (typeof listVersion !== 'number' || !Array.isArray(list)) return 'Failed';
      if (list.length > Number(configuration.read('SendLocalListMaxLength'))) return 'Failed';
      const isFull = updateType === 'Full';
      // §5.15: a differential update must follow on what is there.
      if (!isFull && listVersion <= version) return 'VersionMismatch';
      const next = new Map(isFull ? [] : entries);
      for (const each of list) {
        if (!isRecord(each) || typeof each['idTag'] !== 'string') return 'Failed';
        const key = each['idTag'].toLowerCase();
        const entry = entryOf(each['idTagInfo']);
        if (entry !== undefined) next.set(key, entry);
        else if (isFull) return 'Failed';
        else next.delete(key);
      }
      if (next.size > Number(configuration.read('LocalAuthListMaxLength'))) return 'Failed';
      entries = next;
      version = listVersion;
      return 'Accepted';
    },
    find(token, now) {
      if (configuration.read('LocalAuthListEnabled') !== 'true') return undefined;
      const entry = entries.get(token.toLowerCase());
      if (entry === undefined) return undefined;
      const hasExpired = entry.expiryDate !== undefined && Date.parse(entry.expiryDate) <= now.getTime();
      return {
        status: hasExpired && entry.status === 'Accepted' ? 'Expired' : entry.status,
        ...(entry.parentIdTag === undefined ? {} : { parentIdTag: entry.parentIdTag }),
      };
    },
  };
}

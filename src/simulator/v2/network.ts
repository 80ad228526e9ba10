/** Where a 2.x station connects to: its network profiles, their order, and the change from one to the next (2.0.1 B09, B10). */
import { numberOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { Model } from './model/index.ts';
import type { V2Version } from './words.ts';

/** undefined: what it was delivered with. */
export type Line = { readonly url: string; readonly identity?: string; readonly password?: string } | undefined;

export type Network = {
  set(slot: number, data: Payload): 'Accepted' | 'Rejected' | 'Failed';
  line(): Line;
  /** An attempt to connect failed. */
  failed(): void;
  opened(): void;
  /** After a reboot the order counts anew. */
  rebooted(): void;
};

const SLOTS = 3;
const INTERFACES = /^(Wired[0-3]|Wireless[0-3]|Any)$/;

export function createNetwork(model: Model, version: V2Version): Network {
  const profiles = new Map<number, Payload>();
  /** Slot 1 is what it was delivered with, until it is set. */
  let order: readonly number[] = [1];
  let at = 0;
  let failures = 0;
  /** 2.0.1 calls itself OCPP20 here; 2.1 knows it as OCPP201. */
  const mine: readonly unknown[] = version === '2.1' ? ['OCPP21'] : ['OCPP20', 'OCPP201'];
  const slot = (): number => order[at] ?? 1;
  model.bind('OCPPCommCtrlr.ActiveNetworkProfile', () => String(slot()));

  return {
    set(configurationSlot, data) {
      const { ocppVersion, ocppInterface, ocppTransport, ocppCsmsUrl } = data;
      const profile = numberOf(data['securityProfile']);
      const url = textOf(ocppCsmsUrl);
      if (!Number.isInteger(configurationSlot) || configurationSlot < 1 || configurationSlot > SLOTS) return 'Rejected';
      if (url === undefined || !/^wss?:\/\/[^\s]+$/.test(url) || ocppTransport !== 'JSON') return 'Rejected';
      if (!INTERFACES.test(String(ocppInterface))) return 'Rejected';
      if (ocppVersion !== undefined && !mine.includes(ocppVersion)) return 'Rejected';
      // B09.FR.04: never to a lower security profile.
      if (profile === undefined || profile < Number(model.read('SecurityCtrlr.SecurityProfile'))) return 'Rejected';
      profiles.set(configurationSlot, data);
      return 'Accepted';
    },
    line() {
      const profile = profiles.get(slot());
      if (profile === undefined) return undefined;
      const identity = textOf(profile['identity']);
      const password = textOf(profile['basicAuthPassword']);
      return {
        url: String(profile['ocppCsmsUrl']),
        ...(identity === undefined ? {} : { identity }),
        ...(password === undefined ? {} : { password }),
      };
    },
    failed() {
      failures += 1;
      // B10.FR.03: after so many attempts it is the next one's turn, and after the last the first one's again.
      if (failures < Number(model.read('OCPPCommCtrlr.NetworkProfileConnectionAttempts'))) return;
      failures = 0;
      at = (at + 1) % order.length;
    },
    opened() {
      failures = 0;
      const profile = numberOf(profiles.get(slot())?.['securityProfile']);
      if (profile !== undefined) model.note('SecurityCtrlr.SecurityProfile', String(profile));
    },
    rebooted() {
      const wanted = model
        .read('OCPPCommCtrlr.NetworkConfigurationPriority')
        .split(',')
        .map((word) => Number(word.trim()));
      order = wanted.filter((each) => each === 1 || profiles.has(each));
      if (order.length === 0) order = [1];
      at = 0;
      failures = 0;
    },
  };
}

/** The gestures of a 2.x station (gestures.ts): each is a message of its own, sent as a station would. */
import type { Controls } from '../dialect.ts';
import type { Said, V2Gestures } from '../gestures.ts';
import type { Payload } from '../types.ts';
import type { Device } from './device.ts';
import { instant, securityEvent } from './messages.ts';
import { swap } from './swapping.ts';

export function createGestures(device: Device, wired: () => Controls): V2Gestures {
  const ask = (action: string, payload: Payload): Said =>
    new Promise((resolve) => wired().ask({ action, payload }, resolve));
  const is21 = device.version === '2.1';

  return {
    show(variable, value) {
      device.model.bind(variable, () => value);
      device.monitors.check(wired());
    },
    securityEvent: (type, techInfo) => securityEvent(type, wired(), techInfo)(),
    chargingNeeds: (evseId, wants = {}) => device.needs.tell(evseId, wants, wired()),
    async externalLimit(evseId, watt, source = 'EMS') {
      const schedule = device.profiles.limitFromOutside(evseId, watt, source, wired());
      if (schedule === undefined) return undefined;
      const place = evseId === 0 ? {} : { evseId };
      if (watt === undefined) return ask('ClearedChargingLimit', { chargingLimitSource: source, ...place });
      const withSchedule = device.model.read('SmartChargingCtrlr.NotifyChargingLimitWithSchedules') === 'true';
      return ask('NotifyChargingLimit', {
        chargingLimit: { chargingLimitSource: source, isGridCritical: false },
        ...place,
        ...(withSchedule ? { chargingSchedule: [schedule] } : {}),
      });
    },
    contractCertificate: (exiRequest, action = 'Install') =>
      ask('Get15118EVCertificate', { iso15118SchemaVersion: 'urn:iso:15118:2:2013:MsgDef', action, exiRequest }),
    certificateStatus: (ocspRequestData) => ask('GetCertificateStatus', { ocspRequestData }),
    signCertificate: (type = 'ChargingStationCertificate') => device.certificates.request(type, wired()),
    swapBattery: (token, requestId = Math.floor(wired().now().getTime() / 1000) % 1_000_000) =>
      swap(token, requestId, wired(), device),
    async priority(evseId, activated) {
      const open = device.log.open(evseId);
      if (open === undefined) return undefined;
      device.profiles.setPriority(open.id, activated, wired());
      return ask('NotifyPriorityCharging', { transactionId: open.id, activated });
    },
    async pullDynamicSchedule(chargingProfileId) {
      const said = await ask('PullDynamicScheduleUpdate', { chargingProfileId });
      const update = said?.['scheduleUpdate'];
      const limit = typeof update === 'object' && update !== null ? (update as Payload)['limit'] : undefined; // as: read defensively
      if (typeof limit === 'number') device.profiles.update(chargingProfileId, limit, wired());
      return said;
    },
    validateVat: (vatNumber, evseId) =>
      ask('VatNumberValidation', { vatNumber, ...(evseId === undefined ? {} : { evseId }) }),
    settle: (payment) => ask('NotifySettlement', { settlementTime: instant(wired().now()), ...payment }),
    derAlarm: (controlType, more = {}) =>
      ask('NotifyDERAlarm', { controlType, timestamp: instant(wired().now()), ...more }),
    certificateChainStatus: (certificateStatusRequests) =>
      is21 ? ask('GetCertificateChainStatus', { certificateStatusRequests }) : Promise.resolve(undefined),
  };
}

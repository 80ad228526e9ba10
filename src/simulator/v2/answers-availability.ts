/** How a 2.x station answers about itself: reset (B11, B12), availability (G03, G04), and messages asked for (F06). */
import type { Controls } from '../dialect.ts';
import { isPayload, numberOf, payloadOf } from '../payload.ts';
import { type Answering, badField, isPlugOf, knowsEvse, knowsPlace, refused, result } from './answering.ts';
import type { Device } from './device.ts';

function resetOf(evseId: number, controls: Controls, device: Device, bootReason: string): () => void {
  if (evseId !== 0) return controls.resetOne(evseId);
  return () => {
    device.bootReason = bootReason;
    controls.reset('ImmediateReset', device.resumes)();
  };
}

/** Resets that waited for the end of what was running (B12.FR.01, FR.03). */
export function runScheduledResets(controls: Controls, device: Device): void {
  for (const evseId of [...device.scheduledResets]) {
    const isBusy = device.log.ongoing().some((each) => evseId === 0 || each.evseId === evseId);
    if (isBusy) continue;
    device.scheduledResets.delete(evseId);
    controls.after(0, resetOf(evseId, controls, device, 'ScheduledReset'));
  }
}

export const availability: Readonly<Record<string, Answering>> = {
  Reset(payload, controls, device) {
    const { type } = payload;
    const evseId = numberOf(payload['evseId']) ?? 0;
    const resumes = type === 'ImmediateAndResume' && device.version === '2.1';
    if (type !== 'Immediate' && type !== 'OnIdle' && !resumes) return badField('type');
    if (evseId !== 0 && !knowsEvse(controls, evseId)) return refused('UnknownEvse');
    const isBusy = device.log.ongoing().some((each) => evseId === 0 || each.evseId === evseId);
    if (type === 'OnIdle' && isBusy) {
      device.scheduledResets.add(evseId);
      return result({ status: 'Scheduled' });
    }
    if (resumes && evseId !== 0) return refused('NotSupported');
    return result({ status: 'Accepted' }, () => {
      device.resumes = resumes;
      resetOf(evseId, controls, device, 'RemoteReset')();
    });
  },

  ChangeAvailability(payload, controls, { plugsOut }) {
    const { operationalStatus, evse } = payload;
    if (operationalStatus !== 'Operative' && operationalStatus !== 'Inoperative') return badField('operationalStatus');
    const isOperative = operationalStatus === 'Operative';
    if (isPayload(evse) && !knowsPlace(controls, evse)) return refused('UnknownEvse');
    const id = isPayload(evse) ? Number(evse['id']) : 0;
    const plug = numberOf(payloadOf(evse)['connectorId']);
    if (plug === undefined || (controls.spec(id)?.plugs ?? 1) === 1) {
      const { outcome, afterwards } = controls.setAvailability(id, isOperative);
      return result({ status: outcome }, afterwards);
    }
    // G03.FR.05: one connector of an EVSE with several; while it is used, once it is free.
    const isBusy = !isOperative && controls.shown(id).pluggedInto === plug && controls.sessionOn(id) !== undefined;
    return result({ status: isBusy ? 'Scheduled' : 'Accepted' }, () => {
      if (isOperative) plugsOut.delete(`${id}.${plug}`);
      else plugsOut.add(`${id}.${plug}`);
      controls.statusChanged(id);
    });
  },

  TriggerMessage(payload, controls, device) {
    const { evse, requestedMessage } = payload;
    if (isPayload(evse) && !knowsPlace(controls, evse)) return refused('UnknownEvse');
    const asked = isPayload(evse) ? Number(evse['id']) : undefined;
    const named = String(requestedMessage);
    // F06.FR.17: a station that is registered does not boot again for the asking.
    if (named === 'BootNotification' && device.isRegistered) return refused('AlreadyAccepted');
    // F06.FR.12: a status is that of one connector.
    if (
      named === 'StatusNotification' &&
      (asked === undefined || !isPlugOf(controls, asked, payloadOf(evse)['connectorId']))
    )
      return refused('NoConnector');
    const triggered = TRIGGERED[named] ?? (device.version === '2.1' ? TRIGGERED_21[named] : undefined);
    const send = triggered?.(asked, controls, device);
    if (send === undefined) return result({ status: 'NotImplemented' });
    return send === 'rejected' ? refused('NothingToSend') : result({ status: 'Accepted' }, send);
  },
};

type Triggered = (asked: number | undefined, controls: Controls, device: Device) => (() => void) | 'rejected';

const TRIGGERED: Readonly<Record<string, Triggered>> = {
  BootNotification: (_asked, controls) => controls.sendBoot(),
  Heartbeat: (_asked, controls) => controls.sendHeartbeat(),
  LogStatusNotification: (_asked, controls, { logs }) =>
    controls.say({ action: 'LogStatusNotification', payload: logs.status() }),
  FirmwareStatusNotification(_asked, controls, { firmware }) {
    const { status, requestId } = firmware.status();
    const named = requestId === undefined ? {} : { requestId };
    return controls.say({ action: 'FirmwareStatusNotification', payload: { status, ...named } });
  },
  PublishFirmwareStatusNotification: (_asked, controls, { publishing }) =>
    controls.say({ action: 'PublishFirmwareStatusNotification', payload: publishing.status() }),
  SignChargingStationCertificate:
    (_asked, controls, { certificates }) =>
    () =>
      certificates.request('ChargingStationCertificate', controls),
  SignV2GCertificate:
    (_asked, controls, { certificates }) =>
    () =>
      certificates.request('V2GCertificate', controls),
  StatusNotification: (asked, controls) => controls.sendStatus(asked),
  MeterValues: (asked, controls) => controls.sendReading(asked),
  TransactionEvent(asked, controls, { log, transactions }) {
    const running = log.ongoing().filter(({ evseId }) => asked === undefined || evseId === asked);
    if (running.length === 0) return 'rejected';
    return () => {
      for (const transaction of running) {
        transactions().update(transaction, 'Trigger', controls.reading(transaction.evseId, 'Trigger'));
      }
    };
  },
};

const TRIGGERED_21: Readonly<Record<string, Triggered>> = {
  SignV2G20Certificate:
    (_asked, controls, { certificates }) =>
    () =>
      certificates.request('V2G20Certificate', controls),
};

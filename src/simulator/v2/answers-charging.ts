/** How a 2.x station answers about charging profiles (2.0.1 K01, K08–K10; 2.1 K21, K28). */
import type { Controls } from '../dialect.ts';
import { isPayload, numberOf, payloadOf } from '../payload.ts';
import { type Answering, badField, knowsEvse, refused, result } from './answering.ts';
import { type Held, purposeSaid } from './charging-profile.ts';

const knowsOrAll = (controls: Controls, evseId: number): boolean => evseId === 0 || knowsEvse(controls, evseId);

export const charging: Readonly<Record<string, Answering>> = {
  SetChargingProfile(payload, controls, device) {
    const evseId = numberOf(payload['evseId']);
    if (evseId === undefined || !isPayload(payload['chargingProfile'])) return badField('evseId or chargingProfile');
    // K01.FR.28
    if (!knowsOrAll(controls, evseId)) return refused('UnknownEvse');
    const outcome = device.profiles.set(evseId, payload['chargingProfile'], controls);
    if (outcome.status === 'Rejected') return refused(outcome.reasonCode);
    return result({ status: 'Accepted' }, () => device.needs.profileCame(evseId, controls));
  },

  ClearChargingProfile(payload, controls, { profiles }) {
    const id = numberOf(payload['chargingProfileId']);
    const { evseId, chargingProfilePurpose, stackLevel } = payloadOf(payload['chargingProfileCriteria']);
    const isMeant = (each: Held): boolean =>
      id !== undefined
        ? each.id === id
        : (evseId === undefined || each.connectorId === evseId) &&
          (chargingProfilePurpose === undefined || purposeSaid(each) === chargingProfilePurpose) &&
          (stackLevel === undefined || each.stackLevel === stackLevel);
    return result({ status: profiles.clear(isMeant, controls) ? 'Accepted' : 'Unknown' });
  },

  GetChargingProfiles(payload, controls, { profiles }) {
    const requestId = numberOf(payload['requestId']);
    if (requestId === undefined) return badField('requestId');
    const { evseId } = payload;
    const wanted = payloadOf(payload['chargingProfile']);
    const among = (list: unknown, value: unknown): boolean => !Array.isArray(list) || list.includes(value);
    const found = profiles
      .all()
      .filter(
        (each) =>
          (evseId === undefined || each.connectorId === evseId) &&
          among(wanted['chargingProfileId'], each.id) &&
          among(wanted['chargingLimitSource'], each.source) &&
          (wanted['chargingProfilePurpose'] === undefined || purposeSaid(each) === wanted['chargingProfilePurpose']) &&
          (wanted['stackLevel'] === undefined || each.stackLevel === wanted['stackLevel']),
      );
    if (found.length === 0) return result({ status: 'NoProfiles' });
    return result({ status: 'Accepted' }, () => {
      // K09.FR.01: one message per source and EVSE.
      const groups = new Map<string, Held[]>();
      for (const each of found) {
        const key = `${each.source} ${each.connectorId}`;
        groups.set(key, [...(groups.get(key) ?? []), each]);
      }
      let left = groups.size;
      for (const group of groups.values()) {
        left -= 1;
        const [first] = group;
        if (first === undefined) continue;
        const chargingProfile = group.map(({ said }) => said);
        const more = left > 0 ? { tbc: true } : {};
        controls.say({
          action: 'ReportChargingProfiles',
          payload: {
            requestId,
            chargingLimitSource: first.source,
            evseId: first.connectorId,
            chargingProfile,
            ...more,
          },
        })();
      }
    });
  },

  GetCompositeSchedule(payload, controls, { profiles }) {
    const [evseId, duration] = [numberOf(payload['evseId']), numberOf(payload['duration'])];
    if (evseId === undefined || duration === undefined) return badField('evseId or duration');
    if (!knowsOrAll(controls, evseId)) return refused('UnknownEvse');
    const schedule = profiles.composite(evseId, duration, payload['chargingRateUnit'], controls);
    return schedule === undefined ? refused('NoSchedule') : result({ status: 'Accepted', schedule });
  },
};

/** New in 2.1. */
export const charging21: Readonly<Record<string, Answering>> = {
  UsePriorityCharging({ transactionId, activate }, controls, { profiles }) {
    if (typeof transactionId !== 'string' || typeof activate !== 'boolean')
      return badField('transactionId or activate');
    return result({ status: profiles.setPriority(transactionId, activate, controls) });
  },
  UpdateDynamicSchedule(payload, controls, { profiles }) {
    const id = numberOf(payload['chargingProfileId']);
    const update = payloadOf(payload['scheduleUpdate']);
    const limit = numberOf(update['limit']) ?? numberOf(update['setpoint']);
    if (id === undefined) return badField('chargingProfileId');
    if (limit === undefined || !profiles.update(id, limit, controls)) return refused('NoDynamicProfile');
    return result({ status: 'Accepted' });
  },
  NotifyAllowedEnergyTransfer({ transactionId }, _controls, { log }) {
    const known = log.find(transactionId);
    return known === undefined || known.hasEnded ? refused('TxNotFound') : result({ status: 'Accepted' });
  },
  AFRRSignal(payload, _controls, device) {
    const signal = numberOf(payload['signal']);
    if (signal === undefined) return badField('signal');
    // Q09: without a V2X operation that follows the signal it cannot be obeyed.
    const follows = device.profiles.all().some(({ said }) => JSON.stringify(said).includes('v2xSignalWattCurve'));
    device.afrrSignal = signal;
    return follows ? result({ status: 'Accepted' }) : refused('NoSignalCurve');
  },
};

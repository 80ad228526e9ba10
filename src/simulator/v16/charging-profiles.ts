/** The charging profiles that a charger holds: what it takes (§5.16), keeps, clears (§5.5), and lets its connectors draw. */

import {
  boundaries,
  compositeSchedule,
  limitAt,
  type Period,
  type Profile,
  type Purpose,
  type Unit,
} from '../composite.ts';
import type { Controls } from '../dialect.ts';
import type { Payload } from '../types.ts';
import type { Configuration } from './configuration.ts';

export type ChargingProfiles = {
  set(connectorId: number, said: unknown, controls: Controls): 'Accepted' | 'Rejected';
  /** §5.11: for the transaction that a remote start is to begin; undefined: it is not fit for that. */
  forRemoteStart(connectorId: number, said: unknown, controls: Controls): Profile | undefined;
  keep(profile: Profile, controls: Controls): void;
  clear(criteria: Payload, controls: Controls): 'Accepted' | 'Unknown';
  composite(connectorId: number, durationS: number, unit: unknown, controls: Controls): Payload | undefined;
  /** A session began or ended, or a profile changed: what each connector may draw from now on. */
  apply(controls: Controls): void;
};

/** How far ahead the next change is looked for. */
const HORIZON_MS = 7 * 86_400_000;
const PURPOSES: readonly string[] = ['ChargePointMaxProfile', 'TxDefaultProfile', 'TxProfile'];
const KINDS: readonly string[] = ['Absolute', 'Recurring', 'Relative'];

export function createChargingProfiles(configuration: Configuration): ChargingProfiles {
  let kept: Profile[] = [];
  let cancelNext: (() => void) | undefined;
  const most = (key: string): number => Number(configuration.read(key));

  function read(connectorId: number, said: unknown, now: number): Profile | undefined {
    if (!isPayload(said)) return undefined;
    const schedule = said['chargingSchedule'];
    if (!isPayload(schedule) || !Array.isArray(schedule['chargingSchedulePeriod'])) return undefined;
    const { chargingProfileId: id, stackLevel, chargingProfilePurpose: purpose, chargingProfileKind: kind } = said;
    const unit = schedule['chargingRateUnit'];
    const periods = schedule['chargingSchedulePeriod'].filter(isPayload).map(readPeriod);
    const allowed = configuration.read('ChargingScheduleAllowedChargingRateUnit');
    if (typeof id !== 'number' || typeof stackLevel !== 'number' || stackLevel < 0) return undefined;
    if (stackLevel > most('ChargeProfileMaxStackLevel')) return undefined;
    if (!PURPOSES.includes(String(purpose)) || !KINDS.includes(String(kind))) return undefined;
    if (unit !== 'A' && unit !== 'W') return undefined;
    if (!allowed.includes(unit === 'A' ? 'Current' : 'Power')) return undefined;
    if (periods.length === 0 || periods.length > most('ChargingScheduleMaxPeriods')) return undefined;
    if (periods[0]?.startPeriod !== 0) return undefined;
    const recurrency = said['recurrencyKind'];
    return {
      id,
      connectorId,
      purpose: purpose as Purpose, // as: it is one of PURPOSES
      stackLevel,
      kind: kind as Profile['kind'], // as: it is one of KINDS
      recurrency: recurrency === 'Daily' || recurrency === 'Weekly' ? recurrency : undefined,
      validFrom: instant(said['validFrom']) ?? Number.NEGATIVE_INFINITY,
      validTo: instant(said['validTo']) ?? Number.POSITIVE_INFINITY,
      duration: typeof schedule['duration'] === 'number' ? schedule['duration'] : undefined,
      startAt: instant(schedule['startSchedule']),
      unit,
      periods,
      setAt: now,
      session: undefined,
    };
  }

  function keep(profile: Profile, controls: Controls): void {
    // §5.16: the same id replaces; so does the same stack level of the same purpose on the same connector.
    kept = kept.filter((each) => {
      const sameRank = each.stackLevel === profile.stackLevel && each.purpose === profile.purpose;
      return each.id !== profile.id && !(sameRank && each.connectorId === profile.connectorId);
    });
    kept.push(profile);
    apply(controls);
  }

  const runningOn = (controls: Controls, connectorId: number) => {
    const session = controls.sessionOn(connectorId);
    return session === undefined ? undefined : { localId: session.localId, startedAt: session.startedAt.getTime() };
  };

  function apply(controls: Controls): void {
    const now = controls.now().getTime();
    const running = new Set(controls.connectorIds().flatMap((id) => runningOn(controls, id)?.localId ?? []));
    // A transaction's profile ends with it (§3.13.1).
    kept = kept.filter(({ session }) => session === undefined || running.has(session));
    let next = now + HORIZON_MS;
    for (const id of controls.connectorIds()) {
      const session = runningOn(controls, id);
      if (session !== undefined) {
        kept = kept.map((each) =>
          each.purpose === 'TxProfile' && each.connectorId === id && each.session === undefined
            ? { ...each, session: session.localId }
            : each,
        );
      }
      controls.limitPower(id, limitAt(kept, id, now, session));
      next = Math.min(next, boundaries(kept, now, now + HORIZON_MS, session)[1] ?? next);
    }
    cancelNext?.();
    cancelNext = kept.length === 0 ? undefined : controls.after(next - now + 1, () => apply(controls));
  }

  return {
    set(connectorId, said, controls) {
      const profile = read(connectorId, said, controls.now().getTime());
      if (profile === undefined) return 'Rejected';
      const replaces = kept.some(({ id }) => id === profile.id);
      if (!replaces && kept.length >= most('MaxChargingProfilesInstalled')) return 'Rejected';
      if (profile.purpose === 'ChargePointMaxProfile' && connectorId !== 0) return 'Rejected';
      if (profile.purpose !== 'TxProfile') {
        keep(profile, controls);
        return 'Accepted';
      }
      const session = connectorId === 0 ? undefined : controls.sessionOn(connectorId);
      const meant = isPayload(said) ? said['transactionId'] : undefined;
      if (session === undefined || (meant !== undefined && meant !== session.transactionId)) return 'Rejected';
      keep({ ...profile, session: session.localId }, controls);
      return 'Accepted';
    },

    forRemoteStart(connectorId, said, controls) {
      const profile = read(connectorId, said, controls.now().getTime());
      return profile?.purpose === 'TxProfile' ? profile : undefined;
    },
    keep,

    clear({ id, connectorId, chargingProfilePurpose, stackLevel }, controls) {
      const before = kept.length;
      // §5.5: an id names one; without it the other criteria are met together, and none at all means all.
      kept = kept.filter((each) =>
        id !== undefined
          ? each.id !== id
          : !(
              (connectorId === undefined || each.connectorId === connectorId) &&
              (chargingProfilePurpose === undefined || each.purpose === chargingProfilePurpose) &&
              (stackLevel === undefined || each.stackLevel === stackLevel)
            ),
      );
      if (kept.length === before) return 'Unknown';
      apply(controls);
      return 'Accepted';
    },

    composite(connectorId, durationS, unit, controls) {
      if (connectorId !== 0 && !controls.connectorIds().includes(connectorId)) return undefined;
      const from = controls.now().getTime();
      const first: Unit = kept[0]?.unit ?? 'W';
      return {
        connectorId,
        scheduleStart: new Date(from).toISOString(),
        chargingSchedule: compositeSchedule(kept, {
          connectorId,
          from,
          durationS,
          unit: unit === 'A' || unit === 'W' ? unit : first,
          running: connectorId === 0 ? undefined : runningOn(controls, connectorId),
          maxPowerW: controls.maxPowerW(connectorId),
        }),
      };
    },
    apply,
  };
}

function readPeriod(said: Payload): Period {
  const phases = said['numberPhases'];
  return {
    startPeriod: Number(said['startPeriod']),
    limit: Number(said['limit']),
    ...(typeof phases === 'number' ? { numberPhases: phases } : {}),
  };
}

const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function instant(said: unknown): number | undefined {
  const at = typeof said === 'string' ? Date.parse(said) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

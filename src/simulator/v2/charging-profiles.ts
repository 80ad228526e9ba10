/** The charging profiles of a 2.x station: what it takes (2.0.1 K01), keeps, clears (K10), reports (K09), and lets flow. */
import { boundaries, compositeSchedule, limitAt, type Unit } from '../composite.ts';
import type { Controls } from '../dialect.ts';
import { isPayload, payloadOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { type Held, readProfile } from './charging-profile.ts';
import type { Model } from './model/index.ts';
import type { TransactionLog } from './transaction-log.ts';
import type { V2Transactions } from './transactions.ts';
import type { V2Version } from './words.ts';

export type SetOutcome = { readonly status: 'Accepted' } | { readonly status: 'Rejected'; readonly reasonCode: string };

export type ChargingProfiles = {
  all(): readonly Held[];
  set(evseId: number, said: unknown, controls: Controls): SetOutcome;
  /** F01: for the transaction that a remote start is to begin; undefined: it is not fit for that. */
  forRemoteStart(evseId: number, said: unknown, controls: Controls): Held | undefined;
  keep(profile: Held, controls: Controls): void;
  clear(which: (profile: Held) => boolean, controls: Controls): boolean;
  composite(evseId: number, durationS: number, unit: unknown, controls: Controls): Payload | undefined;
  /** 2.1 K28: a dynamic profile's limit as it is now. */
  update(id: number, limit: number, controls: Controls): boolean;
  /** 2.1 K21 */
  setPriority(transactionId: string, on: boolean, controls: Controls): 'Accepted' | 'NoProfile' | 'Rejected';
  /** K11, K12: a limit from outside; undefined: it is gone. */
  limitFromOutside(evseId: number, watt: number | undefined, source: string, controls: Controls): Payload | undefined;
  apply(controls: Controls): void;
};

const HORIZON_MS = 7 * 86_400_000;
const OUTSIDE_ID = -1;

export function createChargingProfiles(of: {
  readonly model: Model;
  readonly log: TransactionLog;
  readonly version: V2Version;
  readonly transactions: () => V2Transactions;
}): ChargingProfiles {
  const { model, log, version } = of;
  let kept: Held[] = [];
  const priority = new Set<string>();
  const flowing = new Map<number, number | undefined>();
  let cancelNext: (() => void) | undefined;
  const most = (name: string): number => Number(model.read(`SmartChargingCtrlr.${name}`));
  model.bind('SmartChargingCtrlr.Entries[ChargingProfiles]', () => String(kept.length));

  const no = (reasonCode: string): SetOutcome => ({ status: 'Rejected', reasonCode });

  const read = (evseId: number, said: Payload, now: number): Held | string =>
    readProfile(evseId, said, now, { version, most });
  const runningOn = (controls: Controls, evseId: number) => {
    const session = controls.sessionOn(evseId);
    return session === undefined ? undefined : { localId: session.localId, startedAt: session.startedAt.getTime() };
  };
  /** Priority profiles count where their transaction was given priority. */
  const counting = (): Held[] =>
    kept.filter((each) => {
      if (each.purpose !== 'PriorityCharging') return true;
      const open = log.open(each.connectorId);
      return open !== undefined && priority.has(open.id);
    });

  function apply(controls: Controls): void {
    const now = controls.now().getTime();
    const running = new Set(controls.connectorIds().flatMap((id) => runningOn(controls, id)?.localId ?? []));
    kept = kept.filter(({ session }) => session === undefined || running.has(session));
    let next = now + HORIZON_MS;
    for (const id of controls.connectorIds()) {
      const session = runningOn(controls, id);
      if (session !== undefined)
        kept = kept.map((each) =>
          each.purpose === 'TxProfile' && each.connectorId === id && each.session === undefined
            ? { ...each, session: session.localId }
            : each,
        );
      const watt = limitAt(counting(), id, now, session);
      controls.limitPower(id, watt);
      changed(id, watt, controls);
      next = Math.min(next, boundaries(counting(), now, now + HORIZON_MS, session)[1] ?? next);
    }
    cancelNext?.();
    cancelNext = kept.length === 0 ? undefined : controls.after(next - now + 1, () => apply(controls));
  }

  /** K: a running transaction tells that its rate changed; without power it is suspended by the EVSE. */
  function changed(evseId: number, watt: number | undefined, controls: Controls): void {
    const before = flowing.get(evseId);
    flowing.set(evseId, watt);
    const open = log.open(evseId);
    if (open?.session === undefined || open.session.end !== undefined || before === watt) return;
    const most = controls.maxPowerW(evseId);
    const [was, is] = [Math.min(most, before ?? most), Math.min(most, watt ?? most)];
    if (is === 0) controls.suspend(evseId, 'EVSE');
    else if (was === 0) controls.resume(evseId);
    const significance = (Number(model.read('SmartChargingCtrlr.LimitChangeSignificance')) / 100) * most;
    if (Math.abs(is - was) <= significance) return;
    of.transactions().update(open, 'ChargingRateChanged', controls.reading(evseId, 'Sample.Periodic'));
  }

  function keep(profile: Held, controls: Controls): void {
    kept = kept.filter(
      (each) =>
        each.source !== profile.source ||
        (each.id !== profile.id &&
          !(
            profile.purpose === 'TxProfile' &&
            each.purpose === 'TxProfile' &&
            each.stackLevel === profile.stackLevel &&
            each.connectorId === profile.connectorId
          )),
    );
    kept.push(profile);
    apply(controls);
  }

  return {
    all: () => kept,
    set(evseId, said, controls) {
      if (model.read('SmartChargingCtrlr.Enabled') !== 'true') return no('NotEnabled');
      const profile = read(evseId, payloadOf(said), controls.now().getTime());
      if (typeof profile === 'string') return no(profile);
      const { purpose, id } = profile;
      const isReplaced = kept.some((each) => each.id === id && each.source === 'CSO');
      if (!isReplaced && kept.length >= 20) return no('TooManyProfiles');
      if (purpose === 'ChargePointMaxProfile' && evseId !== 0) return no('InvalidEvse');
      if (purpose === 'PriorityCharging' && evseId === 0) return no('InvalidEvse');
      const sameRank = (each: Held): boolean =>
        each.id !== id &&
        each.connectorId === evseId &&
        each.purpose === purpose &&
        each.stackLevel === profile.stackLevel &&
        each.validFrom < profile.validTo &&
        profile.validFrom < each.validTo;
      // K01.FR.06, FR.39: two of one rank at one time would contradict each other.
      if (purpose !== 'TxProfile' && kept.some(sameRank)) return no('DuplicateProfile');
      if (purpose !== 'TxProfile') {
        keep(profile, controls);
        return { status: 'Accepted' };
      }
      // K01.FR.03, FR.09, FR.16: a transaction's profile names its transaction, which runs on that EVSE.
      const open = log.open(evseId);
      const meant = profile.said['transactionId'];
      if (evseId === 0) return no('InvalidEvse');
      if (open?.session === undefined || meant !== open.id) return no('TxNotFound');
      keep({ ...profile, session: open.session.localId }, controls);
      return { status: 'Accepted' };
    },
    forRemoteStart(evseId, said, controls) {
      if (!isPayload(said) || said['transactionId'] !== undefined) return undefined;
      const profile = read(evseId, said, controls.now().getTime());
      return typeof profile !== 'string' && profile.purpose === 'TxProfile' ? profile : undefined;
    },
    keep,
    clear(which, controls) {
      const before = kept.length;
      kept = kept.filter((each) => each.source !== 'CSO' || !which(each));
      if (kept.length === before) return false;
      apply(controls);
      return true;
    },
    composite(evseId, durationS, unit, controls) {
      const from = controls.now().getTime();
      const first: Unit = kept[0]?.unit ?? 'W';
      const { startSchedule, ...schedule } = compositeSchedule(counting(), {
        connectorId: evseId,
        from,
        durationS,
        unit: unit === 'A' || unit === 'W' ? unit : first,
        running: evseId === 0 ? undefined : runningOn(controls, evseId),
        maxPowerW: controls.maxPowerW(evseId),
      });
      return { evseId, ...schedule, scheduleStart: startSchedule };
    },
    update(id, limit, controls) {
      const known = kept.find((each) => each.id === id && each.said['chargingProfileKind'] === 'Dynamic');
      if (known === undefined) return false;
      kept = kept.map((each) => (each === known ? { ...each, periods: [{ startPeriod: 0, limit }] } : each));
      apply(controls);
      return true;
    },
    setPriority(transactionId, on, controls) {
      const open = log.find(transactionId);
      if (open === undefined || open.hasEnded) return 'Rejected';
      const hasOne = kept.some((each) => each.purpose === 'PriorityCharging' && each.connectorId === open.evseId);
      if (!hasOne) return 'NoProfile';
      if (on) priority.add(transactionId);
      else priority.delete(transactionId);
      apply(controls);
      return 'Accepted';
    },
    limitFromOutside(evseId, watt, source, controls) {
      const before = kept.length;
      kept = kept.filter(
        (each) => !(each.purpose === 'ExternalConstraints' && each.connectorId === evseId && each.source === source),
      );
      const wasThere = kept.length < before;
      const now = controls.now().getTime();
      const schedule = {
        id: 1,
        chargingRateUnit: 'W',
        startSchedule: new Date(now).toISOString(),
        chargingSchedulePeriod: [{ startPeriod: 0, limit: watt ?? 0 }],
      };
      if (watt !== undefined) {
        const said = {
          id: OUTSIDE_ID - evseId,
          stackLevel: 0,
          chargingProfilePurpose: 'ChargingStationExternalConstraints',
          chargingProfileKind: 'Absolute',
          chargingSchedule: [schedule],
        };
        const profile = read(evseId, { ...said, chargingProfilePurpose: 'TxDefaultProfile' }, now);
        if (typeof profile === 'string') return undefined;
        kept.push({ ...profile, purpose: 'ExternalConstraints', said, source });
      }
      apply(controls);
      return watt !== undefined || wasThere ? schedule : undefined;
    },
    apply,
  };
}

/**
 * The profile for a session whose EV said what it needs: as much as it can take, at every time no more than any limit that is known
 * here allows, until it wants to leave. The station has its own limits besides, and counts the least of all (K01). Pure.
 */
import type { Cap, ChargingNeeds, ChargingNeedsState, ChargingProfile, RunningSession, Settings } from '../types.ts';
import { allowedAt, changesBetween, PHASE_V, phasesOf } from './limits.ts';

const DAY_MS = 86_400_000;
/** Of a station that does not say how many it takes. */
const USUAL_PERIODS = 20;
/** In one ChargingSchedule, by the schemas. */
const MOST_PERIODS = 1024;
/** Whoever leaves sooner gets a schedule without an end. */
const LEAST_STAY_MS = 60_000;
/** Of our own profiles for sessions; operators' have others, or these, and replace ours then. */
const STACK_LEVEL = 0;

type Unit = 'A' | 'W';
type Takes = ChargingNeedsState['takes'];

const isDc = ({ transferMode }: ChargingNeeds): boolean =>
  transferMode?.startsWith('dc') === true || transferMode === 'wpt';

/** AC is told in amperes and DC in watts, if the station takes both (K01.FR.26). */
function unitFor(needs: ChargingNeeds, { units }: Takes): Unit {
  const usual = isDc(needs) ? 'W' : 'A';
  if (units === undefined || units.has(usual)) return usual;
  return usual === 'W' ? 'A' : 'W';
}

/** The station's, and of the EV's tuples; at least the one that holds for the whole stay. */
const mostPeriods = ({ maxSchedules }: ChargingNeeds, { maxPeriods }: Takes): number =>
  Math.max(1, Math.min(maxPeriods ?? USUAL_PERIODS, maxSchedules ?? MOST_PERIODS, MOST_PERIODS));

/** What the EV itself can take, in the unit of its kind of current. */
function ownLimit(needs: ChargingNeeds, settings: Settings): { readonly unit: Unit; readonly limit: number } {
  const { maxCurrentA, maxVoltageV, maxPowerW } = needs;
  if (!isDc(needs)) {
    const byPower = maxPowerW === undefined ? undefined : maxPowerW / (PHASE_V * phasesOf(needs));
    return { unit: 'A', limit: maxCurrentA ?? byPower ?? settings.fallbackCurrentA };
  }
  const byCurrent = maxCurrentA === undefined || maxVoltageV === undefined ? undefined : maxCurrentA * maxVoltageV;
  return { unit: 'W', limit: maxPowerW ?? byCurrent ?? settings.fallbackPowerW };
}

/** Amperes are of each phase: of those that the EV uses, of DC those of the station. */
const converter =
  (needs: ChargingNeeds, to: Unit) =>
  (limit: number, unit: Unit): number => {
    if (unit === to) return limit;
    const watts = PHASE_V * phasesOf(needs);
    return to === 'A' ? limit / watts : limit * watts;
  };

/** Never more than was meant: downwards, to the one decimal that 2.0.1 knows. */
const tenths = (limit: number): number => Math.max(0, Math.floor(limit * 10 + 1e-6) / 10);

export function capsOf(
  { profiles, externalLimits }: Pick<ChargingNeedsState, 'profiles' | 'externalLimits'>,
  { evseId, startedAt }: Pick<RunningSession, 'evseId' | 'startedAt'>,
): Cap[] {
  const here = (place: number): boolean => place === 0 || place === evseId;
  return [
    ...profiles.flatMap(({ profile }): Cap[] => {
      const { purpose, connectorId, stackLevel, kind, recurrency, validFrom, validTo, schedule } = profile;
      if ((purpose !== 'tx_default' && purpose !== 'charge_point_max') || !here(connectorId)) return [];
      return [
        {
          evseId: connectorId,
          group: purpose,
          stackLevel,
          kind,
          recurrency,
          validFrom,
          validTo,
          schedule,
          since: startedAt,
        },
      ];
    }),
    ...externalLimits.flatMap(({ evseId: place, schedules, reportedAt }): Cap[] =>
      here(place)
        ? schedules.map((schedule) => ({
            evseId: place,
            group: 'external',
            stackLevel: 0,
            kind: 'absolute',
            schedule,
            since: reportedAt,
          }))
        : [],
    ),
  ];
}

export function planFor(
  needs: ChargingNeeds,
  session: RunningSession & { readonly ocppTransactionId: string },
  state: Pick<ChargingNeedsState, 'profiles' | 'externalLimits' | 'settings' | 'takes'>,
  profileId: number,
  now: Date,
): ChargingProfile {
  const unit = unitFor(needs, state.takes);
  const convert = converter(needs, unit);
  const own = ownLimit(needs, state.settings);
  const limit = convert(own.limit, own.unit);
  const caps = capsOf(state, session);
  const most = mostPeriods(needs, state.takes);
  const leaves = needs.departureAt === undefined ? Number.NaN : Date.parse(needs.departureAt);
  const start = now.getTime();
  const stays = leaves - start >= LEAST_STAY_MS;
  const end = stays ? leaves : start + DAY_MS;

  const periods: { startS: number; limit: number }[] = [];
  for (const at of [start, ...changesBetween(caps, start, end)]) {
    const startS = Math.floor((at - start) / 1000);
    const allowed = tenths(Math.min(limit, allowedAt(caps, at, convert) ?? Infinity));
    const last = periods.at(-1);
    // Within one second, and beyond what the station and the EV take, the least counts.
    if (last !== undefined && (last.startS === startS || periods.length === most))
      last.limit = Math.min(last.limit, allowed);
    else if (last?.limit !== allowed) periods.push({ startS, limit: allowed });
  }
  return {
    profileId,
    connectorId: session.evseId,
    purpose: 'tx',
    stackLevel: STACK_LEVEL,
    kind: 'absolute',
    transactionId: session.transactionId,
    ocppTransactionId: session.ocppTransactionId,
    schedule: {
      startAt: now.toISOString(),
      ...(stays && { durationS: Math.floor((leaves - start) / 1000) }),
      unit,
      periods,
    },
  };
}

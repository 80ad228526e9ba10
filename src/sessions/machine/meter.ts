/** Meter values find their session (M1) and count once (M5). Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { MeterReading } from '../../ingest/inputs.ts';
import { countEnergy, countStop, flag, isRegister } from '../energy.ts';
import type { EventOutcome, SessionRow, SessionState, TransactionInput } from '../types.ts';
import { doubted, sampled } from './cost.ts';
import { alive, type Input, laterOf, type Next, newest, onEvse, put, STOP_GRACE_MS, type Told } from './shared.ts';

export function metered(state: SessionState, input: Input<'metered'>): Next {
  const session = meteredSession(state, input);
  const effects: Effect[] = [
    keep(
      input,
      input.readings,
      session?.transactionId ?? null,
      session?.evseId ?? input.evseId,
      session?.connectorId ?? input.connectorId,
    ),
  ];
  if (session === undefined) return { state, effects, ignored: 'no_session' };
  // A session that has its stop keeps the figures of its stop; late readings are kept as samples only.
  if (session.endedAt !== null) return { state: readLate(state, session, input.readings), effects, ignored: 'late' };
  const next = applyReadings(withStartOf(session, input.readings, false), input.readings, input.receivedAt);
  return {
    state: put(state, {
      ...next,
      reconcileAt: deadlineAfter(session, input),
      updatedAt: input.receivedAt,
    }),
    effects,
  };
}

/**
 * A reading of now that names it shows that it goes on; one of its connector only where energy flows, as a meter is read also where
 * nobody charges. One that is told afterwards shows nothing; but its stop (1.6) may come only after hundreds of these.
 */
function deadlineAfter(session: SessionRow, input: Input<'metered'>): Date | null {
  const { reconcileAt } = session;
  if (!alive(session) || reconcileAt === null) return reconcileAt;
  const isNamed = input.transactionId === session.transactionId;
  const isLive = ({ at }: MeterReading) => !at.historical;
  if (input.readings.some((each) => isLive(each) && (isNamed || flows(each)))) return null;
  // 2.x: the station is asked (machine/asked.ts).
  if (session.ocppTransactionId !== null) return reconcileAt;
  const mayGoOn = (each: MeterReading) => (isLive(each) ? hasDrawn(session, each) : isNamed || !mayBeIdle(each));
  if (!input.readings.some(mayGoOn)) return reconcileAt;
  return laterOf(reconcileAt, new Date(input.receivedAt.getTime() + STOP_GRACE_MS));
}

/** More than electronics and a meter's own doubt: a car charges. */
const CHARGING_W = 100;
const CHARGING_A = 1;
const flows = ({ powerW = 0, currentA = 0 }: MeterReading): boolean => powerW > CHARGING_W || currentA > CHARGING_A;

/** It did since the last reading: perhaps it still does, perhaps that was before the connector was free. */
function hasDrawn({ lastRegisterWh, lastSampleAt, startedAt }: SessionRow, { energyWh, at: { at } }: MeterReading) {
  if (!isRegister(energyWh)) return false;
  const hours = (at.getTime() - (lastSampleAt ?? startedAt).getTime()) / 3_600_000;
  return hours > 0 && energyWh - lastRegisterWh > CHARGING_W * hours;
}

/** So a meter is read also where nobody charges: by the clock (2.x: J01), or when somebody asks. */
const mayBeIdle = (reading: MeterReading): boolean =>
  (reading.context === 'sample_clock' || reading.context === 'trigger') && !flows(reading);

/** They say more precisely when the energy flowed, if not how much it was. */
export function readLate(state: SessionState, session: SessionRow, readings: readonly MeterReading[]): SessionState {
  const { startedAt, endedAt, cost } = session;
  const isWithin = ({ at, energyWh }: MeterReading) =>
    isRegister(energyWh) && endedAt !== null && at.at >= startedAt && at.at <= endedAt;
  return cost !== null && readings.some(isWithin) ? put(state, doubted(session, 'readings_after_end')) : state;
}

/**
 * By the charger's transaction id, else (M1) the open session on that connector that began before the readings. 0 is the main meter:
 * of all that charges there, also where a session has no place yet.
 */
function meteredSession(state: SessionState, input: Input<'metered'>): SessionRow | undefined {
  const sessions = [...state.sessions.values()];
  const named = sessions.find((session) => session.transactionId === input.transactionId);
  if (named !== undefined || input.evseId === 0) return named;
  const latest = Math.max(...input.readings.map((reading) => reading.at.at.getTime()));
  return newest(
    sessions.filter(
      (session) => session.endedAt === null && onEvse(session, input) && session.startedAt.getTime() <= latest,
    ),
  );
}

const byInstant = (a: MeterReading, b: MeterReading): number => a.at.at.getTime() - b.at.at.getTime();

/** `follows`: they were read after all that is counted, also where a clock that was set back says something else. */
export function applyReadings(
  session: SessionRow,
  readings: readonly MeterReading[],
  receivedAt: Date,
  follows = false,
): SessionRow {
  let next = session;
  for (const reading of readings.length < 2 ? readings : readings.toSorted(byInstant)) {
    const at = follows ? countedAt(next, reading) : reading.at.at;
    if (next.lastSampleAt === null || at >= next.lastSampleAt) {
      next = {
        ...next,
        powerW: reading.powerW ?? next.powerW,
        currentA: reading.currentA ?? next.currentA,
        voltageV: reading.voltageV ?? next.voltageV,
        socPercent: reading.socPercent ?? next.socPercent,
      };
    }
    // A reading of the moment before this session (Sample.Clock of an older one) is no part of it.
    if (reading.energyWh !== undefined && at >= next.startedAt) {
      const isLate = at.getTime() - reading.at.at.getTime() > SLIGHT_MS;
      if (isLate && reading.energyWh > next.lastRegisterWh) next = flag(next, 'implausible_clock');
      next = countEnergy(next, { energyWh: reading.energyWh, at });
      // That it began with what it began with is nothing new to pricing, in whatever order it comes.
      const isBegin = at.getTime() === next.startedAt.getTime() && Math.round(reading.energyWh) === next.meterStartWh;
      if (isRegister(reading.energyWh) && !isBegin) next = sampled(next, at, receivedAt);
    }
    for (const name of reading.flags ?? []) next = flag(next, name);
  }
  return next;
}

/** 2.x: numbers tell what followed what, also when the clock was set back meanwhile; the register of the end comes last. */
export function readInOrder(session: SessionRow, input: TransactionInput, outcome: EventOutcome): SessionRow {
  const { kind, at, readings } = input.event;
  const isEnd = kind === 'ended' && outcome !== 'late';
  const isSetBack = (isEnd || outcome === 'applied') && kind !== 'started' && at.at < knownUntil(session);
  const isFarBack = isEnd && !input.event.offline && knownUntil(session).getTime() - at.at.getTime() > SLIGHT_MS;
  const read = applyReadings(session, readings, input.receivedAt, isSetBack);
  const next = isFarBack ? flag(read, 'implausible_clock') : read;
  return isEnd ? withEndOf(next, readings) : next;
}

/** A clock that is set by less is in order. */
const SLIGHT_MS = 60_000;

/** By its charger's clock. */
const knownUntil = ({ startedAt, lastSampleAt }: SessionRow): Date => laterOf(startedAt, lastSampleAt ?? startedAt);

/** A register that has not fallen is no older than the last one; one that has may be told once more. */
function countedAt(session: SessionRow, { at: { at }, energyWh }: MeterReading): Date {
  const hasFallen = energyWh !== undefined && Math.round(energyWh) < session.lastRegisterWh;
  return hasFallen || session.resetFromWh !== null ? at : laterOf(at, knownUntil(session));
}

/** The register of a stop is the total that counts, also when its clock says that it was read before the last sample. */
export function countEnd(
  session: SessionRow,
  { energyWh, at }: { readonly energyWh: number; readonly at: Date },
): SessionRow {
  const counted = countStop(session, { energyWh, at: laterOf(at, session.lastSampleAt ?? at) });
  return { ...counted, meterStopWh: Math.round(energyWh) };
}

/** The register at the beginning as far as it was read; one that says so before the earliest. */
export const firstRegister = (readings: readonly MeterReading[]): MeterReading | undefined => {
  const registers = readings.filter(({ energyWh }) => isRegister(energyWh)).sort(byInstant);
  return registers.find(({ context }) => context === 'transaction_begin') ?? registers[0];
};

/** With the register that says to be of the end, if there is one. */
export function withEndOf(session: SessionRow, readings: readonly MeterReading[]): SessionRow {
  const ends = readings.filter(({ context, energyWh }) => context === 'transaction_end' && isRegister(energyWh));
  const last = ends.toSorted(byInstant).at(-1);
  return last?.energyWh === undefined ? session : countEnd(session, { energyWh: last.energyWh, at: last.at.at });
}

/** 2.x names no register at the start; some 1.6 chargers leave it out. */
export const NO_START = 'meter_start_missing';
/** 1.6: they say −1, or a text. */
const BAD_START = 'meter_start_invalid';
const hasNoStart = ({ flags }: SessionRow): boolean => flags.includes(NO_START) || flags.includes(BAD_START);

/** A session begins at the first register that is read: what was there before is nobody's, and must not be billed (X9). */
export function withStartOf(session: SessionRow, readings: readonly MeterReading[], isBegin: boolean): SessionRow {
  if (session.lastSampleAt !== null || !hasNoStart(session)) return session;
  const first = firstRegister(readings);
  if (first?.energyWh === undefined) return session;
  const wh = Math.round(first.energyWh);
  const start = { meterStartWh: wh, lastRegisterWh: wh, lastSampleAt: first.at.at };
  const isCertain = isBegin || first.context === 'transaction_begin';
  const flags = isCertain ? session.flags.filter((each) => each !== NO_START) : session.flags;
  return { ...session, flags, ...start };
}

export const keep = (
  { chargePointId, receivedAt }: Told,
  readings: readonly MeterReading[],
  transactionId: number | null,
  evseId: number,
  connectorId: number,
): Effect => ({
  do: 'feed',
  input: {
    room: 'meter',
    type: 'sampled',
    chargePointId,
    receivedAt,
    evseId,
    connectorId,
    transactionId,
    readings,
  },
});

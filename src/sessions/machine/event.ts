/** What one event of a 2.x transaction does to its session: it begins, goes on, learns whose it is, ends. Pure. */
import type { Effect } from '../../ingest/contract.ts';
import type { Activity, ChargingState, SpareIds } from '../../ingest/inputs.ts';
import { flag } from '../energy.ts';
import type { EventOutcome, SessionRow, SessionState, SessionStatus, TransactionInput } from '../types.ts';
import { RETURN_MS } from './asked.ts';
import { keptByPerson } from './by-person.ts';
import { doubted, frozen, refrozen, told } from './cost.ts';
import { isCharging, tellLimit } from './limited.ts';
import { applyReadings, firstRegister, keep, NO_START, readInOrder, withEndOf, withStartOf } from './meter.ts';
import {
  alive,
  begunAt,
  finish,
  laterOf,
  newSession,
  onConnector,
  onEvse,
  put,
  startedEvent,
  tellActivity,
  tellCommand,
  tellReservations,
  transactionKey,
} from './shared.ts';
import { supersede } from './start.ts';
import { identify, mayUseReservation } from './whose.ts';

type Done = { readonly state: SessionState; readonly effects: readonly Effect[] };

const STATUS_OF = {
  charging: 'active',
  ev_connected: 'active',
  idle: 'active',
  suspended_ev: 'suspended_ev',
  suspended_evse: 'suspended_evse',
} as const satisfies Record<ChargingState, SessionStatus>;

/**
 * Where a car is merely connected, Occupied has said so already: another word would be an event for nothing. After it has charged
 * that is what 1.6 calls Finishing.
 */
function activityOf(state: ChargingState, before: ChargingState | null): Activity | null {
  switch (state) {
    case 'charging':
    case 'suspended_ev':
    case 'suspended_evse':
      return state;
    case 'ev_connected':
      return before === null || before === 'ev_connected' || before === 'idle' ? null : 'finishing';
    case 'idle':
      return null;
  }
}

/** What the driver is told in the answer to the end, with tax: 0 where nobody pays; undefined where nobody knows. */
export const totalCostOf = ({ freeOfCharge, cost }: SessionRow): number | undefined =>
  freeOfCharge ? 0 : cost?.final == null ? undefined : Number(cost.final.total.inclTax);

/** By its first event; `isReconstructed`: an event that should have come before that one never did. */
export function begin(state: SessionState, input: TransactionInput, ids: SpareIds, isReconstructed: boolean): Done {
  const { event } = input;
  const bare = newSession({
    id: ids.sessionId,
    transactionId: ids.transactionId,
    ocppTransactionId: event.ocppTransactionId,
    startKey: transactionKey(event.ocppTransactionId),
    evseId: event.place?.evseId ?? 0,
    connectorId: event.place?.connectorId ?? 0,
    tokenUid: null,
    // What brings neither a start nor a token has not been asked about (tokens/machine.ts).
    freeOfCharge: input.isFree || (isReconstructed && state.place?.isFree === true),
    isTest: input.isTest === true,
    startedAt: isReconstructed ? reconstructedAt(input) : event.at.at,
    meterStartWh: 0,
    lastRegisterWh: 0,
    lastSeqNo: event.seqNo - 1,
    // From 0 on (E01.FR.07); a start with another number is the first all the same.
    missingSeqNos: isReconstructed ? Array.from({ length: Math.min(event.seqNo, 100) }, (_, i) => i) : [],
    flags: [NO_START, ...(isReconstructed ? ['start_missing'] : [])],
    updatedAt: input.receivedAt,
  });
  const cost = frozen(state.place, bare);
  const priced = cost === null ? bare : { ...bare, cost };
  const metered = withStartOf(priced, event.readings, !isReconstructed);
  const known = identify(metered, input, state, 'applied');
  const superseded = supersede(state, known, alive(known), input);
  const begun: Effect[] = [
    ...superseded.effects,
    startedEvent(known, input, event.at.historical || event.offline, isReconstructed),
  ];
  const done = apply(superseded.state, metered, input, 'applied');
  return { state: done.state, effects: [...begun, ...done.effects] };
}

/** `late` and `reused`: it comes after others that should follow it, so what it says of the moment is over. */
export function apply(state: SessionState, session: SessionRow, input: TransactionInput, outcome: EventOutcome): Done {
  const { event, receivedAt } = input;
  const { readings } = event;
  const effects: Effect[] = [];
  let next = numbered(placed(session, input), event.seqNo, outcome);
  if (readings.length > 0) effects.push(keep(input, readings, session.transactionId, next.evseId, next.connectorId));
  for (const name of event.flags) next = flag(next, name);
  if (!event.at.plausible) next = flag(next, 'implausible_clock');
  if (outcome === 'reused') next = flag(next, event.seqNo < 0 ? 'seq_no_missing' : 'seq_no_reused');
  next = refrozen(identify(next, input, state, outcome), session, state.place);
  if (next.commandId !== null && session.commandId === null)
    effects.push(tellCommand(next, eventBegunAt(input), input));
  if (mayUseReservation(session, next, input))
    effects.push(tellReservations(next, event.at, input.token?.authorized.groupId, input));

  if (session.endedAt !== null) {
    const late = event.kind === 'ended' ? correctedBy(next, input) : lateFigures(next, input);
    next = doubted(keptByPerson(session, late, 'event_after_end'), 'event_after_end');
    return { state: put(state, { ...next, updatedAt: receivedAt }), effects };
  }
  if (event.kind === 'started' && outcome === 'late') next = doubted(beganAt(next, input), 'start_after_all');
  else if (event.kind !== 'started') next = withStartOf(next, readings, false);
  next = readInOrder(next, input, outcome);
  if (event.stationCost !== undefined || event.tariffId !== undefined) effects.push(tellStationCost(next, input));
  if (event.limit !== undefined || event.limitReached !== undefined || (session.isLimited && isCharging(input))) {
    next = { ...next, isLimited: true };
    effects.push(tellLimit(next, input));
  }
  if (outcome === 'applied' && event.trigger.toLowerCase() === RESUMED) effects.push(tellProfiles(next, input));
  if (outcome !== 'reused' && event.chargingState !== undefined)
    next = told(next, { at: event.at.at, state: event.chargingState }, receivedAt);
  const { chargingState = null } = event;
  const isMoved = !onConnector(next, session);
  // What is told to be elsewhere is not what was at the connector that has become free.
  const freedAt = isMoved ? null : session.freedAt;
  // What was kept from before says nothing of a connector that has become free since.
  const isOutdated = freedAt !== null && atOf(input).historical;
  const isTold = outcome !== 'late' && chargingState !== null && !isOutdated;
  next = {
    ...next,
    updatedAt: receivedAt,
    reconcileAt: alive(next) ? askedAt(input) : next.reconcileAt,
    chargingState: isTold ? chargingState : next.chargingState,
    freedAt: isTold ? null : freedAt,
    status: isTold ? STATUS_OF[chargingState] : next.status,
  };
  if (isMoved && session.chargingState !== null) effects.push(...tellActivity(session, null, atOf(input), input));
  if (next.chargingState !== null && (isTold || isMoved) && event.kind !== 'ended') {
    // A connector that has become free shows nothing of it any more: what its station said before is news again.
    const before = freedAt === null ? session.chargingState : 'idle';
    const activity = activityOf(next.chargingState, before);
    const isNews = next.chargingState !== before || isMoved;
    // Of a session that has just begun nothing was shown yet; its end is told below.
    if (isNews && (activity !== null || before !== null))
      effects.push(...tellActivity(next, activity, atOf(input), input));
  }
  if (event.kind !== 'ended') return { state: put(state, next), effects };
  const end = finish(next, {
    status: 'ended',
    reason: reasonOf(input),
    at: event.at.at,
    historical: event.at.historical || event.offline,
    ...(session.flags.includes('start_missing') && { reconstructed: true as const }),
    input,
  });
  return { state: put(state, end.session), effects: [...effects, ...end.effects] };
}

/** TriggerReasonEnumType, 2.1 */
const RESUMED = 'txresumed';

/** 2.1 E17.FR.15: the profiles of a transaction need not have outlived its station's reboot. */
const tellProfiles = (session: SessionRow, { chargePointId, receivedAt, event }: TransactionInput): Effect => ({
  do: 'feed',
  input: {
    ...({ room: 'smart_charging', type: 'transaction_resumed', chargePointId, receivedAt } as const),
    ocppTransactionId: event.ocppTransactionId,
    startCommandId: session.commandId,
  },
});

/** 2.1 I08.FR.22, I12: the station computes what it costs. */
const tellStationCost = (session: SessionRow, { chargePointId, receivedAt, event }: TransactionInput): Effect => ({
  do: 'feed',
  input: {
    ...({ room: 'station_costs', type: 'told', chargePointId, receivedAt, sessionId: session.id } as const),
    ...{ seqNo: event.seqNo, cost: event.stationCost, tariffId: event.tariffId, isFinal: event.kind === 'ended' },
  },
});

/** TransactionType.stoppedReason: absent means Local. */
const reasonOf = ({ event }: TransactionInput): string => event.reason ?? 'Local';

const atOf = ({ event }: TransactionInput) => ({ ...event.at, historical: event.at.historical || event.offline });

/** What is told afterwards does not show that it goes on: its end may be lost, and the station is asked. */
const askedAt = (input: TransactionInput): Date | null =>
  atOf(input).historical ? new Date(input.receivedAt.getTime() + RETURN_MS) : null;

/** As remote starts are asked for it. */
export const eventBegunAt = (input: TransactionInput) => begunAt(atOf(input), input.receivedAt);

function numbered(session: SessionRow, seqNo: number, outcome: EventOutcome): SessionRow {
  if (outcome === 'reused') return session;
  return {
    ...session,
    lastSeqNo: Math.max(session.lastSeqNo ?? -1, seqNo),
    missingSeqNos: session.missingSeqNos.includes(seqNo)
      ? session.missingSeqNos.filter((each) => each !== seqNo)
      : session.missingSeqNos,
  };
}

/** The place is told once, perhaps not at first (E01.FR.16: as soon as it is known), and its connector perhaps after its EVSE. */
function placed(session: SessionRow, { event: { place } }: TransactionInput): SessionRow {
  if (place === undefined) return session;
  const isNamed = onEvse(session, place) && session.connectorId === UNNAMED && place.connectorId > UNNAMED;
  return session.evseId === 0 || isNamed ? { ...session, ...place } : session;
}
/** Where no connector is named the first is meant (ocpp/v2/fields.ts). */
const UNNAMED = 1;

// ---------------------------------------------------------------------------------------------------------------- figures

const earlierOf = (a: Date, b: Date): Date => new Date(Math.min(a.getTime(), b.getTime()));
/** When a session began of which this is the first that is known. */
export const reconstructedAt = ({ event: { at, readings } }: TransactionInput): Date =>
  readings.reduce((first, reading) => earlierOf(reading.at.at, first), at.at);

/** Its start comes after all: when it really began, and from which register on. */
function beganAt(session: SessionRow, { event }: TransactionInput): SessionRow {
  const startedAt = earlierOf(event.at.at, session.startedAt);
  const begun = withStartOf({ ...session, startedAt }, event.readings, true);
  const register = firstRegister(event.readings)?.energyWh;
  if (register === undefined || session.lastSampleAt === null) return begun;
  const before = Math.max(0, session.meterStartWh - Math.round(register));
  const figures = { meterStartWh: session.meterStartWh - before, energyWh: session.energyWh + before };
  return { ...begun, flags: begun.flags.filter((each) => each !== NO_START), ...figures };
}

/** The session has its end; what comes late still counts if it was read before that, and is told to nobody again. */
function lateFigures(session: SessionRow, input: TransactionInput): SessionRow {
  const { endedAt, powerW, currentA } = session;
  const begun = input.event.kind === 'started' ? beganAt(session, input) : session;
  const within = input.event.readings.filter(({ at }) => endedAt === null || at.at <= endedAt);
  const next = applyReadings(withStartOf(begun, within, false), within, input.receivedAt);
  return flag({ ...next, powerW, currentA, meterStopWh: next.lastRegisterWh }, 'event_after_end');
}

/** Its end was told already, by whoever closed the record: it gets the charger's figures, and a flag instead of a second event. */
function correctedBy(session: SessionRow, input: TransactionInput): SessionRow {
  if (session.status !== 'closed_by_system') return lateFigures(session, input);
  const { powerW, currentA } = session;
  const { readings, at } = input.event;
  const read = applyReadings(withStartOf(session, readings, false), readings, input.receivedAt);
  const next = withEndOf({ ...read, meterStopWh: read.lastRegisterWh }, readings);
  const endedAt = laterOf(at.at, session.startedAt);
  return flag({ ...next, endedAt, powerW, currentA, stopReason: reasonOf(input) }, 'stop_after_close');
}

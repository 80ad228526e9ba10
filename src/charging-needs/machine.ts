/**
 * What EVs ask for, and what they are answered: 2.0.1 K15–K17, 2.1 K18, K19, Q01. By the setting, a profile for the session follows an
 * Accepted. Also priority charging and allowed energy transfers of transactions. Pure.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import { heldFor, setByPerson } from './machine/held.ts';
import { phasesOf } from './machine/limits.ts';
import { planFor } from './machine/plan.ts';
import { type Context, numberOf, told } from './machine/sending.ts';
import { isWithin } from './machine/within.ts';
import type {
  ChargingNeedsInput,
  ChargingNeedsState,
  ChargingProfile,
  NeedsAnswer,
  NeedsRow,
  RunningSession,
  SessionPower,
} from './types.ts';

type Next = Step<ChargingNeedsState>;
type Input<T extends ChargingNeedsInput['type']> = Extract<ChargingNeedsInput, { type: T }>;

/** K15.FR.13: an EV that will not keep to its limit is told once more, but not for ever. */
const MOST_RENEGOTIATIONS = 3;

export function decide(state: ChargingNeedsState, input: ChargingNeedsInput, context: Context): Next {
  switch (input.type) {
    case 'needs_reported':
      return needsReported(state, input, context);
    case 'schedule_reported':
      return scheduleReported(state, input, context);
    case 'priority_reported':
      return powerChanged(state, input.ocppTransactionId, input.receivedAt, {
        priorityActive: input.active,
        priorityAt: input.receivedAt,
      });
    case 'command_ended':
      return commandEnded(state, input);
  }
}

const reply = (value: unknown): Effect => ({ do: 'reply', value });

function needsReported(state: ChargingNeedsState, input: Input<'needs_reported'>, context: Context): Next {
  const { needsId: id, evseId, needs, knowsNoProfile, receivedAt } = input;
  const session = state.sessions.find((each) => each.evseId === evseId);
  const profile =
    state.settings.needsAnswer === 'schedule' ? profileFor(state, input, session, context.now) : undefined;
  // K15.FR.04, K18.FR.04, K19.FR.04: without a profile from us.
  const nothing: NeedsAnswer = knowsNoProfile ? 'no_profile' : 'rejected';
  const answers = {
    schedule: profile === undefined ? nothing : 'accepted',
    later: 'processing',
    none: nothing,
    reject: 'rejected',
  } as const satisfies Record<string, NeedsAnswer>;
  const answer = answers[state.settings.needsAnswer];
  const row: NeedsRow = {
    id,
    evseId,
    sessionId: session?.id ?? null,
    ocppTransactionId: session?.ocppTransactionId ?? null,
    needs,
    answer,
    profile: profile ?? null,
    commandId: null,
    evSchedule: null,
    evScheduleAt: null,
    within: null,
    renegotiations: 0,
    reportedAt: receivedAt,
    updatedAt: receivedAt,
  };
  return told(state, row, input, context, [reply(answer)]);
}

/** undefined: there is none that we could give. */
function profileFor(
  state: ChargingNeedsState,
  { needsId, needs }: Input<'needs_reported'>,
  session: RunningSession | undefined,
  now: Date,
): ChargingProfile | undefined {
  if (session === undefined || session.ocppTransactionId === null) return undefined;
  const { ocppTransactionId } = session;
  const held = heldFor(state, session);
  // The EV gets it once more, as it negotiates anew.
  const theirs = setByPerson(held);
  if (theirs !== undefined) return theirs;
  const number = held[0]?.profile.profileId ?? numberOf(needsId);
  return planFor(needs, { ...session, ocppTransactionId }, state, number, now);
}

function scheduleReported(state: ChargingNeedsState, input: Input<'schedule_reported'>, context: Context): Next {
  const { evseId, schedule, selectedScheduleId, timeBase, receivedAt, needsId } = input;
  const session = state.sessions.find((each) => each.evseId === evseId);
  const last = [...state.needs.values()]
    .filter((row) => row.evseId === evseId && row.sessionId === (session?.id ?? null))
    .sort((a, b) => (a.id < b.id ? 1 : -1))[0];
  const held = session === undefined ? [] : heldFor(state, session);
  // A person may have set it since this EV was answered.
  const given = setByPerson(held) ?? last?.profile ?? held[0]?.profile;
  const within =
    given === undefined || isWithin(given, schedule, timeBase.at, selectedScheduleId, phasesOf(last?.needs));
  const base: NeedsRow = last ?? {
    id: needsId,
    evseId,
    sessionId: session?.id ?? null,
    ocppTransactionId: session?.ocppTransactionId ?? null,
    needs: nothingSaid,
    answer: 'processing',
    profile: null,
    commandId: null,
    evSchedule: null,
    evScheduleAt: null,
    within: null,
    renegotiations: 0,
    reportedAt: receivedAt,
    updatedAt: receivedAt,
  };
  const again = !within && base.profile !== null && base.renegotiations < MOST_RENEGOTIATIONS;
  const row: NeedsRow = {
    ...base,
    ...(again && { profile: given }),
    evSchedule: schedule,
    evScheduleAt: timeBase.at,
    within,
    renegotiations: base.renegotiations + (again ? 1 : 0),
    updatedAt: receivedAt,
  };
  const effects = [reply(within)];
  if (again) return told(state, row, input, context, effects);
  return { state: { ...state, needs: new Map([...state.needs, [row.id, row]]) }, effects };
}

const nothingSaid: NeedsRow['needs'] = {
  transferMode: undefined,
  availableModes: [],
  departureAt: undefined,
  energyWh: undefined,
  minCurrentA: undefined,
  maxCurrentA: undefined,
  maxVoltageV: undefined,
  maxPowerW: undefined,
  maxDischargePowerW: undefined,
  socPercent: undefined,
  capacityWh: undefined,
  controlMode: undefined,
  maxSchedules: undefined,
  said: {},
};

function commandEnded(state: ChargingNeedsState, { learned, receivedAt }: Input<'command_ended'>): Next {
  if (learned?.about === 'priority_asked') {
    const { ocppTransactionId, active } = learned;
    return powerChanged(state, ocppTransactionId, receivedAt, { priorityActive: active, priorityAt: receivedAt });
  }
  if (learned?.about === 'energy_transfer_allowed') {
    const { ocppTransactionId, modes } = learned;
    return powerChanged(state, ocppTransactionId, receivedAt, {
      allowedTransfer: modes,
      allowedTransferAt: receivedAt,
    });
  }
  return { state, effects: [], ignored: 'not_ours' };
}

function powerChanged(
  state: ChargingNeedsState,
  ocppTransactionId: string,
  at: Date,
  change: Partial<SessionPower>,
): Next {
  // Of a transaction that is not known nothing is kept: a station could name any number of them.
  if (!state.sessions.some((session) => session.ocppTransactionId === ocppTransactionId))
    return { state, effects: [], ignored: 'unknown' };
  const before: SessionPower = state.power.get(ocppTransactionId) ?? {
    ocppTransactionId,
    priorityActive: null,
    priorityAt: null,
    allowedTransfer: [],
    allowedTransferAt: null,
    updatedAt: at,
  };
  const power = new Map([...state.power, [ocppTransactionId, { ...before, ...change, updatedAt: at }]]);
  return { state: { ...state, power }, effects: [] };
}

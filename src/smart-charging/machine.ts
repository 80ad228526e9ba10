/**
 * Which charging profiles a charger holds, learned from its answers and reports, whoever asked for them. Pure.
 * OCPP 1.6 §5.16: a profile replaces the one of the same id, and the one of the same purpose, stack level and connector; 2.x K04: only
 * the one of the same id.
 */
import type { Step } from '../ingest/contract.ts';
import { profilesReported, reportAnswered, reportRequested } from './machine/reports.ts';
import { resumed } from './machine/resumed.ts';
import { rowIdOfCommand } from './machine/row-id.ts';
import type {
  ChargingProfile,
  Context,
  DynamicReply,
  Ended,
  Learnt,
  ProfileRow,
  ProfileStatus,
  ScheduleRates,
  SmartChargingInput,
  SmartChargingState,
} from './types.ts';

type Next = Step<SmartChargingState>;

export function decide(state: SmartChargingState, input: SmartChargingInput, context: Context): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input);
    case 'report_requested':
      return reportRequested(state, input);
    case 'profiles_reported':
      return profilesReported(state, input);
    case 'values_given':
      return valuesGiven(state, input.profileId, input.rates, input.receivedAt);
    case 'values_pulled':
      return valuesPulled(state, input.profileId);
    case 'transaction_resumed':
      return resumed(state, input, context);
    case 'command_ended':
      return commandEnded(state, input);
  }
}

const rowOf = (
  input: Pick<Ended, 'commandId' | 'receivedAt'>,
  profile: ChargingProfile,
  more: Pick<ProfileRow, 'id' | 'status' | 'requestedBy'>,
): ProfileRow => ({
  commandId: input.commandId,
  profileId: profile.profileId,
  connectorId: profile.connectorId,
  purpose: profile.purpose,
  stackLevel: profile.stackLevel,
  transactionId: profile.transactionId ?? null,
  profile,
  why: null,
  createdAt: input.receivedAt,
  updatedAt: input.receivedAt,
  ...more,
});

function requested(state: SmartChargingState, input: Extract<SmartChargingInput, { type: 'requested' }>): Next {
  if (state.rows.has(input.id)) return { state, effects: [], ignored: 'duplicate' };
  const row = rowOf(input, input.profile, { id: input.id, status: 'pending', requestedBy: input.requestedBy });
  return moved(state, [row]);
}

function commandEnded(state: SmartChargingState, input: Ended): Next {
  const { learned, status } = input;
  const asked = [...state.rows.values()].find(({ commandId }) => commandId === input.commandId);
  if (learned?.about === 'profile_set') return taken(state, input, learned, asked);
  if (learned?.about === 'profiles_cleared') return cleared(state, input, learned);
  if (learned?.about === 'profile_values_set')
    return valuesGiven(state, learned.profileId, learned.rates, input.receivedAt);
  const report = [...state.reports.values()].find(({ commandId }) => commandId === input.commandId);
  if (report !== undefined)
    return reportAnswered(state, input, report, learned?.about === 'profiles_will_come' ? learned : undefined);
  if (asked === undefined) return { state, effects: [], ignored: 'not_ours' };
  // After a time-out the answer may still come: then it is told once more, and decides.
  if (asked.status !== 'pending' && asked.status !== 'failed') return { state, effects: [], ignored: 'duplicate' };
  const ended: ProfileStatus = status === 'rejected' ? 'rejected' : 'failed';
  return moved(state, [{ ...asked, status: ended, why: input.why ?? null, updatedAt: input.receivedAt }]);
}

function taken(
  state: SmartChargingState,
  input: Ended,
  { profile, replacesById }: Learnt<'profile_set'>,
  asked: ProfileRow | undefined,
): Next {
  // Sent as a raw command, or with a remote start: it is a row from now on. Its id comes from the command's, as it is unique.
  const row =
    asked === undefined
      ? rowOf(input, profile, { id: rowIdOfCommand(input.commandId), status: 'active', requestedBy: 'command' })
      : { ...asked, status: 'active' as const, why: null, updatedAt: input.receivedAt };
  const isReplaced = replacesById === true ? hasNumberOf : hasNumberOrRankOf;
  const replaced = active(state).filter((each) => each.id !== row.id && isReplaced(each, row));
  // Given up before its answer came: a charger carries commands out in their order, so what was asked for after it holds (ids rise).
  const isOvertaking = ({ id }: ProfileRow): boolean => asked?.status === 'failed' && id > row.id;
  const superseded = [...replaced.filter((each) => !isOvertaking(each)), ...(replaced.some(isOvertaking) ? [row] : [])];
  const gone = superseded.map((each) => ({ ...each, status: 'superseded' as const, updatedAt: input.receivedAt }));
  return moved(state, [row, ...gone]);
}

const hasNumberOf = (old: ProfileRow, by: ProfileRow): boolean => old.profileId === by.profileId;
const hasNumberOrRankOf = (old: ProfileRow, by: ProfileRow): boolean =>
  hasNumberOf(old, by) ||
  (old.purpose === by.purpose &&
    old.stackLevel === by.stackLevel &&
    old.connectorId === by.connectorId &&
    (by.purpose !== 'tx' || old.transactionId === by.transactionId));

/** 1.6 §5.5, 2.x K10: an id names one; without it the other criteria are met together, and none at all means all. */
function cleared(state: SmartChargingState, input: Ended, criteria: Learnt<'profiles_cleared'>): Next {
  const { profileId, connectorId, purpose, stackLevel, none } = criteria;
  const meetsRest = (row: ProfileRow): boolean =>
    (connectorId === undefined || row.connectorId === connectorId) &&
    (purpose === undefined || row.purpose === purpose) &&
    (stackLevel === undefined || row.stackLevel === stackLevel);
  const gone = active(state).filter((row) => {
    if (profileId === undefined) return meetsRest(row);
    // A charger that holds the number may still say that it holds none, if it looked at the rest too.
    return row.profileId === profileId && (none !== true || meetsRest(row));
  });
  if (gone.length === 0) return { state, effects: [], ignored: 'unknown' };
  const why = none === true ? 'The charge point does not hold it any more' : null;
  return moved(
    state,
    gone.map((row) => ({ ...row, status: 'cleared' as const, why, updatedAt: input.receivedAt })),
  );
}

const active = (state: SmartChargingState): ProfileRow[] =>
  [...state.rows.values()].filter(({ status }) => status === 'active');

const dynamicOf = (state: SmartChargingState, profileId: number): ProfileRow | undefined =>
  active(state).find((row) => row.profileId === profileId && row.profile.kind === 'dynamic');

/** 2.1 K28.FR.06, K28.FR.08: what is given replaces the values of the one period; the others stay. */
function valuesGiven(state: SmartChargingState, profileId: number, given: ScheduleRates, at: Date): Next {
  const row = dynamicOf(state, profileId);
  const [period] = row?.profile.schedule.periods ?? [];
  if (row === undefined || period === undefined) return { state, effects: [reply(undefined)], ignored: 'unknown' };
  const { schedule } = row.profile;
  const profile: ChargingProfile = {
    ...row.profile,
    updatedAt: at.toISOString(),
    schedule: { ...schedule, periods: [{ ...period, ...given }] },
  };
  const next = moved(state, [{ ...row, profile, updatedAt: at }]);
  return { ...next, effects: [reply({ rates: onlyRates({ ...period, ...given }) })] };
}

/** K28.FR.10–12 */
function valuesPulled(state: SmartChargingState, profileId: number): Next {
  const [period] = dynamicOf(state, profileId)?.profile.schedule.periods ?? [];
  if (period === undefined) return { state, effects: [reply(undefined)], ignored: 'unknown' };
  return { state, effects: [reply({ rates: onlyRates(period) })] };
}

const reply = (value: DynamicReply) => ({ do: 'reply', value }) as const;

const RATE_NAMES = [
  'limit',
  'limitL2',
  'limitL3',
  'dischargeLimit',
  'dischargeLimitL2',
  'dischargeLimitL3',
  'setpoint',
  'setpointL2',
  'setpointL3',
  'setpointReactive',
  'setpointReactiveL2',
  'setpointReactiveL3',
] as const satisfies readonly (keyof ScheduleRates)[];
const onlyRates = (period: ScheduleRates): ScheduleRates =>
  Object.fromEntries(RATE_NAMES.flatMap((name) => (period[name] === undefined ? [] : [[name, period[name]]])));

export { rowIdOfCommand as idOf } from './machine/row-id.ts';

const moved = (state: SmartChargingState, changed: readonly ProfileRow[]): Next => ({
  state: { ...state, rows: new Map([...state.rows, ...changed.map((row) => [row.id, row] as const)]) },
  effects: [],
});

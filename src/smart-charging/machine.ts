/**
 * Which charging profiles a charger holds, learned from its answers, whoever asked for them. Pure.
 * OCPP 1.6 §5.16: a profile replaces the one of the same id, and the one of the same purpose, stack level and connector.
 */
import type { Step } from '../ingest/contract.ts';
import type { ChargingProfile, ProfileRow, ProfileStatus, SmartChargingInput, SmartChargingState } from './types.ts';

type Next = Step<SmartChargingState>;
type Ended = Extract<SmartChargingInput, { type: 'command_ended' }>;

export function decide(state: SmartChargingState, input: SmartChargingInput): Next {
  return input.type === 'requested' ? requested(state, input) : commandEnded(state, input);
}

const rowOf = (
  input: SmartChargingInput,
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
  const row = rowOf(input, input.profile, { id: input.id, status: 'pending', requestedBy: input.requestedBy });
  return moved(state, [row]);
}

function commandEnded(state: SmartChargingState, input: Ended): Next {
  const { learned, status } = input;
  const asked = [...state.rows.values()].find(({ commandId }) => commandId === input.commandId);
  if (learned?.about === 'profile_set') return taken(state, input, learned.profile, asked);
  if (learned?.about === 'profiles_cleared') return cleared(state, input, learned);
  if (asked === undefined) return { state, effects: [], ignored: 'not_ours' };
  // After a time-out the answer may still come: then it is told once more, and decides.
  if (asked.status !== 'pending' && asked.status !== 'failed') return { state, effects: [], ignored: 'duplicate' };
  const ended: ProfileStatus = status === 'rejected' ? 'rejected' : 'failed';
  return moved(state, [{ ...asked, status: ended, why: input.why ?? null, updatedAt: input.receivedAt }]);
}

function taken(state: SmartChargingState, input: Ended, profile: ChargingProfile, asked: ProfileRow | undefined): Next {
  // Sent as a raw command, or with a remote start: it is a row from now on. Its id comes from the command's, as it is unique.
  const row =
    asked === undefined
      ? rowOf(input, profile, { id: idOf(input.commandId), status: 'active', requestedBy: 'command' })
      : { ...asked, status: 'active' as const, why: null, updatedAt: input.receivedAt };
  const replaced = active(state).filter((each) => each.id !== row.id && isReplaced(each, row));
  const gone = replaced.map((each) => ({ ...each, status: 'superseded' as const, updatedAt: input.receivedAt }));
  return moved(state, [row, ...gone]);
}

const isReplaced = (old: ProfileRow, by: ProfileRow): boolean =>
  old.profileId === by.profileId ||
  (old.purpose === by.purpose &&
    old.stackLevel === by.stackLevel &&
    old.connectorId === by.connectorId &&
    (by.purpose !== 'tx' || old.transactionId === by.transactionId));

/** §5.5: an id names one; without it the other criteria are met together, and none at all means all. */
function cleared(
  state: SmartChargingState,
  input: Ended,
  criteria: Extract<Ended['learned'], { about: 'profiles_cleared' }>,
): Next {
  const { profileId, connectorId, purpose, stackLevel } = criteria;
  const gone = active(state).filter((row) =>
    profileId !== undefined
      ? row.profileId === profileId
      : (connectorId === undefined || row.connectorId === connectorId) &&
        (purpose === undefined || row.purpose === purpose) &&
        (stackLevel === undefined || row.stackLevel === stackLevel),
  );
  if (gone.length === 0) return { state, effects: [], ignored: 'unknown' };
  return moved(
    state,
    gone.map((row) => ({ ...row, status: 'cleared' as const, updatedAt: input.receivedAt })),
  );
}

const active = (state: SmartChargingState): ProfileRow[] =>
  [...state.rows.values()].filter(({ status }) => status === 'active');

export const idOf = (commandId: string): string => `chp_${commandId.slice(commandId.indexOf('_') + 1)}`;

const moved = (state: SmartChargingState, changed: readonly ProfileRow[]): Next => ({
  state: { rows: new Map([...state.rows, ...changed.map((row) => [row.id, row] as const)]) },
  effects: [],
});

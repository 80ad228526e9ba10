/** Keeps what an EV was answered, and sends it the profile that goes with the answer. Pure. */
import type { Effect, Step } from '../../ingest/contract.ts';
import { ULID_DIGITS, ulidIn } from '../../platform/derived-id.ts';
import type { ChargingNeedsInput, ChargingNeedsState, NeedsRow, Words } from '../types.ts';
import { authorOf, heldFor } from './held.ts';

export type Context = { readonly words: Words; readonly now: Date };
type Next = Step<ChargingNeedsState>;

const TIMEOUT_S = 30;

/** Keeps the row, and sends its profile if it has one. */
export function told(
  state: ChargingNeedsState,
  row: NeedsRow,
  { chargePointId, receivedAt }: Pick<ChargingNeedsInput, 'chargePointId' | 'receivedAt'>,
  { words }: Context,
  effects: readonly Effect[],
): Next {
  const { profile } = row;
  const call =
    profile === null || state.protocol === null
      ? undefined
      : words(state.protocol, { do: 'set_charging_profile', profile });
  const commandId = commandIdOf(row);
  const kept = { ...row, commandId: call === undefined ? row.commandId : commandId };
  const next = { ...state, needs: new Map([...state.needs, [kept.id, kept]]) };
  if (profile === null || call === undefined) return { state: next, effects };
  const ulid = commandId.slice(4);
  const session = state.sessions.find(({ id }) => id === row.sessionId);
  return {
    state: next,
    effects: [
      ...effects,
      {
        do: 'feed',
        input: {
          room: 'commands',
          type: 'requested',
          chargePointId,
          receivedAt,
          commandId,
          action: call.action,
          payload: { ...call.payload },
          timeoutS: TIMEOUT_S,
          requestedBy: 'system',
          silent: true,
          alongside: {
            room: 'smart_charging',
            type: 'requested',
            chargePointId,
            receivedAt,
            id: `chp_${ulid}`,
            commandId,
            profile,
            requestedBy: authorOf(session === undefined ? [] : heldFor(state, session), profile),
          },
        },
      },
    ],
  };
}

/** Drawn from the row's, one for each time that its profile is sent: a decision that is taken again asks for the same command. */
function commandIdOf({ id, renegotiations }: NeedsRow): string {
  const ulid = ulidIn(id);
  if (renegotiations === 0) return `cmd_${ulid}`;
  const last = ULID_DIGITS.indexOf(ulid.slice(-1));
  return `cmd_${ulid.slice(0, -1)}${ULID_DIGITS[(last + renegotiations) % 32] ?? '0'}`;
}

/** A profile's number of our own making, above those of people (smart-charging/check-profile.ts). */
export function numberOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + char.charCodeAt(0)) % 2_000_000_011;
  return 1_000_000 + (hash % 2_000_000_000);
}

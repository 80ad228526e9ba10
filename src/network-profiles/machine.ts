/** What became of a profile that a station was to put into a slot (2.0.1 B09): pending → stored | rejected | failed. Pure. */
import type { Step } from '../ingest/contract.ts';
import type { NetworkProfileInput, ProfileRow, ProfileState, ProfileStatus } from './types.ts';

type Input<T extends NetworkProfileInput['type']> = Extract<NetworkProfileInput, { type: T }>;

export function decide(state: ProfileState, input: NetworkProfileInput, now: Date): Step<ProfileState> {
  return input.type === 'requested' ? requested(state, input, now) : ended(state, input, now);
}

const stay = (state: ProfileState, ignored: string): Step<ProfileState> => ({ state, effects: [], ignored });

function requested(state: ProfileState, input: Input<'requested'>, now: Date): Step<ProfileState> {
  if (state.rows.has(input.id)) return stay(state, 'duplicate');
  const { id, commandId, slot, profile, requestedBy } = input;
  const times = { createdAt: now, updatedAt: now };
  const row: ProfileRow = { id, commandId, slot, profile, status: 'pending', why: null, requestedBy, ...times };
  return { state: { rows: new Map(state.rows).set(id, row) }, effects: [] };
}

/** Told once more when the answer comes late (R4): then it counts. */
function ended(state: ProfileState, input: Input<'command_ended'>, now: Date): Step<ProfileState> {
  const row = [...state.rows.values()].find(({ commandId }) => commandId === input.commandId);
  if (row === undefined) return sentByHand(state, input, now);
  if (row.status !== 'pending' && row.status !== 'failed') return stay(state, 'ended');
  const status: ProfileStatus =
    input.status === 'accepted' ? 'stored' : input.status === 'rejected' ? 'rejected' : 'failed';
  const why = status === 'stored' ? null : (input.why ?? null);
  return withRow(state, { ...row, status, why, updatedAt: now }, now);
}

/** As a raw command: what the slot holds now has to be known all the same (charge-points/profile-raise.ts). Its id is the command's. */
function sentByHand(state: ProfileState, input: Input<'command_ended'>, now: Date): Step<ProfileState> {
  const { status, learned, commandId, requestedBy } = input;
  if (status !== 'accepted' || learned?.about !== 'network_profile_set' || requestedBy === undefined)
    return stay(state, 'unknown');
  const { slot, profile } = learned;
  const id = commandId.replace(/^cmd_/, 'npr_');
  const times = { createdAt: now, updatedAt: now };
  return withRow(state, { id, commandId, slot, profile, status: 'stored', why: null, requestedBy, ...times }, now);
}

/** A slot holds one. */
function withRow(state: ProfileState, row: ProfileRow, now: Date): Step<ProfileState> {
  const rows = new Map(state.rows);
  if (row.status === 'stored') {
    for (const other of rows.values()) {
      if (other.slot === row.slot && other.status === 'stored') {
        rows.set(other.id, { ...other, status: 'superseded', updatedAt: now });
      }
    }
  }
  return { state: { rows: rows.set(row.id, row) }, effects: [] };
}

/**
 * A battery swap (2.1 S01–S03): batteries come in, others go out, under one request number, which is the station's own or the one that
 * it was given. Pure. What has happened with batteries is written down, never refused; a number may come again for another swap.
 */
import type { Step } from '../ingest/contract.ts';
import type { BatterySwapInput, SwappedBattery } from '../ingest/inputs.ts';
import type { SwapRow, SwapState } from './types.ts';

type Input<T extends BatterySwapInput['type']> = Extract<BatterySwapInput, { type: T }>;
type Next = Step<SwapState>;

/** Of one message; a cabinet has fewer slots. */
export const MOST_BATTERIES = 100;

export function decide(state: SwapState, input: BatterySwapInput, now: Date): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, now);
    case 'command_ended':
      return commandEnded(state, input, now);
    case 'swapped':
      return swapped(state, input, now);
  }
}

const EMPTY = {
  authorization: null,
  why: null,
  batteriesIn: [],
  batteriesOut: [],
  inAt: null,
  outAt: null,
  endedAt: null,
};

function requested(state: SwapState, input: Input<'requested'>, now: Date): Next {
  const { swapId: id, requestId, commandId, tokenUid, requestedBy } = input;
  if (state.swaps.has(id)) return stay(state, 'duplicate');
  const row = { id, requestId, commandId, tokenUid, requestedBy };
  return moved(state, { ...EMPTY, ...row, status: 'requested', createdAt: now, updatedAt: now });
}

/** Batteries that have moved say more than an answer that was late or lost. */
function commandEnded(state: SwapState, { commandId, status, why }: Input<'command_ended'>, now: Date): Next {
  const row = [...state.swaps.values()].find((each) => each.commandId === commandId);
  if (row === undefined) return stay(state, 'unknown');
  const isOpen = row.status === 'requested' || row.status === 'failed';
  if (!isOpen) return stay(state, 'moved_on');
  if (status === 'accepted')
    return moved(state, { ...row, status: 'accepted', why: null, endedAt: null, updatedAt: now });
  const ended = status === 'rejected' ? 'refused' : 'failed';
  return moved(state, { ...row, status: ended, why: why ?? null, endedAt: now, updatedAt: now });
}

function swapped(state: SwapState, input: Input<'swapped'>, now: Date): Next {
  const { requestId, movement: event, receivedAt, tokenUid, authorization } = input;
  const known = newest([...state.swaps.values()].filter((row) => row.requestId === requestId));
  const batteries = input.batteries.slice(0, MOST_BATTERIES);
  if (known !== undefined && isRepeated(known, event, batteries)) return stay(state, 'duplicate');
  const begun = known !== undefined && mayGoOn(known, event) ? known : fresh(input, now);
  const said = { ...begun, tokenUid: tokenUid ?? begun.tokenUid, authorization, why: null, updatedAt: now };
  switch (event) {
    case 'in':
      return moved(state, { ...said, status: 'in_progress', batteriesIn: batteries, inAt: receivedAt, endedAt: null });
    case 'out':
      return moved(state, {
        ...said,
        status: 'completed',
        batteriesOut: batteries,
        outAt: receivedAt,
        endedAt: receivedAt,
      });
    case 'out_timeout':
      return moved(state, { ...said, status: 'timed_out', batteriesOut: batteries, endedAt: receivedAt });
  }
}

/** A swap that has ended goes on only by the batteries that are taken after all; anything else is a new one with an old number. */
function mayGoOn(row: SwapRow, event: Input<'swapped'>['movement']): boolean {
  switch (row.status) {
    case 'completed':
      return false;
    case 'timed_out':
      return event === 'out';
    case 'in_progress':
      return event !== 'in';
    case 'requested':
    case 'accepted':
    case 'refused':
    case 'failed':
      return true;
  }
}

function isRepeated(row: SwapRow, event: Input<'swapped'>['movement'], batteries: readonly SwappedBattery[]): boolean {
  const before = event === 'in' ? row.batteriesIn : row.batteriesOut;
  const happened =
    event === 'in' ? row.inAt !== null : event === 'out' ? row.outAt !== null : row.status === 'timed_out';
  return happened && keyOf(before) === keyOf(batteries);
}
const keyOf = (batteries: readonly SwappedBattery[]): string =>
  JSON.stringify(batteries.map(({ evseId, serialNumber, socPercent }) => [evseId, serialNumber, socPercent]));

const fresh = ({ swapId: id, requestId, tokenUid }: Input<'swapped'>, now: Date): SwapRow => ({
  ...EMPTY,
  ...{ id, requestId, tokenUid },
  commandId: null,
  requestedBy: null,
  status: 'in_progress',
  createdAt: now,
  updatedAt: now,
});

const newest = (rows: readonly SwapRow[]): SwapRow | undefined =>
  rows.reduce<SwapRow | undefined>((best, row) => (best === undefined || row.id > best.id ? row : best), undefined);
const moved = (state: SwapState, row: SwapRow): Next => ({
  state: { swaps: new Map(state.swaps).set(row.id, row) },
  effects: [],
});
const stay = (state: SwapState, ignored: string): Next => ({ state, effects: [], ignored });

/**
 * What the displays of a station hold (2.0.1 block O): what it accepted, what it says it has, what it gave up. Pure. A refresh asks
 * for all of it; what is not in a whole answer is not there any more.
 */
import type { Step } from '../ingest/contract.ts';
import type { DisplayMessage, DisplayMessageInput } from '../ingest/inputs.ts';
import { noParts, partsDueAt, partsMayCome, takePart } from '../platform/parts.ts';
import { type DisplayState, isGone, type MessageRow, type RefreshRow } from './types.ts';

type Input<T extends DisplayMessageInput['type']> = Extract<DisplayMessageInput, { type: T }>;
type Next = Step<DisplayState>;

/** A station that reports more is not believed: no display cycles through so many. */
export const MOST_MESSAGES = 500;
const LIMITS = { parts: MOST_MESSAGES, items: MOST_MESSAGES };
/** Long after its end a message that nobody asked about again is forgotten; the station has removed it. */
const FORGET_MS = 86_400_000;

export function decide(state: DisplayState, input: DisplayMessageInput, now: Date): Next {
  switch (input.type) {
    case 'command_ended':
      return commandEnded(state, input, now);
    case 'refresh_requested':
      return refreshRequested(state, input, now);
    case 'reported':
      return reported(state, input, now);
    case 'overdue':
      return overdue(state, input, now);
  }
}

function refreshRequested(state: DisplayState, input: Input<'refresh_requested'>, now: Date): Next {
  const { refreshId: id, requestId, commandId, requestedBy, commandEndsBy } = input;
  if (state.refreshes.has(id)) return stay(state, 'duplicate');
  const row: RefreshRow = {
    ...{ id, requestId, commandId, requestedBy },
    status: 'requested',
    why: null,
    parts: noParts,
    createdAt: now,
    completedAt: null,
    dueAt: partsDueAt(commandEndsBy),
  };
  return { state: putRefresh(state, row), effects: [] };
}

function commandEnded(state: DisplayState, input: Input<'command_ended'>, now: Date): Next {
  const { learned, commandId } = input;
  if (learned?.about === 'display_message_set') return wasSet(state, commandId, learned.message, now);
  if (learned?.about === 'display_message_cleared') {
    const { messageId } = learned;
    return state.messages.has(messageId)
      ? { state: withoutMessages(state, ({ message }) => message.messageId === messageId), effects: [] }
      : stay(state, 'unknown');
  }
  const refresh = [...state.refreshes.values()].find((each) => each.commandId === commandId);
  if (refresh === undefined || refresh.dueAt === null) return stay(state, 'unknown');
  // GetDisplayMessagesResponse Unknown (O03.FR.02): there are none.
  if (learned?.about === 'display_messages_none') return completed(state, refresh, now);
  if (partsMayCome(input)) return { state: putRefresh(state, { ...refresh, dueAt: partsDueAt(now) }), effects: [] };
  return ended(state, refresh, 'failed', input.why ?? 'The station declined', now);
}

function wasSet(state: DisplayState, commandId: string, message: DisplayMessage, now: Date): Next {
  const known = state.messages.get(message.messageId);
  // An answer that comes late (R4) is told again: the message that it is about may have been replaced since.
  if (known !== undefined && known.commandId !== null && known.commandId > commandId) return stay(state, 'older');
  if (known === undefined && state.messages.size >= MOST_MESSAGES) return stay(state, 'too_many');
  const times = { createdAt: now, confirmedAt: now, transactionEndedAt: null };
  const row: MessageRow = { message, origin: 'csms', commandId, ...times };
  return { state: putMessage(withoutForgotten(state, now), row), effects: [] };
}

/** Also what somebody asked for by hand, under a number that no refresh has: what it names is there. */
function reported(state: DisplayState, input: Input<'reported'>, now: Date): Next {
  const refresh = [...state.refreshes.values()].find(
    (each) => each.requestId === input.requestId && each.dueAt !== null,
  );
  const part = { seqNo: undefined, tbc: input.tbc, items: input.messages.length };
  const taken = refresh === undefined ? undefined : takePart(refresh.parts, part, LIMITS);
  if (taken?.verdict === 'too_many') return stay(state, 'too_many');
  let after = withoutForgotten(state, now);
  for (const message of input.messages) {
    const known = after.messages.get(message.messageId);
    if (known === undefined && after.messages.size >= MOST_MESSAGES) break;
    const { origin = 'station', commandId = null, createdAt = now } = known ?? {};
    const times = { createdAt, confirmedAt: now, transactionEndedAt: null };
    after = putMessage(after, { message, origin, commandId, ...times });
  }
  if (refresh === undefined || taken === undefined) {
    return after === state ? stay(state, 'unknown') : { state: after, effects: [] };
  }
  const receiving: RefreshRow = { ...refresh, status: 'receiving', parts: taken.parts, dueAt: partsDueAt(now) };
  return taken.verdict === 'complete'
    ? completed(after, receiving, now)
    : { state: putRefresh(after, receiving), effects: [] };
}

function overdue(state: DisplayState, { refreshId }: Input<'overdue'>, now: Date): Next {
  const refresh = state.refreshes.get(refreshId);
  if (refresh === undefined) return stay(state, 'unknown');
  if (refresh.dueAt === null || refresh.dueAt > now) return stay(state, 'not_due');
  const why =
    refresh.status === 'requested'
      ? 'The station told nothing of its messages'
      : 'The station broke off: what it told until then is shown, what it did not tell may be there still';
  return ended(state, refresh, 'timed_out', why, now);
}

/** What was neither told now nor set since it was asked is there no more. */
function completed(state: DisplayState, refresh: RefreshRow, now: Date): Next {
  const after = withoutMessages(state, ({ confirmedAt }) => confirmedAt < refresh.createdAt);
  const row: RefreshRow = { ...refresh, status: 'completed', why: null, completedAt: now, dueAt: null };
  return { state: putRefresh(after, row), effects: [] };
}

function ended(state: DisplayState, refresh: RefreshRow, status: 'failed' | 'timed_out', why: string, now: Date): Next {
  return { state: putRefresh(state, { ...refresh, status, why, completedAt: now, dueAt: null }), effects: [] };
}

const withoutForgotten = (state: DisplayState, now: Date): DisplayState =>
  withoutMessages(state, (row) => isGone(row, new Date(now.getTime() - FORGET_MS)));

function withoutMessages(state: DisplayState, which: (row: MessageRow) => boolean): DisplayState {
  const kept = [...state.messages].filter(([, row]) => !which(row));
  return kept.length === state.messages.size ? state : { ...state, messages: new Map(kept) };
}
const putMessage = (state: DisplayState, row: MessageRow): DisplayState => ({
  ...state,
  messages: new Map(state.messages).set(row.message.messageId, row),
});
const putRefresh = (state: DisplayState, row: RefreshRow): DisplayState => ({
  ...state,
  refreshes: new Map(state.refreshes).set(row.id, row),
});
const stay = (state: DisplayState, ignored: string): Next => ({ state, effects: [], ignored });

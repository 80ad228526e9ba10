/**
 * What a station holds of a person (2.0.1 N09, N10): asked for, told in parts, taken once. Pure. The data is bounded, is kept for
 * nobody who did not ask here, and goes with its being taken or after a day.
 */
import type { Step } from '../ingest/contract.ts';
import type { CollectReply, CustomerInformationInput } from '../ingest/inputs.ts';
import { noParts, partsAtDeadline, partsDueAt, partsMayCome, takePart } from '../platform/parts.ts';
import { type CustomerState, KEPT_MS, type ReportRow, type ReportStatus } from './types.ts';

type Input<T extends CustomerInformationInput['type']> = Extract<CustomerInformationInput, { type: T }>;
type Next = Step<CustomerState>;

/** Parts, and characters of all of them: 256 parts as long as they may be. */
const LIMITS = { parts: 512, items: 131_072 };

export function decide(state: CustomerState, input: CustomerInformationInput, now: Date): Next {
  switch (input.type) {
    case 'requested':
      return requested(state, input, now);
    case 'command_ended':
      return commandEnded(state, input, now);
    case 'told':
      return told(state, input, now);
    case 'collected':
      return collected(state, input, now);
    case 'overdue':
      return overdue(state, input, now);
  }
}

function requested(state: CustomerState, input: Input<'requested'>, now: Date): Next {
  const { reportId: id, requestId, commandId, report, clear, subject, requestedBy, commandEndsBy } = input;
  if (state.reports.has(id)) return stay(state, 'duplicate');
  return moved(state, {
    ...{ id, requestId, commandId, report, clear, subject, requestedBy },
    status: 'requested',
    why: null,
    parts: noParts,
    content: null,
    collectedAt: null,
    createdAt: now,
    completedAt: null,
    dueAt: partsDueAt(commandEndsBy),
  });
}

/** Of a mere clearing nothing more is told that matters (N10); of a report the parts are waited for from now on, also without an answer. */
function commandEnded(state: CustomerState, input: Input<'command_ended'>, now: Date): Next {
  const { commandId, status, why } = input;
  const row = [...state.reports.values()].find((each) => each.commandId === commandId);
  if (row === undefined) return stay(state, 'unknown');
  if (partsMayCome(input) && mayBeTold(row, now)) return moved(state, awaited(row, now));
  if (row.dueAt === null) return stay(state, 'ended');
  if (status === 'accepted') return moved(state, ended(row, 'completed', null, now));
  return moved(state, ended(row, status === 'rejected' ? 'refused' : 'failed', why ?? 'The station declined', now));
}

function told(state: CustomerState, input: Input<'told'>, now: Date): Next {
  const row = [...state.reports.values()].find((each) => each.requestId === input.requestId && mayBeTold(each, now));
  // Nobody asked for it here, or for its being told, or any more: it is not kept.
  if (row === undefined) return stay(state, 'unknown');
  const { seqNo, tbc, data } = input;
  const { parts, verdict } = takePart(row.parts, { seqNo, tbc, items: data.length }, LIMITS);
  if (verdict === 'duplicate' || verdict === 'too_many') return stay(state, verdict);
  const number = seqNo ?? row.parts.seen.at(-1)?.[1] ?? 0;
  const content = [...(row.content ?? []), { seqNo: number, data }];
  const next = awaited({ ...row, parts, content }, now);
  return moved(state, verdict === 'complete' ? ended(next, 'completed', null, now) : next);
}

function collected(state: CustomerState, { reportId }: Input<'collected'>, now: Date): Next {
  const row = state.reports.get(reportId);
  const refuse = (why: 'unknown' | 'not_ready' | 'collected' | 'expired' | 'none'): Next => ({
    state,
    effects: [{ do: 'reply', value: { data: undefined, why } satisfies CollectReply }],
    ignored: why,
  });
  if (row === undefined) return refuse('unknown');
  if (row.dueAt !== null) return refuse('not_ready');
  if (row.collectedAt !== null) return refuse('collected');
  if (!row.report || row.parts.seen.length === 0) return refuse('none');
  if (row.content === null || row.createdAt.getTime() + KEPT_MS <= now.getTime()) return refuse('expired');
  const data = [...row.content]
    .sort((a, b) => a.seqNo - b.seqNo)
    .map((part) => part.data)
    .join('');
  const reply: CollectReply = { data, whole: row.status === 'completed' };
  const { state: after } = moved(state, { ...row, content: null, collectedAt: now });
  return { state: after, effects: [{ do: 'reply', value: reply }] };
}

function overdue(state: CustomerState, { reportId }: Input<'overdue'>, now: Date): Next {
  const row = state.reports.get(reportId);
  if (row === undefined) return stay(state, 'unknown');
  if (row.dueAt === null || row.dueAt > now) return stay(state, 'not_due');
  const standing = partsAtDeadline(row.parts);
  if (standing.whole) return moved(state, ended(row, 'completed', null, now));
  const why =
    row.parts.seen.length === 0
      ? 'The station told nothing'
      : `The station broke off; what came can be taken, without the parts ${standing.missing.join(', ')}`;
  return moved(state, ended(row, 'timed_out', why, now));
}

/** Also after it was given up, while what came of it is kept and not taken: with `clear` the station tells it only this once. */
const mayBeTold = ({ report, dueAt, status, collectedAt, createdAt }: ReportRow, now: Date): boolean =>
  report &&
  (dueAt !== null || (status === 'timed_out' && collectedAt === null && createdAt.getTime() + KEPT_MS > now.getTime()));

const awaited = (row: ReportRow, now: Date): ReportRow => ({
  ...row,
  status: row.parts.seen.length === 0 ? 'requested' : 'receiving',
  why: null,
  completedAt: null,
  dueAt: partsDueAt(now),
});
const ended = (row: ReportRow, status: ReportStatus, why: string | null, now: Date): ReportRow => ({
  ...row,
  ...{ status, why },
  completedAt: now,
  dueAt: null,
});
const moved = (state: CustomerState, row: ReportRow): Next => ({
  state: { reports: new Map(state.reports).set(row.id, row) },
  effects: [],
});
const stay = (state: CustomerState, ignored: string): Next => ({ state, effects: [], ignored });

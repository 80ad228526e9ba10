/** Which limits others have set at a station: one of each source and EVSE holds at a time (2.0.1 K11–K13). Pure. */
import type { Step } from '../ingest/contract.ts';
import { isSameJson } from '../platform/same-json.ts';
import type { ExternalLimit, ExternalLimitInput, ExternalLimitState } from './types.ts';

type Next = Step<ExternalLimitState>;
type Input<T extends ExternalLimitInput['type']> = Extract<ExternalLimitInput, { type: T }>;

/** Sources make up their names: so many may hold at a station at once; beyond, the oldest gives way. */
const MOST_ACTIVE = 100;

export const decide = (state: ExternalLimitState, input: ExternalLimitInput): Next =>
  input.type === 'limit_reported' ? reported(state, input) : cleared(state, input);

const active = (state: ExternalLimitState): ExternalLimit[] =>
  [...state.limits.values()].filter(({ status }) => status === 'active');

function reported(state: ExternalLimitState, input: Input<'limit_reported'>): Next {
  const { evseId, source, schedules, receivedAt } = input;
  const holding = active(state);
  const same = holding.filter((each) => each.evseId === evseId && each.source === source);
  const limit: ExternalLimit = {
    id: input.limitId,
    evseId,
    source,
    isGridCritical: input.isGridCritical ?? null,
    isLocalGeneration: input.isLocalGeneration ?? null,
    schedules,
    status: 'active',
    reportedAt: receivedAt,
    endedAt: null,
  };
  const before = same.find((each) => isSameJson(says(each), says(limit)));
  if (before !== undefined) return repeated(state, before, receivedAt);
  const others = holding.filter((each) => !same.includes(each)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const tooMany = others.slice(0, Math.max(0, others.length + 1 - MOST_ACTIVE));
  return ended(state, [...same, ...tooMany], 'replaced', receivedAt, [limit]);
}

/** A station repeats itself when it comes back, or as often as it is told. What has no start of its own begins when it is said. */
function repeated(state: ExternalLimitState, limit: ExternalLimit, reportedAt: Date): Next {
  if (limit.schedules.every(({ startAt }) => startAt !== undefined))
    return { state, effects: [], ignored: 'duplicate' };
  return { state: { limits: new Map(state.limits).set(limit.id, { ...limit, reportedAt }) }, effects: [] };
}

const says = ({ schedules, isGridCritical, isLocalGeneration }: ExternalLimit): unknown => [
  ...[schedules, isGridCritical, isLocalGeneration],
];

function cleared(state: ExternalLimitState, { source, evseId, receivedAt }: Input<'limit_cleared'>): Next {
  const gone = active(state).filter(
    (each) => each.source === source && (evseId === undefined || each.evseId === evseId),
  );
  if (gone.length === 0) return { state, effects: [], ignored: 'unknown' };
  return ended(state, gone, 'cleared', receivedAt, []);
}

function ended(
  state: ExternalLimitState,
  gone: readonly ExternalLimit[],
  status: 'replaced' | 'cleared',
  at: Date,
  added: readonly ExternalLimit[],
): Next {
  const changed = [...gone.map((each) => ({ ...each, status, endedAt: at })), ...added];
  return {
    state: { limits: new Map([...state.limits, ...changed.map((each) => [each.id, each] as const)]) },
    effects: [],
  };
}

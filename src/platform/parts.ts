/**
 * Answers that come in several messages (OCPP 2.x: requestId, seqNo, tbc): which parts have come, and whether that is all. Pure,
 * so that machines may use it; what the parts hold is their room's to keep. Its state is plain data, small however many parts come:
 * it can be kept in a jsonb column. Order and repetition do not matter (2.0.1 B07.FR.04 and its like promise neither); the count is
 * bounded, and a deadline ends the waiting (a row with a due time: partsDueAt).
 */

/** Numbers of a row that have all come, both ends included. */
export type PartRange = readonly [from: number, to: number];

export type Parts = {
  /** Ascending, never touching one another. */
  readonly seen: readonly PartRange[];
  /** The number of the part that said it is the last; null: none yet. */
  readonly last: number | null;
  /** How many elements the parts held that counted. */
  readonly items: number;
};

export const noParts: Parts = { seen: [], last: null, items: 0 };

export type Part = {
  /** undefined: unreadable; then it is taken for the one that follows what came. */
  readonly seqNo: number | undefined;
  /** "To be continued". */
  readonly tbc: boolean;
  /** How many elements it holds. */
  readonly items: number;
};

export type PartLimits = { readonly parts: number; readonly items: number };
/** 5,000 variables in parts of one are 5,000 parts; no station has twice as much to say. */
export const defaultPartLimits: PartLimits = { parts: 10_000, items: 50_000 };

/** Gaps that are remembered at once: a station whose messages overtake each other more wildly sends nonsense. */
const MOST_RANGES = 200;
/** Whoever is silent for so long between two parts has nothing more to say, or is gone. */
const PATIENCE_MS = 120_000;

export type PartVerdict =
  /** Use what it holds; more is to come. */
  | 'more'
  /** Use what it holds; that was all of it. */
  | 'complete'
  /** It came before: do not use it again. */
  | 'duplicate'
  /** Beyond the limits: do not use it. */
  | 'too_many';

export function takePart(
  parts: Parts,
  part: Part,
  limits: PartLimits = defaultPartLimits,
): { readonly parts: Parts; readonly verdict: PartVerdict } {
  const seqNo = part.seqNo ?? (parts.seen.at(-1)?.[1] ?? -1) + 1;
  if (parts.seen.some(([from, to]) => from <= seqNo && seqNo <= to)) return { parts, verdict: 'duplicate' };
  const items = parts.items + part.items;
  const seen = withNumber(parts.seen, seqNo);
  const isTooMuch = seqNo < 0 || seqNo >= limits.parts || items > limits.items || seen.length > MOST_RANGES;
  if (isTooMuch) return { parts, verdict: 'too_many' };
  // Some leave tbc out of all their parts: then the highest is the last as far as anybody can know.
  const last = part.tbc ? parts.last : Math.max(parts.last ?? 0, seqNo);
  const after: Parts = { seen, last, items };
  return { parts: after, verdict: isWhole(after, 0) ? 'complete' : 'more' };
}

/**
 * What to make of it when nothing more has come until the deadline. Some stations count from 1: nothing before is missing then.
 * `missing`: numbers of parts, the first ten of them; the one after the highest if no part said that it is the last.
 */
export function partsAtDeadline(
  parts: Parts,
): { readonly whole: true } | { readonly whole: false; readonly missing: readonly number[] } {
  if (isWhole(parts, 0) || isWhole(parts, 1)) return { whole: true };
  const missing: number[] = [];
  let expected = 0;
  for (const [from, to] of parts.seen) {
    for (; expected < from && missing.length < 10; expected += 1) missing.push(expected);
    expected = to + 1;
  }
  if (missing.length < 10 && (parts.last === null || parts.last >= expected)) missing.push(expected);
  return { whole: false, missing };
}

/** Whether parts may come after the end of the command that asked for them: the station agreed, or its answer was lost. */
export const partsMayCome = ({ status, isUnanswered }: CommandEnd): boolean =>
  status === 'accepted' || isUnanswered === true;
type CommandEnd = { readonly status: string; readonly isUnanswered?: true };

/** When to stop waiting, counted from the end of that command or from the last part that came. */
export const partsDueAt = (since: Date): Date => new Date(since.getTime() + PATIENCE_MS);

/** Everything from `first` to the last, and nothing beyond it. */
function isWhole({ seen, last }: Parts, first: number): boolean {
  const [only] = seen;
  return seen.length === 1 && only !== undefined && only[0] === first && last !== null && only[1] === last;
}

function withNumber(seen: readonly PartRange[], seqNo: number): readonly PartRange[] {
  const after: PartRange[] = [];
  let merged: PartRange = [seqNo, seqNo];
  for (const [from, to] of seen) {
    if (to === merged[0] - 1) merged = [from, merged[1]];
    else if (from === merged[1] + 1) merged = [merged[0], to];
    else after.push([from, to]);
  }
  return [...after, merged].sort(([a], [b]) => a - b);
}

/**
 * Would the station refuse this message? Held against what it says of itself (2.0.1 DisplayMessageCtrlr), as far as that is known: a
 * person who writes a message is told before it is sent. Pure.
 */
import type { DisplayMessage } from '../ingest/inputs.ts';
import type { FieldFault } from '../platform/errors.ts';

/** Words as the station writes them; undefined: it has not said. */
export type DisplayLimits = {
  readonly formats?: readonly string[] | undefined;
  readonly priorities?: readonly string[] | undefined;
  readonly states?: readonly string[] | undefined;
  /** How many it can hold, and which it holds now, as far as we know. */
  readonly most?: number | undefined;
  readonly held: readonly number[];
};

const folded = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '');
const has = (words: readonly string[] | undefined, word: string): boolean =>
  words === undefined || words.length === 0 || words.some((each) => folded(each) === folded(word));

export function messageFaults(message: DisplayMessage, limits: DisplayLimits): readonly FieldFault[] {
  const faults: FieldFault[] = [];
  const must = (field: string, words: readonly string[] | undefined, word: string | undefined): void => {
    if (word === undefined || has(words, word)) return;
    faults.push({ field, message: `is not among what the station supports: ${words?.join(', ') ?? ''}` });
  };
  must('priority', limits.priorities, message.priority);
  must('state', limits.states, message.state);
  must('format', limits.formats, message.text.format);
  for (const [i, { format }] of message.extra.entries()) must(`extra.${i}.format`, limits.formats, format);
  const { most, held } = limits;
  if (most !== undefined && held.length >= most && !held.includes(message.messageId))
    faults.push({ field: 'message_id', message: `would be one too many: the station holds ${most} at most` });
  return faults;
}

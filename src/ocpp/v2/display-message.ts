/** MessageInfoType: a message on a display, in the domain's words and in 2.x's. Reading never throws, and is bounded. */
import type { DisplayMessage, DisplayText } from '../../ingest/inputs.ts';
import { parseInstant } from '../instants.ts';
import { enumReader, MOST_INT32, readInteger, readList, readRecord, readText } from '../reading.ts';
import { readEvseId } from './fields.ts';

const PRIORITIES = { always_front: 'AlwaysFront', in_front: 'InFront', normal_cycle: 'NormalCycle' } as const;
const STATES = {
  charging: 'Charging',
  faulted: 'Faulted',
  idle: 'Idle',
  unavailable: 'Unavailable',
  suspended: 'Suspended', // 2.1
  discharging: 'Discharging', // 2.1
} as const;
const FORMATS = { ascii: 'ASCII', html: 'HTML', uri: 'URI', utf8: 'UTF8', qrcode: 'QRCODE' } as const; // QRCODE: 2.1

/** Finds our word by theirs, in any case. */
function wordReader<Word extends string>(words: Readonly<Record<Word, string>>): (value: unknown) => Word | undefined {
  const ours = new Map(Object.entries<string>(words).map(([word, said]) => [said, word as Word]));
  const read = enumReader([...ours.keys()]);
  return (value) => {
    const said = read(value);
    return said === undefined ? undefined : ours.get(said);
  };
}
const readPriority = wordReader<keyof typeof PRIORITIES>(PRIORITIES);
const readState = wordReader<keyof typeof STATES>(STATES);
const readFormat = wordReader<keyof typeof FORMATS>(FORMATS);

/** The schema has 512 characters in 2.0.1, 1024 in 2.1. */
const LONGEST = 1024;
const MOST_EXTRA = 4;

export const readMessageId = (value: unknown): number | undefined => readInteger(value, 0, MOST_INT32);

function readTextOf(value: unknown): DisplayText | undefined {
  const said = readRecord(value);
  const content = readText(said['content'], LONGEST);
  if (content === undefined) return undefined;
  const language = readText(said['language'], 8);
  return { format: readFormat(said['format']) ?? 'utf8', ...(language !== undefined && { language }), content };
}

/** undefined: it has no id or no text. What else is missing or unknown is left out. */
export function readDisplayMessage(value: unknown): DisplayMessage | undefined {
  const said = readRecord(value);
  const messageId = readMessageId(said['id']);
  const text = readTextOf(said['message']);
  if (messageId === undefined || text === undefined) return undefined;
  const state = readState(said['state']);
  const startsAt = parseInstant(said['startDateTime'])?.toISOString();
  const endsAt = parseInstant(said['endDateTime'])?.toISOString();
  const ocppTransactionId = readText(said['transactionId'], 36);
  const display = readDisplay(said['display']);
  return {
    messageId,
    priority: readPriority(said['priority']) ?? 'normal_cycle',
    ...(state !== undefined && { state }),
    ...(startsAt !== undefined && { startsAt }),
    ...(endsAt !== undefined && { endsAt }),
    ...(ocppTransactionId !== undefined && { ocppTransactionId }),
    ...(display !== undefined && { display }),
    text,
    extra: readList(said['messageExtra'])
      .slice(0, MOST_EXTRA)
      .flatMap((each) => readTextOf(each) ?? []),
  };
}

function readDisplay(value: unknown): DisplayMessage['display'] {
  const said = readRecord(value);
  const name = readText(said['name'], 50);
  if (name === undefined) return undefined;
  const instance = readText(said['instance'], 50);
  const evseId = readEvseId(readRecord(said['evse'])['id']);
  return { name, ...(instance !== undefined && { instance }), ...(evseId !== undefined && { evseId }) };
}

const textToWire = ({ format, language, content }: DisplayText) => ({
  format: FORMATS[format],
  ...(language !== undefined && { language }),
  content,
});

export const displayMessageToWire = (message: DisplayMessage): Readonly<Record<string, unknown>> => ({
  id: message.messageId,
  priority: PRIORITIES[message.priority],
  ...(message.state !== undefined && { state: STATES[message.state] }),
  ...(message.startsAt !== undefined && { startDateTime: message.startsAt }),
  ...(message.endsAt !== undefined && { endDateTime: message.endsAt }),
  ...(message.ocppTransactionId !== undefined && { transactionId: message.ocppTransactionId }),
  message: textToWire(message.text),
  ...(message.extra.length > 0 && { messageExtra: message.extra.map(textToWire) }),
  ...(message.display !== undefined && {
    display: {
      name: message.display.name,
      ...(message.display.instance !== undefined && { instance: message.display.instance }),
      ...(message.display.evseId !== undefined && { evse: { id: message.display.evseId } }),
    },
  }),
});

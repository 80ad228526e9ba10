/** JSON from a charger as jsonb can keep it: no NUL, no half of a surrogate pair, no endless nesting. Never throws. */

/** OCPP nests four levels; PostgreSQL and JSON.stringify both give up on thousands. */
const MOST_LEVELS = 32;

export function storableJson(value: unknown): string | null {
  return value === null || value === undefined ? null : (JSON.stringify(storable(value, 0)) ?? null);
}

function storable(value: unknown, level: number): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (level >= MOST_LEVELS) return '…';
  if (Array.isArray(value)) return value.map((each) => storable(each, level + 1));
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [storableText(key), storable(each, level + 1)]));
}

const storableText = (text: string): string => text.replace(/\0|\p{Surrogate}/gu, '\ufffd');

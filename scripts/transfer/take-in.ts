/** One file, whole or not at all: each row is created, changed to what the file says, or left as it is. A second run changes nothing. */
import { AppError } from '../../src/platform/errors.ts';
import type { OneTransaction } from '../kit/one-transaction.ts';
import { CsvError, type Row } from './csv.ts';
import { BodyError, type Rooms, type Shown } from './rooms.ts';
import { type Kind, NEEDED, RowError, type Shape, type Source, shapeOf } from './shapes.ts';

/** More would not be read. */
const MOST_FAULTS = 100;

export type Outcome = {
  created: number;
  changed: number;
  unchanged: number;
  readonly faults: string[];
  /** Of charge points that were made. Shown once. */
  readonly keys: { readonly identity: string; readonly key: string }[];
};

type Options = {
  readonly source: Source;
  readonly kind: Kind;
  readonly rooms: Rooms;
  readonly step: OneTransaction['step'];
};

const operations = {
  'charge-points': {
    create: 'createChargePoint',
    change: 'updateChargePoint',
    list: 'listChargePoints',
    name: 'identity',
  },
  tokens: { create: 'createToken', change: 'updateToken', list: 'listTokens', name: 'uid' },
  tariffs: { create: 'createTariff', change: 'updateTariff', list: 'listTariffs', name: 'name' },
} as const;

const plain = (value: unknown): unknown => (value instanceof Date ? value.toISOString() : value);
/** As text, whatever the order of its fields; an instant is one however it is written. */
function canonical(value: unknown): string {
  const text = plain(value);
  if (typeof text === 'string' && /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text).toISOString();
  if (Array.isArray(text)) return `[${text.map(canonical).join(',')}]`;
  if (typeof text === 'object' && text !== null)
    return `{${Object.entries(text)
      .filter(([, each]) => each !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, each]) => `${name}:${canonical(each)}`)
      .join(',')}}`;
  return JSON.stringify(text ?? null);
}

export async function takeIn(rows: AsyncIterable<Row>, { source, kind, rooms, step }: Options): Promise<Outcome> {
  const outcome: Outcome = { created: 0, changed: 0, unchanged: 0, faults: [], keys: [] };
  const of = operations[kind];
  const groups = kind === 'tokens' ? await groupsIn(rooms) : new Map<string, string>();
  const tariffs = kind === 'tariffs' ? await tariffsIn(rooms) : new Map<string, Shown>();
  const lines = new Map<string, number>();

  async function found(name: string): Promise<Shown | undefined> {
    if (kind === 'tariffs') return tariffs.get(name);
    const { data } = await rooms.list(of.list, { [of.name]: name });
    return data.find((each) => String(each[of.name]).toLowerCase() === name.toLowerCase());
  }

  async function withGroup({ body, group }: Shape): Promise<Readonly<Record<string, unknown>>> {
    if (group === undefined) return body;
    const known = groups.get(group.toLowerCase());
    if (known !== undefined) return { ...body, group_id: known };
    const made = (await rooms.call('createTokenGroup', { body: { name: group, parent_id_tag: group } })) as Shown;
    groups.set(group.toLowerCase(), made.id);
    return { ...body, group_id: made.id };
  }

  async function change(existing: Shown, body: Readonly<Record<string, unknown>>): Promise<boolean> {
    const allowed = rooms.fieldsOf(of.change);
    const differing = Object.entries(body).filter(
      ([field, value]) => allowed.includes(field) && canonical(existing[field]) !== canonical(value),
    );
    let isChanged = differing.length > 0;
    if (isChanged) await rooms.call(of.change, { params: { id: existing.id }, body: Object.fromEntries(differing) });
    if (kind === 'tariffs' && canonical(withDefaults(body['terms'])) !== canonical(existing['terms'])) {
      await rooms.call('createTariffVersion', { params: { id: existing.id }, body: body['terms'] });
      isChanged = true;
    }
    return isChanged;
  }

  async function take({ line, values }: Row): Promise<void> {
    const shape = shapeOf(source, kind, values);
    const name = String(shape.body[of.name] ?? '');
    const before = lines.get(name.toLowerCase());
    if (name !== '' && before !== undefined) throw new RowError(`${of.name}: ${name} stands in line ${before} already`);
    lines.set(name.toLowerCase(), line);
    const body = await withGroup(shape);
    const existing = name === '' ? undefined : await found(name);
    if (existing === undefined) {
      const made = (await rooms.call(of.create, { body })) as Shown;
      if (kind === 'tariffs') tariffs.set(name, made);
      if (typeof made['key'] === 'string') outcome.keys.push({ identity: name, key: made['key'] });
      outcome.created += 1;
    } else if (await change(existing, body)) outcome.changed += 1;
    else outcome.unchanged += 1;
  }

  try {
    for await (const row of rows) {
      if (lines.size === 0) requireColumns(source, kind, row);
      try {
        await step(() => take(row));
      } catch (cause) {
        outcome.faults.push(...faultsOf(cause).map((fault) => `line ${row.line}: ${fault}`));
        if (outcome.faults.length >= MOST_FAULTS) break;
      }
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    outcome.faults.push(cause.message);
  }
  return outcome;
}

/** What a schema puts in of itself. */
const withDefaults = (terms: unknown): unknown =>
  typeof terms === 'object' && terms !== null ? { tax_percent: '0', ...terms } : terms;

function requireColumns(source: Source, kind: Kind, { values }: Row): void {
  const needed = NEEDED[source][kind] ?? [];
  const missing = needed.filter((name) => !Object.hasOwn(values, name));
  if (missing.length > 0)
    throw new CsvError(
      `line 1: there is no column ${missing.join(', ')}; there are: ${Object.keys(values).join(', ')}`,
    );
}

function faultsOf(cause: unknown): string[] {
  if (cause instanceof RowError) return [cause.message];
  const told = ({ field, message }: { field: string; message: string }): string =>
    field === '' ? message : `${field}: ${message}`;
  if (cause instanceof BodyError) return cause.faults.map(told);
  if (!(cause instanceof AppError)) throw cause;
  return cause.details.length > 0 ? cause.details.map(told) : [cause.message];
}

async function groupsIn(rooms: Rooms): Promise<Map<string, string>> {
  const groups = new Map<string, string>();
  for await (const { id, parent_id_tag } of rooms.all('listTokenGroups'))
    groups.set(String(parent_id_tag).toLowerCase(), id);
  return groups;
}

async function tariffsIn(rooms: Rooms): Promise<Map<string, Shown>> {
  const tariffs = new Map<string, Shown>();
  for await (const tariff of rooms.all('listTariffs')) tariffs.set(String(tariff['name']), tariff);
  return tariffs;
}

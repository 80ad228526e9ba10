/** The counterpart of take-in.ts: what an organization has, as rows that scripts/import takes again. Keys never leave; a charge point's is made anew. */
import { type Columns, headOf, textOf } from '../../src/platform/row-text.ts';
import type { Rooms, Shown } from './rooms.ts';
import type { Kind } from './shapes.ts';

type Cell = ReturnType<Columns<Shown>[number]['of']>;
const cell = (value: unknown): Cell => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value instanceof Date)
    return value;
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  return JSON.stringify(value);
};

const fields: Readonly<Record<Kind, { readonly list: string; readonly create: string }>> = {
  'charge-points': { list: 'listChargePoints', create: 'createChargePoint' },
  tokens: { list: 'listTokens', create: 'createToken' },
  tariffs: { list: 'listTariffs', create: 'createTariff' },
};

/** Of a token: its group by what chargers know it by, which is the same in another installation. */
function columnsOf(kind: Kind, names: readonly string[], groups: ReadonlyMap<string, string>): Columns<Shown> {
  return names.flatMap((name) => {
    if (name === 'key') return [];
    if (kind === 'tokens' && name === 'group_id')
      return [{ name: 'group_parent_id_tag', of: (row: Shown) => cell(groups.get(String(row['group_id']))) }];
    if (name === 'max_concurrent') return [{ name, of: (row: Shown) => cell(row[name] ?? 'unlimited') }];
    return [
      {
        name,
        of: (row: Shown) => cell(Array.isArray(row[name]) && name === 'texts' ? JSON.stringify(row[name]) : row[name]),
      },
    ];
  });
}

/** Pieces of text; at most a page of rows is held. */
export async function* giveOut(rooms: Rooms, kind: Kind): AsyncGenerator<string> {
  const groups = new Map<string, string>();
  if (kind === 'tokens')
    for await (const { id, parent_id_tag } of rooms.all('listTokenGroups')) groups.set(id, String(parent_id_tag));
  const { list, create } = fields[kind];
  const columns = columnsOf(kind, rooms.fieldsOf(create), groups);
  yield headOf(columns, 'csv');
  let page: Shown[] = [];
  for await (const row of rooms.all(list)) {
    page.push(row);
    if (page.length < 100) continue;
    yield textOf(page, columns, 'csv');
    page = [];
  }
  if (page.length > 0) yield textOf(page, columns, 'csv');
}

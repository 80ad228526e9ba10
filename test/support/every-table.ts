/** Rows in every table there is, whatever tables those are, and what a database holds, to be compared with another one. */
import type pg from 'pg';

type Column = {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly refTable: string | null;
  readonly refColumn: string | null;
};

const COLUMNS = `SELECT t.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
       r.relname AS "refTable", ra.attname AS "refColumn"
  FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f' AND a.attnum = ANY(c.conkey)
  LEFT JOIN pg_class r ON r.oid = c.confrelid
  LEFT JOIN pg_attribute ra ON ra.attrelid = c.confrelid AND ra.attnum = c.confkey[array_position(c.conkey, a.attnum)]
 WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition
   AND t.relname <> '_prisma_migrations'
 ORDER BY t.relname, a.attnum`;

/** All that text can hold and COPY has to write in another way. */
const NASTY = `tab\there, line\nthere\r, back\\slash \\N \\. "quotes" '' ünï 充電 \u{1f50c}`;

function literal({ type, refTable, refColumn }: Column, row: number): string {
  if (refTable !== null) return `(SELECT "${refColumn}" FROM "${refTable}" ORDER BY 1 OFFSET ${row} LIMIT 1)`;
  const [, length] = /^character varying\((\d+)\)$/.exec(type) ?? [];
  if (type === 'text') return `E'${NASTY.replaceAll('\\', '\\\\')}' || ${row}`;
  if (length !== undefined) return `left('v${row}', ${length})`;
  if (/^(integer|smallint|bigint)$/.test(type)) return `${row + 1}`;
  if (/^numeric/.test(type)) return `${row}.5`;
  if (type === 'double precision' || type === 'real') return `0.1::float8 + ${row}`;
  if (type === 'boolean') return row % 2 === 0 ? 'true' : 'false';
  if (type.startsWith('timestamp')) return `date_trunc('milliseconds', now()) - interval '${row} minutes'`;
  if (type === 'date') return `current_date - ${row}`;
  if (type === 'uuid') return 'gen_random_uuid()';
  if (type === 'bytea') return `'\\x00ff0a5c${row}${row}'`;
  if (type === 'jsonb' || type === 'json') return `jsonb_build_object('row', ${row}, 'text', E'a\\tb\\\\\\\\c\\n')`;
  if (type.endsWith('[]'))
    return row % 2 === 0
      ? `'{}'`
      : `ARRAY[${literal({ type: type.slice(0, -2), refTable: null, refColumn: null, table: '', column: '' }, row)}]`;
  throw new Error(`no value is known for the type ${type}`);
}

/** `rows` in each table, those first that others name. Returns the names of the tables. */
export async function fillEveryTable(client: pg.Client, rows: number): Promise<string[]> {
  const { rows: columns } = await client.query<Column>(COLUMNS);
  const waiting = new Map<string, Column[]>();
  for (const column of columns) waiting.set(column.table, [...(waiting.get(column.table) ?? []), column]);
  const done: string[] = [];
  while (waiting.size > 0) {
    const [next] =
      [...waiting].find(([table, own]) =>
        own.every(({ refTable }) => refTable === null || refTable === table || !waiting.has(refTable)),
      ) ?? [];
    if (next === undefined) throw new Error(`these tables name each other: ${[...waiting.keys()].join(', ')}`);
    const own = waiting.get(next) ?? [];
    waiting.delete(next);
    done.push(next);
    const names = own.map(({ column }) => `"${column}"`).join(', ');
    const values = Array.from(
      { length: rows },
      (_, row) => `(${own.map((column) => literal(column, row)).join(', ')})`,
    );
    await client.query(`INSERT INTO "${next}" (${names}) VALUES ${values.join(', ')}`);
  }
  return done;
}

/** By table or partition: how many rows, and a sum over all of them; of sequences where they stand; all that is defined. */
export async function contentOf(client: pg.Client): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const list = async (sql: string): Promise<string[]> =>
    (await client.query<{ text: string }>(sql)).rows.map(({ text }) => text);
  const one = async (sql: string): Promise<string> => (await list(sql))[0] ?? '';
  const here = 'current_schema()::regnamespace';
  for (const table of await list(
    `SELECT relname AS text FROM pg_class WHERE relnamespace = ${here} AND relkind IN ('r', 'p')`,
  ))
    found[table] = await one(
      `SELECT count(*) || ' rows ' || md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS text FROM "${table}" t`,
    );
  for (const sequence of await list(
    `SELECT relname AS text FROM pg_class WHERE relnamespace = ${here} AND relkind = 'S'`,
  ))
    found[sequence] = await one(`SELECT last_value || ' ' || is_called AS text FROM "${sequence}"`);
  found['indexes'] = (
    await list(`SELECT indexdef AS text FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`)
  ).join('\n');
  found['constraints'] = (
    await list(
      `SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS text FROM pg_constraint
        WHERE connamespace = ${here} AND conparentid = 0 ORDER BY 1`,
    )
  ).join('\n');
  found['partitions'] = (
    await list(
      `SELECT relname || ' ' || pg_get_expr(relpartbound, oid) || ' ' || coalesce(reloptions::text, '') AS text FROM pg_class
        WHERE relnamespace = ${here} AND relispartition AND relkind = 'r' ORDER BY 1`,
    )
  ).join('\n');
  return found;
}

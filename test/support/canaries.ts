/** Looks for secrets of a running world where none may be: lines of the log, all that REST reads, metrics, deliveries, every column. */
import type { Database } from '../../src/database/index.ts';
import type { RunningApp } from './app.ts';

/** What the secret is, and its text. */
export type Secrets = Readonly<Record<string, string>>;
export type Place = { readonly name: string; readonly text: string };

/** As itself, in hexadecimal, and in base64 wherever it may begin within a group of three bytes. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before === 0 ? 0 : before + 1)
      .replace(/=+$/, '')
      .slice(0, -1),
  );
  return [secret, bytes.toString('hex'), ...base64, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** "what in where", for each that was found. */
export function found(secrets: Secrets, places: readonly Place[]): string[] {
  const wanted = Object.entries(secrets).map(([what, secret]) => ({ what, forms: formsOf(secret) }));
  return places.flatMap(({ name, text }) =>
    wanted.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ what }) => `${what} in ${name}`),
  );
}

/** Every row of every table, as PostgreSQL writes it. */
export async function allRows(db: Pick<Database, 'pool'>): Promise<Place[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname = current_schema()`,
  );
  const places: Place[] = [];
  for (const { name } of rows) {
    const { rows: texts } = await db.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    places.push({ name: `table ${name}`, text: texts.map(({ row }) => row).join('\n') });
  }
  return places;
}

type Described = { paths: Record<string, { get?: { responses: Record<string, { content?: object }> } }> };

/** What every GET of the OpenAPI document answers that needs no other id than one of the lists before it. */
export async function allReads(app: RunningApp): Promise<Place[]> {
  const read = async (path: string): Promise<string> =>
    (await fetch(`${app.url}${path}`, { headers: { Authorization: `Bearer ${app.apiKey}` } })).text();
  const described = JSON.parse(await read('/api/v1/openapi.json')) as Described;
  const paths = Object.entries(described.paths)
    .filter(([, { get }]) => get !== undefined && !JSON.stringify(get.responses['200'] ?? {}).includes('event-stream'))
    .map(([path]) => path.replace(/^\/api\/v1/, ''))
    .sort((a, b) => a.split('/').length - b.split('/').length);
  const ids = new Map<string, string>();
  const places: Place[] = [{ name: 'GET /metrics', text: await read('/metrics') }];
  for (const path of paths) {
    let isKnown = true;
    const actual = path.replace(/(\/[^{]+)\/\{\w+\}/g, (_all, list: string) => {
      const id = ids.get(list);
      isKnown &&= id !== undefined;
      return `${list}/${id}`;
    });
    if (!isKnown || actual.includes('{')) continue;
    const text = await read(`/api/v1${actual}`);
    places.push({ name: `GET ${path}`, text });
    const id = /^\{"data":\[\{"id":"([^"]+)"/.exec(text)?.[1];
    if (id !== undefined && !path.includes('{')) ids.set(path, id);
  }
  return places;
}

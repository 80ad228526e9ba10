/** The PostgreSQL of a test run, shared by all its files: a template database to clone, and nothing else. */
import pg from 'pg';

export type TestServer = {
  /** Of the maintenance database. */
  readonly url: string;
  /** The migrated database that every test file clones; its clones begin with its name. */
  readonly template: string;
  /** Where a server of our own lives; absent with TEST_DATABASE_URL. */
  readonly dataDir: string | undefined;
  /** For files of tests; goes with the run. */
  readonly filesDir: string;
};

/** jest runs test files in other processes, so it travels through the environment. */
const variable = 'DYNAMO_TEST_SERVER';

export function publish(server: TestServer): void {
  process.env[variable] = JSON.stringify(server);
}

export function testServer(): TestServer {
  const text = process.env[variable];
  if (text === undefined) throw new Error('test/support/global-setup.ts has not run.');
  return JSON.parse(text) as TestServer;
}

export function urlOfDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** Runs statements on the maintenance database. */
export async function administer(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: Record<string, unknown>[] = [];
    for (const statement of statements) rows = (await client.query(statement)).rows;
    return rows;
  } finally {
    await client.end();
  }
}

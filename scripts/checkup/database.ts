/** What scripts/doctor asks the database about itself: version, safety, clock, migrations, partitions, keys in use. It changes nothing. */
import pg from 'pg';
import type { Statement } from '../../src/database/contract.ts';
import { type MigrationStatus, migrationStatus } from '../../src/database/migrate.ts';
import { type PartitionState, partitionStates } from '../../src/database/partitions.ts';
import { warnOfLostKeys } from '../../src/secrets/index.ts';
import { connectionsAllowed, tooFewConnections } from '../../src/workers/index.ts';
import { ageText, type Finding, fault, ok, sizeText, warning } from './finding.ts';

const OLDEST = 15;
export type Wants = { readonly workers: number; readonly poolSize: number };

export function judgeServer(
  of: {
    readonly version: number;
    readonly text: string;
    readonly sizeBytes: number;
    readonly unsafe: readonly string[];
    /** For this installation. */
    readonly connections: number;
  },
  /** undefined: of an embedded server, which has room for what it is asked. */
  wants: Wants | undefined,
): Finding[] {
  const { version, text, sizeBytes, unsafe, connections } = of;
  const findings = [
    version >= OLDEST * 10_000
      ? ok('database', `PostgreSQL ${text}, ${sizeText(sizeBytes)}`)
      : fault('database', `PostgreSQL ${text} is too old`, `Use PostgreSQL ${OLDEST} or newer.`),
  ];
  if (unsafe.length > 0)
    findings.push(
      fault(
        'database',
        `${unsafe.join(', ')}: what is acknowledged to chargers may be lost when the machine dies`,
        `Switch ${unsafe.join(' and ')} on in postgresql.conf.`,
      ),
    );
  const few = wants === undefined ? undefined : tooFewConnections({ ...wants, allowed: connections });
  if (few !== undefined) findings.push(warning('database', few, 'docs/operations.md, A database of your own.'));
  return findings;
}

/** By how much the clock of the database is ahead of ours. */
export function judgeClock(skewMs: number): Finding {
  const what = `the clock of this machine and that of the database differ by ${ageText(Math.abs(skewMs) / 1000)}`;
  const remedy = 'Let NTP set both (timedatectl, chronyc tracking): deadlines and retries are instants of either.';
  if (Math.abs(skewMs) > 60_000) return fault('clock', what, remedy);
  return Math.abs(skewMs) > 2000
    ? warning('clock', what, remedy)
    : ok('clock', 'this machine and the database agree on the time');
}

export function judgeMigrations({ applied, pending, failed, edited, unknown }: MigrationStatus): Finding[] {
  const findings: Finding[] = [];
  if (failed.length > 0)
    findings.push(
      fault(
        'migrations',
        `${failed.join(', ')} failed and may be half applied`,
        'Repair the schema by hand, then: scripts/migrate resolve NAME --applied (or --rolled-back).',
      ),
    );
  if (pending.length > 0)
    findings.push(
      warning(
        'migrations',
        `${pending.length} are pending, first ${pending[0]}`,
        'Back up, then start the server or run: scripts/migrate deploy.',
      ),
    );
  if (edited.length > 0)
    findings.push(
      warning(
        'migrations',
        `${edited.join(', ')}: changed after they were applied`,
        'Install the version again as it was published.',
      ),
    );
  if (unknown.length > 0)
    findings.push(
      warning(
        'migrations',
        `the database has ${unknown.length} that this version does not know: it is newer`,
        'Install the newer version here too; the older one works meanwhile.',
      ),
    );
  return findings.length > 0 ? findings : [ok('migrations', `all ${applied.length} are applied`)];
}

const SPARE = 8 * 1_048_576;
export function judgePartitions(states: readonly PartitionState[]): Finding[] {
  const findings: Finding[] = [];
  const remedy =
    'The server makes them when it starts and at minute 37 of each hour (job "partitions"): let it run, and look into its log for that job.';
  for (const { table, missing, spareBytes, isAside } of states) {
    if (missing.length > 0)
      findings.push(
        warning('partitions', `${table}: ${missing.join(', ')} are missing; rows go to ${table}_default`, remedy),
      );
    else if (isAside || spareBytes > SPARE)
      findings.push(
        warning(
          'partitions',
          `${table}: ${isAside ? 'rows lie aside and are not seen' : `${sizeText(spareBytes)} found no partition`}`,
          remedy,
        ),
      );
  }
  return findings.length > 0 ? findings : [ok('partitions', 'the next ones are there')];
}

export async function checkDatabase(
  client: pg.Client,
  of: {
    readonly wants: Wants | undefined;
    readonly folder: string;
    readonly connection: pg.ClientConfig;
    readonly now: () => Date;
  },
): Promise<Finding[]> {
  const { rows } = await client.query<{ version: number; text: string; size: number; unsafe: string[] }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS text,
            pg_database_size(current_database())::float8 AS size,
            ARRAY(SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off')::text[] AS unsafe`,
  );
  const { version = 0, text = '', size = 0, unsafe = [] } = rows[0] ?? {};
  const connections = await connectionsAllowed(rowsOn(client));
  const findings = judgeServer({ version, text, sizeBytes: size, unsafe, connections }, of.wants);
  findings.push(judgeClock(await skewOf(client, of.now)));
  const status = await migrationStatus(of);
  findings.push(...judgeMigrations(status));
  return findings;
}

/** What can only be asked once the tables are there. */
export async function checkTables(client: pg.Client, kids: readonly string[], now: Date): Promise<Finding[]> {
  const db = rowsOn(client);
  const findings = judgePartitions(await partitionStates(db, now));
  const log = {
    error: ({ kid, apiKeys, chargerKeys }: { kid?: string; apiKeys?: number; chargerKeys?: number }) =>
      findings.push(
        fault(
          'secrets',
          `the key "${kid}" is missing from the key ring: ${apiKeys} API keys and ${chargerKeys} charger keys are refused`,
          'Put it back behind the first one (SECRET_KEYS, or DATA_DIR/secret-keys), and restart.',
        ),
      ),
  };
  await warnOfLostKeys({ db, keyRing: { kids }, log });
  return findings;
}

/** Of several tries the one that travelled least. */
async function skewOf(client: pg.Client, now: () => Date): Promise<number> {
  let best = { tookMs: Number.POSITIVE_INFINITY, skewMs: 0 };
  for (let tries = 0; tries < 3; tries += 1) {
    const startedAt = performance.now();
    const before = now().getTime();
    const { rows } = await client.query<{ at: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at',
    );
    const tookMs = performance.now() - startedAt;
    if (tookMs < best.tookMs) best = { tookMs, skewMs: (rows[0]?.at ?? 0) - (before + tookMs / 2) };
  }
  return best.skewMs;
}

/** int8 as a number, as the pool has it. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
};

/** The rooms' own statements on one connection. */
function rowsOn(client: pg.Client) {
  const rows = async <Row>({ text }: Statement, values: readonly unknown[]): Promise<Row[]> =>
    (await client.query({ text, values: [...values], types })).rows as Row[]; // the statement's author states what it selects
  return { rows, transaction: <T>(work: (tx: { rows: typeof rows }) => Promise<T>): Promise<T> => work({ rows }) };
}

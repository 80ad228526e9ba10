/**
 * All that scripts/doctor looks at, in the order in which things depend on each other. It starts nothing but, when nobody else does, the embedded
 * database for as long as it asks; it writes nothing, and what it cannot look at it says.
 */
import { existsSync } from 'node:fs';
import pg from 'pg';
import { type Config, ConfigError, type Environment, loadConfig } from '../../src/config/index.ts';
import { clusterExists } from '../../src/database/embedded/cluster.ts';
import { whereDatabaseLies } from '../../src/database/embedded/place.ts';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { migrationsFolder } from '../../src/database/migration-files.ts';
import { lookBetween, poolerFault } from '../../src/database/pooler.ts';
import { isTransient } from '../../src/database/transient.ts';
import { checkCertificates } from './certificates.ts';
import { checkDatabase, checkTables } from './database.ts';
import { type Finding, fault, ok, warning } from './finding.ts';
import { checkDisks, checkPorts, type Statfs } from './here.ts';
import { checkQueues } from './queues.ts';
import { checkSecrets, kidsOf } from './secrets.ts';

export type CheckUp = {
  readonly env: Environment;
  /** Where .env lies. */
  readonly folder: string;
  readonly now?: () => Date;
  readonly statfs?: Statfs;
  readonly nodeVersion?: string;
};

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export function judgeNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  if (fits) return ok('node', `Node.js ${version}`);
  return fault('node', `Node.js ${version} is not supported`, 'Install Node.js 20.19, 22.12, 24 or newer.');
}

function configurationOf({ env, folder }: CheckUp): { config: Config } | { findings: Finding[] } {
  try {
    return { config: loadConfig(env, folder) };
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    const remedy = 'Change it in the environment or in .env; .env.example says what each variable is for.';
    return { findings: cause.faults.map((what) => fault('configuration', what, remedy)) };
  }
}

const textOf = (cause: unknown): string => {
  if (cause instanceof AggregateError) return cause.errors.map(textOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
};

async function askDatabase(connection: pg.ClientConfig, config: Config, now: () => Date): Promise<Finding[]> {
  const client = new pg.Client({
    application_name: 'dynamo-doctor',
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
    ...connection,
  });
  client.on('error', () => undefined); // the question in hand rejects with it
  try {
    await client.connect();
    const { workers, database } = config;
    const wants = database.url === undefined ? undefined : { workers, poolSize: database.poolSize };
    const findings = await checkDatabase(client, { wants, folder: migrationsFolder(), connection, now });
    const has = await client.query<{ ready: boolean }>(`SELECT to_regclass('nodes') IS NOT NULL AS ready`);
    if (has.rows[0]?.ready !== true) return findings;
    return [...findings, ...(await checkTables(client, kidsOf(config), now())), ...(await checkQueues(client))];
  } catch (cause) {
    if (!isTransient(cause) && !(cause instanceof pg.DatabaseError)) throw cause;
    const remedy =
      'Is PostgreSQL running, is the network there, may that role log in and read? (DATABASE_URL, DIRECT_DATABASE_URL)';
    return [fault('database', `it cannot be asked: ${textOf(cause)}`, remedy)];
  } finally {
    await client.end().catch(() => undefined); // it never opened
  }
}

async function checkPooler({ url, directUrl }: Config['database']): Promise<Finding[]> {
  if (url === undefined) return [];
  try {
    const direct = directUrl === undefined ? undefined : await lookBetween(directUrl);
    const at = await lookBetween(url);
    const why = poolerFault(at, direct);
    if (why !== undefined) return [fault('pooler', why, 'docs/operations.md, A database of your own.')];
    return [
      ok(
        'pooler',
        at.sharing === 'none' ? 'each connection is a session of its own' : 'transaction mode, with a way around it',
      ),
    ];
  } catch {
    return []; // the database itself says why
  }
}

async function checkAnyDatabase(config: Config, now: () => Date): Promise<Finding[]> {
  const { url, directUrl } = config.database;
  if (url !== undefined)
    return [
      ...(await askDatabase({ connectionString: directUrl ?? url }, config, now)),
      ...(await checkPooler(config.database)),
    ];
  let dataDir: string;
  try {
    dataDir = whereDatabaseLies(config.dataDir).dir;
  } catch (cause) {
    return [fault('database', textOf(cause), 'docs/operations.md, Data, says where it is kept and how it is moved.')];
  }
  if (!clusterExists(config.dataDir))
    return [
      warning(
        'database',
        `there is none in ${dataDir} yet`,
        'It is made at the first start (npm start), or set DATABASE_URL. A server that runs reads other settings then (DATA_DIR).',
      ),
    ];
  try {
    const server = await useEmbeddedServer({ dataDir: config.dataDir, log: quiet, onFatal: () => undefined });
    try {
      return await askDatabase(server.connection, config, now);
    } finally {
      await server.stop();
    }
  } catch (cause) {
    return [fault('database', `the embedded one does not start: ${textOf(cause)}`, `Read ${dataDir}/postgres.log.`)];
  }
}

export async function checkUp(options: CheckUp): Promise<Finding[]> {
  const { now = () => new Date(), statfs, nodeVersion = process.versions.node } = options;
  const findings = [judgeNode(nodeVersion)];
  const configuration = configurationOf(options);
  if ('findings' in configuration)
    return [
      ...findings,
      ...configuration.findings,
      warning('configuration', 'nothing else was looked at', 'Mend the configuration, then ask again.'),
    ];
  const { config } = configuration;
  findings.push(ok('configuration', 'every variable is usable'));
  if (!existsSync(config.dataDir) && config.database.url === undefined)
    findings.push(ok('configuration', `DATA_DIR ${config.dataDir} will be made`));
  findings.push(...checkSecrets(config));
  findings.push(...checkCertificates(config, now()));
  findings.push(...(await checkDisks(config, statfs)));
  findings.push(...(await checkPorts(config)));
  findings.push(...(await checkAnyDatabase(config, now)));
  return findings;
}

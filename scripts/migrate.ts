/** scripts/migrate: brings a database up to date, tells its state, and writes the migrations of a changed schema.prisma. */
import { relative } from 'node:path';
import { Command, Option } from 'commander';
import type pg from 'pg';
import { installationHome, loadConfig } from '../src/config/index.ts';
import { clusterExists } from '../src/database/embedded/cluster.ts';
import { useEmbeddedServer } from '../src/database/embedded/server.ts';
import { MigrationError, migrate, migrationStatus, resolveMigration } from '../src/database/migrate.ts';
import { schemaDrift, writeMigration } from '../src/database/migration-author.ts';
import { migrationsFolder } from '../src/database/migration-files.ts';
import { isTransient } from '../src/database/transient.ts';

const say = (fields: object, message: string): void => {
  const details = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields)}`;
  console.error(`${message}${details}`);
};
const log = { debug: () => undefined, info: say, warn: say, error: say };
const folder = migrationsFolder();

/** Of several addresses tried, Node's error says nothing itself. */
const textOf = (cause: unknown): string => {
  if (cause instanceof AggregateError) return cause.errors.map(textOf).join('; ');
  return cause instanceof Error ? cause.message : String(cause);
};

const config = () => loadConfig(process.env, installationHome());

/** The database of the installation: DATABASE_URL, or the embedded one, running or not. */
async function withDatabase<T>(work: (connection: pg.ClientConfig) => Promise<T>): Promise<T> {
  const { database, dataDir } = config();
  const url = database.directUrl ?? database.url;
  if (url !== undefined) {
    return work({ connectionString: url }).catch((cause: unknown) => {
      if (cause instanceof MigrationError || !isTransient(cause)) throw cause;
      throw new Error(`The database on ${new URL(url).host} cannot be reached: ${textOf(cause)}`, { cause });
    });
  }
  const onFatal = (why: string): never => {
    console.error(why);
    process.exit(1);
  };
  const server = await useEmbeddedServer({ dataDir, log, onFatal });
  try {
    return await work(server.connection);
  } finally {
    await server.stop();
  }
}

async function deploy(): Promise<number> {
  const applied = await withDatabase((connection) => migrate({ connection, folder, log }));
  console.log(applied.length === 0 ? 'The database is up to date.' : `${applied.length} migration(s) applied.`);
  return 0;
}

async function status({ json = false }: { json?: boolean }): Promise<number> {
  const { database, dataDir } = config();
  if (database.url === undefined && !clusterExists(dataDir)) {
    console.log(
      `There is no database in ${dataDir} yet; it is made at the first start or by "scripts/migrate deploy".`,
    );
    return 2;
  }
  const found = await withDatabase((connection) => migrationStatus({ connection, folder }));
  if (json) console.log(JSON.stringify(found, null, 2));
  else {
    const lines = [
      ...found.applied.map(
        (name) => `applied   ${name}${found.edited.includes(name) ? '   (its file was changed since)' : ''}`,
      ),
      ...found.failed.map((name) => `FAILED    ${name}   (repair by hand, then: scripts/migrate resolve)`),
      ...found.pending.map((name) => `pending   ${name}`),
      ...found.unknown.map((name) => `unknown   ${name}   (of a newer version of the program)`),
    ];
    console.log(lines.join('\n'));
  }
  return found.pending.length + found.failed.length + found.edited.length > 0 ? 2 : 0;
}

type Scratch = { server?: string };

function diff({ server }: Scratch): number {
  const sql = schemaDrift({ server });
  if (sql === undefined) {
    console.log('prisma/schema.prisma and prisma/migrations describe the same database.');
    return 0;
  }
  console.error(
    'prisma/schema.prisma and prisma/migrations disagree. What is missing (scripts/migrate new NAME writes it):\n',
  );
  console.log(sql);
  return 2;
}

const emptyMigration = '-- Written by hand: what prisma/schema.prisma cannot say.\n';

function create(name: string, { server, empty = false }: Scratch & { empty?: boolean }): number {
  const sql = empty ? emptyMigration : schemaDrift({ server });
  if (sql === undefined) {
    console.error(
      'Nothing to write: prisma/schema.prisma says nothing that the migrations do not. Change it first; for SQL that it cannot say use --empty.',
    );
    return 1;
  }
  const path = writeMigration(sql, name, { now: new Date() });
  console.log(`${relative(process.cwd(), path)}\n\n${sql}`);
  console.error('Read it before you commit it. It is applied at the next start, or by "scripts/migrate deploy".');
  return 0;
}

type Outcome = { applied?: boolean; rolledBack?: boolean };

async function resolve(name: string, { applied = false, rolledBack = false }: Outcome): Promise<number> {
  if (applied === rolledBack) throw new Error('Say what became of it: --applied or --rolled-back.');
  const as = applied ? 'applied' : 'rolled-back';
  await withDatabase((connection) => resolveMigration({ connection, folder }, name, as));
  console.log(`Migration ${name} is recorded as ${as}.`);
  return 0;
}

const program = new Command('scripts/migrate')
  .description('The schema of the database. Without DATABASE_URL: of the embedded one in DATA_DIR, running or not.')
  .showHelpAfterError();
let code = 0;
const scratchServer = new Option(
  '--server <url>',
  'PostgreSQL server to make a scratch database on (default: a throw-away embedded one)',
);

program
  .command('deploy')
  .description('apply the migrations that the database lacks')
  .action(async () => {
    code = await deploy();
  });
program
  .command('status')
  .description('list the migrations; exit code 2 unless the database is up to date')
  .option('--json', 'for programs')
  .action(async (options: { json?: boolean }) => {
    code = await status(options);
  });
program
  .command('diff')
  .description('print the SQL that schema.prisma asks for and the migrations lack; exit code 2 when there is any')
  .addOption(scratchServer)
  .action((options: Scratch) => {
    code = diff(options);
  });
program
  .command('new')
  .argument('<name>', 'what it does, e.g. add_site_address')
  .description('write the migration for what changed in schema.prisma')
  .addOption(scratchServer)
  .option('--empty', 'no comparison: a file to be written by hand')
  .action((name: string, options: Scratch & { empty?: boolean }) => {
    code = create(name, options);
  });
program
  .command('resolve')
  .argument('<name>', 'folder name of the migration')
  .description('record by hand what became of a failed migration')
  .option('--applied', 'it is done')
  .option('--rolled-back', 'it is undone, and is to run again')
  .action(async (name: string, options: Outcome) => {
    code = await resolve(name, options);
  });

try {
  await program.parseAsync();
} catch (cause) {
  console.error(textOf(cause));
  code = 1;
}
process.exit(code);

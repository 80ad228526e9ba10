/** scripts/restore: what scripts/backup wrote, into an empty database or one that is given up by name. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { migrationsFolder, readMigrations } from '../src/database/migration-files.ts';
import { AppError } from '../src/platform/errors.ts';
import { judgeArchive, restore } from './backups/restore.ts';
import { runProgram } from './kit/with-installation.ts';
import { foldersOf, keyIdsOf, withServer } from './kit/with-server.ts';

/** The embedded server's own 64 are not enough where a year of daily partitions goes and comes in one transaction. */
const MANY_LOCKS = '4096';

type Options = { replace?: string; dryRun?: boolean };

async function run(file: string, { replace, dryRun = false }: Options): Promise<void> {
  const path = resolve(file);
  const migrations = readMigrations(migrationsFolder());
  if (dryRun) {
    const { tables, created_at: at } = await judgeArchive(path, migrations);
    return console.log(
      `${path} is whole, as of ${at}, with ${tables.length} tables; this version can restore it. Nothing was written.`,
    );
  }
  await withServer(
    async ({ config, connection, isShared }) => {
      if (isShared) throw new AppError('conflict', `The server runs on ${config.dataDir}. Stop it, then restore.`);
      const { about, foreign } = await restore({ connection, folders: foldersOf(config), path, migrations, replace });
      const rows = about.tables.reduce((sum, table) => sum + table.rows, 0);
      console.log(`Restored as of ${about.created_at}: ${rows} rows, ${about.files.length} files.`);
      if (foreign.length > 0) console.log(`Left out, as no migration of ours makes them: ${foreign.join(', ')}.`);
      const later = migrations.length - about.migrations.length;
      if (later > 0)
        console.log(`The backup is older than this version: the next start applies ${later} migration(s).`);
      const own = keyIdsOf(config);
      const missing = about.key_ids.filter((kid) => !own.includes(kid));
      console.log('A backup holds no keys.');
      if (missing.length > 0)
        console.log(
          `MISSING from the key ring of this installation: ${missing.join(', ')}. Put them into SECRET_KEYS or ${config.dataDir}/secret-keys BEFORE the first start; until then what was made under them is refused.`,
        );
    },
    { settings: { max_locks_per_transaction: MANY_LOCKS } },
  );
}

await runProgram(
  new Command('restore')
    .description(
      [
        'Brings back what scripts/backup wrote, all or nothing. The file is verified to its last byte before anything is written.',
        'Stop the server first. The key ring is not in a backup: put it in place yourself.',
      ].join('\n'),
    )
    .argument('<file>', 'the backup')
    .option('--replace <database>', 'the database of that name is not empty, and ALL that is in it is given up')
    .option('--dry-run', 'verify the file, write nothing')
    .showHelpAfterError()
    .action(run),
);

/** scripts/backup: the whole installation but its keys in one file, with the server running or not. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command } from 'commander';
import { programVersion } from '../src/config/index.ts';
import { migrationsFolder, readMigrations } from '../src/database/migration-files.ts';
import type { Manifest } from './backups/archive.ts';
import { backUp } from './backups/back-up.ts';
import { judgeArchive } from './backups/restore.ts';
import { runProgram } from './kit/with-installation.ts';
import { foldersOf, keyIdsOf, withServer } from './kit/with-server.ts';

const KEYS =
  'The key ring (SECRET_KEYS, or DATA_DIR/secret-keys) is NOT in it: keep a copy elsewhere. Without it no API key, charger key or webhook secret of this backup can be used.';

function tell(path: string, { tables, files, key_ids: keyIds, created_at: at }: Manifest): void {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const mib = (statSync(path).size / 1_048_576).toFixed(1);
  console.log(`${path}: ${mib} MiB, as of ${at}: ${tables.length} tables with ${rows} rows, ${files.length} files.`);
  console.log(`${KEYS}${keyIds.length === 0 ? '' : ` Keys in use: ${keyIds.join(', ')}.`}`);
}

/** Who is told to end ends by himself: the draft is removed, and an embedded server that was started for this is stopped. */
function interrupts(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => controller.abort(new Error(`interrupted by ${name}: nothing of it stays`)));
  return controller.signal;
}

async function make(file: string | undefined): Promise<void> {
  const now = new Date();
  const path = resolve(file ?? `dynamo-${now.toISOString().replace(/[-:]/g, '').slice(0, 15)}.tar.gz`);
  const signal = interrupts();
  const mustExist =
    'nothing was written. Are these the settings of the server (DATA_DIR, DATABASE_URL)? It reads them from the environment and from .env';
  await withServer(
    async ({ config, connection }) => {
      signal.throwIfAborted();
      const program = `dynamo-csms ${programVersion()}`;
      const folders = foldersOf(config);
      tell(path, await backUp({ connection, folders, path, program, keyIds: keyIdsOf(config), now, signal }));
    },
    { mustExist },
  );
}

async function verify(file: string): Promise<void> {
  tell(file, await judgeArchive(file, readMigrations(migrationsFolder())));
  console.log('It is whole, and this version can restore it.');
}

await runProgram(
  new Command('backup')
    .description(
      [
        'Writes the database, as it is at one instant, and the files of chargers, firmware and exports into one compressed file.',
        'Beside the running server or without it. Never overwrites a file. The key ring is not in it: keep that elsewhere.',
      ].join('\n'),
    )
    .argument('[file]', 'where to (default: dynamo-DATE.tar.gz in this folder)')
    .option('--verify', 'write nothing: read that file and say whether it is whole')
    .showHelpAfterError()
    .action(
      async (file: string | undefined, { verify: isVerified = false }: { verify?: boolean }, command: Command) => {
        if (!isVerified) return make(file);
        if (file === undefined) return command.error('--verify wants the file');
        return verify(resolve(file));
      },
    ),
);

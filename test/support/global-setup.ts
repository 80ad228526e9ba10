/** Starts one throw-away PostgreSQL (or uses TEST_DATABASE_URL) and migrates the template that every test file clones. */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimOwnership, liveOwner } from '../../src/database/embedded/processes.ts';
import { startEmbeddedServer } from '../../src/database/embedded/server.ts';
import { migrate } from '../../src/database/migrate.ts';
import { migrationsFolder } from '../../src/database/migration-files.ts';
import { quiet } from './quiet-log.ts';
import { scratchFolder } from './scratch.ts';
import { administer, publish, urlOfDatabase } from './server.ts';
import { rememberedServer, rememberServer } from './teardown-store.ts';

const prefix = 'dynamo-test-';

/** Folders of runs that were killed: nobody owns them any more. */
function sweep(folder: string): void {
  const longAgo = Date.now() - 600_000;
  for (const name of readdirSync(folder)) {
    const dir = join(folder, name);
    if (!name.startsWith(prefix) || liveOwner(join(dir, 'owner.pid')) !== undefined) continue;
    const { mtimeMs = Date.now() } = statSync(dir, { throwIfNoEntry: false }) ?? {}; // its run may remove it meanwhile
    if (mtimeMs < longAgo) rmSync(dir, { recursive: true, force: true });
  }
}

export default async function globalSetup(): Promise<void> {
  for (const folder of new Set([tmpdir(), scratchFolder()])) sweep(folder);
  const external = process.env['TEST_DATABASE_URL'];
  const dataDir = external === undefined ? mkdtempSync(join(scratchFolder(), prefix)) : undefined;
  const filesDir = mkdtempSync(join(tmpdir(), prefix));
  claimOwnership(join(filesDir, 'owner.pid')); // another run's sweep leaves it alone
  try {
    const server =
      dataDir === undefined
        ? undefined
        : await startEmbeddedServer({
            dataDir,
            log: quiet,
            onFatal: (why) => process.stderr.write(`${why}\n`),
            // nothing of it outlives the run
            settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' },
          });
    rememberServer(server);
    const url = urlOfDatabase(server?.url ?? external ?? '', 'postgres');
    const template = `dynamo_test_${process.pid}_${Date.now().toString(36)}`;
    publish({ url, template, dataDir, filesDir });
    await administer(url, `CREATE DATABASE ${template}`);
    const connection = { connectionString: urlOfDatabase(url, template) };
    await migrate({ connection, folder: migrationsFolder(), log: quiet });
  } catch (cause) {
    // jest does not call the teardown then
    await rememberedServer()?.stop();
    for (const dir of [filesDir, dataDir]) if (dir !== undefined) rmSync(dir, { recursive: true, force: true });
    throw cause;
  }
}

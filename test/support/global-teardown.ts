/** Removes all that a test run made: databases on a given server, or the throw-away server with its folder. */
import { rmSync } from 'node:fs';
import { administer, testServer } from './server.ts';
import { rememberedServer } from './teardown-store.ts';

export default async function globalTeardown(): Promise<void> {
  const { url, template, dataDir, filesDir } = testServer();
  rmSync(filesDir, { recursive: true, force: true });
  if (dataDir !== undefined) {
    const server = rememberedServer();
    await server?.stop();
    for (const dir of [dataDir, server?.dataDir ?? dataDir]) rmSync(dir, { recursive: true, force: true });
    return;
  }
  const left = await administer(url, `SELECT datname FROM pg_database WHERE starts_with(datname, '${template}')`);
  await administer(url, ...left.map(({ datname }) => `DROP DATABASE IF EXISTS ${String(datname)} WITH (FORCE)`));
}

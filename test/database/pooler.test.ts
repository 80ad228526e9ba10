/** Behind a connection pooler the start says what it wants, instead of failing under load. */
import { expect, test } from '@jest/globals';
import { openDatabase } from '../../src/database/index.ts';
import { type Between, lookBetween, poolerFault } from '../../src/database/pooler.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { startPooler } from './fake-pooler.ts';

const db = await testDatabase();
const at = new URL(db.url);
const port = await startPooler({ host: at.searchParams.get('host') ?? at.hostname, port: Number(at.port || 5432) });
const pooled = new URL(`postgresql://${at.username}:${at.password}@127.0.0.1:${port}${at.pathname}`).href;
const open = (urls: { url: string; directUrl?: string }) =>
  openDatabase({ ...urls, dataDir: '/nonexistent', log: quiet, onFatal: () => undefined });

test('a pooler in transaction mode is told from the server itself', async () => {
  expect(await lookBetween(db.url)).toEqual({ sharing: 'none', keepsStatements: true });
  expect(await lookBetween(pooled)).toEqual({ sharing: 'transaction', keepsStatements: false });
});

test('a start behind it is refused, with the variable and the remedy', async () => {
  await expect(open({ url: pooled })).rejects.toThrow(
    /^DATABASE_URL leads to a connection pooler in transaction mode\. Set DIRECT_DATABASE_URL to the server itself/,
  );
  await expect(open({ url: pooled, directUrl: pooled })).rejects.toThrow(/^DIRECT_DATABASE_URL leads to/);
  await expect(open({ url: pooled, directUrl: db.url })).rejects.toThrow(
    /forgets prepared statements.+max_prepared_statements/,
  );
});

const server: Between = { sharing: 'none', keepsStatements: true };
const keeping: Between = { sharing: 'transaction', keepsStatements: true };
const forgetting: Between = { sharing: 'transaction', keepsStatements: false };
test.each<[string, Between, Between | undefined, boolean]>([
  ['the server itself', server, undefined, true],
  ['the server itself, named twice', server, server, true],
  ['a pooler alone', keeping, undefined, false],
  ['a pooler that keeps statements, and the server beside it', keeping, server, true],
  ['a pooler that forgets them, and the server beside it', forgetting, server, false],
  ['a pooler, and a pooler beside it', keeping, keeping, false],
])('%s', (_what, url, direct, isFit) => {
  expect(poolerFault(url, direct) === undefined).toBe(isFit);
});

/** What lies between this process and its database: a pooler, of which the start says what it wants, and TLS. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../src/database/index.ts';
import { openLine } from '../../src/database/line.ts';
import { listen } from '../../src/database/listen.ts';
import { type Between, lookBetween, poolerFault } from '../../src/database/pooler.ts';
import { testDatabase } from '../support/db.ts';
import { authority } from '../support/pki.ts';
import { quiet } from '../support/quiet-log.ts';
import { startPooler } from './fake-pooler.ts';
import { temporaryFolder } from './processes.ts';
import { startFront } from './tls-front.ts';

const db = await testDatabase();
const at = new URL(db.url);
const server = { host: at.searchParams.get('host') ?? at.hostname, port: Number(at.port || 5432) };
const port = await startPooler(server);
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

const itself: Between = { sharing: 'none', keepsStatements: true };
const keeping: Between = { sharing: 'transaction', keepsStatements: true };
const forgetting: Between = { sharing: 'transaction', keepsStatements: false };
test.each<[string, Between, Between | undefined, boolean]>([
  ['the server itself', itself, undefined, true],
  ['the server itself, named twice', itself, itself, true],
  ['a pooler alone', keeping, undefined, false],
  ['a pooler that keeps statements, and the server beside it', keeping, itself, true],
  ['a pooler that forgets them, and the server beside it', forgetting, itself, false],
  ['a pooler, and a pooler beside it', keeping, keeping, false],
])('%s', (_what, url, direct, isFit) => {
  expect(poolerFault(url, direct) === undefined).toBe(isFit);
});

describe('TLS to the database', () => {
  const folder = temporaryFolder('database-tls');
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return encodeURIComponent(join(folder, name));
  };
  async function stage() {
    const root = await authority();
    const own = await root.issue('CN=db.example.com', { names: ['127.0.0.1'] });
    const mine = await root.issue('CN=dynamo');
    const tls = { ...own, clientCa: root.pem };
    const ca = `sslrootcert=${file('ca.pem', root.pem)}`;
    const client = `sslcert=${file('client.pem', mine.cert)}&sslkey=${file('client.key', mine.key)}`;
    const urlOf = (front: { port: number }, query: string, host = '127.0.0.1') =>
      `postgresql://${at.username}:${at.password}@${host}:${front.port}${at.pathname}?${query}`;
    return { tls, own, ca, client, urlOf };
  }

  test('pool, look, Prisma and LISTEN go by it, with the certificate of the server and one of our own', async () => {
    const { tls, ca, client, urlOf } = await stage();
    const front = await startFront(server, tls);
    const url = urlOf(front, `sslmode=verify-full&${ca}&${client}`);
    const secure = await openDatabase({ url, migrate: false, dataDir: '/nonexistent', log: quiet, onFatal: () => {} });
    let isHeard: (payload: string) => void = () => undefined;
    const heard = new Promise<string>((resolve) => {
      isHeard = resolve;
    });
    const channels = { dynamo_tls: (payload: string | undefined) => payload !== undefined && isHeard(payload) };
    const listening = listen({ url: secure.url, channels, log: quiet });
    try {
      await listening.ready;
      expect(await secure.prisma.organization.count()).toBe(0);
      await secure.rows({ name: 'tls_notify', text: `SELECT pg_notify('dynamo_tls', $1)` }, ['by TLS']);
      expect(await heard).toBe('by TLS');
      expect(front.said()).toBeGreaterThan(0);
    } finally {
      await listening.stop();
      await secure.close();
    }
  });

  test.each<[string, { host?: string; trusts?: boolean; offersTls?: boolean; asks?: boolean }, RegExp]>([
    ['a certificate of nobody known', { trusts: false }, /self-signed|unable to (get|verify)/i],
    ['a certificate of another name', { host: 'localhost' }, /altnames/],
    ['a server without TLS, or somebody who took it away', { offersTls: false }, /does not support SSL/],
    [
      'a server that wants a certificate of ours',
      { asks: true },
      /certificate required|ECONNRESET|terminated|hang up/i,
    ],
  ])(
    '%s: nothing is said, and there is no way back to the clear',
    async (_what, { host, trusts, offersTls = true, asks }, why) => {
      const { tls, own, ca, urlOf } = await stage();
      const front = await startFront(server, { ...(asks === true ? tls : own), offersTls });
      const url = urlOf(front, trusts === false ? 'sslmode=verify-full' : `sslmode=verify-full&${ca}`, host);
      await expect(open({ url })).rejects.toThrow(why);
      if (asks !== true) expect(front.said()).toBe(0);
    },
  );
});

test.each<[string, RegExp | undefined]>([
  ['postgresql://u:p@db.example.com/d', /^db\.example\.com is reached in the clear: add sslmode=verify-full/],
  ['postgresql://u:p@localhost/d?host=10.0.0.7', /^10\.0\.0\.7 is reached in the clear/],
  ['postgresql://u:p@db.example.com/d?sslmode=no-verify', /certificate is not looked at/],
  ['postgresql://u:p@db.example.com/d?sslmode=require&uselibpqcompat=true', /certificate is not looked at/],
  ['postgresql://u:p@db.example.com/d?sslmode=verify-full', undefined],
  ['postgresql://u:p@db.example.com/d?sslrootcert=/etc/ca.pem', undefined],
  ['postgresql://u:p@db.example.com/d?sslmode=disable', undefined],
  ['postgresql://u:p@127.0.0.1/d', undefined],
  ['postgresql://u:p@[::1]/d', undefined],
  ['postgresql://u:p@localhost/d', undefined],
  ['postgresql://u@localhost/d?host=/var/run/postgresql', undefined],
])('%s: its operator is told if others can read it', (url, told) => {
  const why = openLine(url);
  if (told === undefined) expect(why).toBeUndefined();
  else expect(why).toMatch(told);
  expect(why ?? '').not.toContain('u:p');
});

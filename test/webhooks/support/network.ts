/** A network of its own in which every address is heard, with its own name server; the real server runs in it. Linux only. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '../../../src/database/index.ts';
import { testDatabase } from '../../support/db.ts';
import { testServer } from '../../support/server.ts';
import { testCertificate } from './certificate.ts';

/** By type: a list of answers, one per question; the last one stays, or with `again` they begin anew. */
export type Zone = Readonly<Record<string, { A?: string[][]; AAAA?: string[][]; CNAME?: string; again?: boolean }>>;
export type Answer = { readonly status: number; readonly body: Record<string, unknown> };
export type Heard = {
  /** Connections to addresses that are not public: `address port`. */
  readonly inner: readonly string[];
  readonly received: readonly { readonly path: string; readonly at: string }[];
};

export type Network = {
  readonly db: Database;
  rest(method: string, path: string, body?: object): Promise<Answer>;
  heard(): Promise<Heard>;
  /** The server again, with these networks allowed. */
  restart(allowSubnets: string): Promise<void>;
  close(): Promise<void>;
};

const FLAGS = [
  ['-n', '-m'],
  ['-r', '-n', '-m'],
];

/** How this process may make namespaces; a text: why it may not. */
export function namespaces(): readonly string[] | string {
  if (process.platform !== 'linux') return `network namespaces are Linux, this is ${process.platform}`;
  // a socket in the file system is there in every network; a TCP port is not
  if (!new URL(testServer().url).searchParams.has('host')) return 'PostgreSQL is reached over TCP (TEST_DATABASE_URL)';
  const tries = FLAGS.map((flags) => ({
    flags,
    ...spawnSync('unshare', [...flags, 'perl', '-MSocket', '-e', '1'], { encoding: 'utf8' }),
  }));
  const works = tries.find(({ status }) => status === 0)?.flags;
  return works ?? `unshare or perl: ${tries.map(({ error, stderr }) => error?.message ?? stderr.trim()).join('; ')}`;
}

export async function startNetwork(
  flags: readonly string[],
  options: { zone: Zone; publics: readonly string[] },
): Promise<Network> {
  const db = await testDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-network-'));
  const certificate = await testCertificate(['hooks.example', '*.hooks.example'], options.publics);
  writeFileSync(join(folder, 'ca.pem'), certificate.caPem);
  const key = `dyn_test_${randomBytes(24).toString('hex')}`;
  const secretKeys = `k1:${randomBytes(32).toString('base64')}`;
  const env = (allowSubnets: string) => ({
    PATH: process.env['PATH'],
    NODE_ENV: 'test',
    DATABASE_URL: db.url,
    DATA_DIR: folder,
    SECRET_KEYS: secretKeys,
    BOOTSTRAP_API_KEY: key,
    BOOTSTRAP_PASSWORD: 'correct horse battery',
    WEBHOOK_CA_FILE: join(folder, 'ca.pem'),
    WEBHOOK_ALLOW_SUBNETS: allowSubnets,
    LOG_LEVEL: 'warn',
  });
  const inside = spawn('unshare', [...flags, process.execPath, join(import.meta.dirname, 'network/inside.mjs')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ask = asker(inside);
  const close = async (): Promise<void> => {
    if (inside.connected) {
      await ask('stopServer').catch(() => undefined);
      inside.disconnect();
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ask('prepare', { folder, certificate, ...options });
    await ask('startServer', env(''));
  } catch (cause) {
    await close();
    throw cause;
  }
  return {
    db,
    rest: (method, path, body) => ask<Answer>('rest', { method, path: `/api/v1${path}`, key, body }),
    heard: () => ask<Heard>('heard'),
    restart: (allowSubnets) => ask('startServer', env(allowSubnets)),
    close,
  };
}

function asker(child: ChildProcess) {
  type Reply = { id: number; result?: unknown; fault?: string };
  const waiting = new Map<number, (reply: Reply) => void>();
  let asked = 0;
  child.on('message', (message) => {
    const reply = message as Reply; // our own child's
    waiting.get(reply.id)?.(reply);
    waiting.delete(reply.id);
  });
  child.once('exit', (code) => {
    for (const [id, done] of waiting) done({ id, fault: `the network ended with code ${code}` });
  });
  return <T = void>(order: string, input?: object): Promise<T> =>
    new Promise((resolve, reject) => {
      asked += 1;
      waiting.set(asked, ({ result, fault }) =>
        fault === undefined ? resolve(result as T) : reject(new Error(fault)),
      );
      child.send({ id: asked, order, input });
    });
}

/** The server as a process of its own that can be killed and started again; several may share a database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';

export type Installation = {
  readonly apiKey: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Removes its folder. */
  remove(): void;
};

/** What all processes of one installation have in common. Webhooks may go to this machine. */
export function anInstallation(databaseUrl: string, caPem: string): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-kill-'));
  writeFileSync(join(folder, 'ca.pem'), caPem);
  const apiKey = `dyn_test_${randomBytes(24).toString('hex')}`;
  return {
    apiKey,
    environment: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      DATA_DIR: folder,
      SECRET_KEYS: `k1:${randomBytes(32).toString('base64')}`,
      BOOTSTRAP_API_KEY: apiKey,
      BOOTSTRAP_PASSWORD: 'correct horse battery',
      WEBHOOK_ALLOW_SUBNETS: '127.0.0.0/8',
      WEBHOOK_CA_FILE: join(folder, 'ca.pem'),
      LOG_LEVEL: 'warn',
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export type ServerNode = {
  readonly port: number;
  start(): Promise<void>;
  /** SIGKILL. Throws when it had ended by itself. */
  kill(): Promise<void>;
  /** SIGTERM. Its exit code. */
  end(): Promise<number | null>;
  signal(name: NodeJS.Signals): void;
  /** For the end of the test, whatever state it is in. */
  abandon(): void;
  /** A POST that must be answered 201. */
  api(path: string, body: unknown): Promise<Record<string, string>>;
};

export async function aServerNode({ environment, apiKey }: Installation): Promise<ServerNode> {
  const port = await freePort();
  let server: ChildProcess | undefined;
  let output = '';
  return {
    port,
    async start() {
      const child = spawn(process.execPath, ['dist/src/main.js'], {
        env: { ...environment, PORT: String(port) },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      server = child;
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text: Buffer) => {
          output = (output + text.toString()).slice(-20_000);
        });
      await until(
        'the server is ready',
        async () => {
          if (child.exitCode !== null) throw new Error(`the server ended: ${output}`);
          return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
        },
        { everyMs: 20 },
      );
    },
    async kill() {
      const child = server;
      if (child === undefined || child.exitCode !== null) throw new Error(`the server ended by itself: ${output}`);
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    async end() {
      const child = server;
      if (child === undefined) throw new Error('it was never started');
      const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      return gone;
    },
    signal: (name) => void server?.kill(name),
    abandon: () => void server?.kill('SIGKILL'),
    async api(path, body) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, string>;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

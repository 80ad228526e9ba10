/** The server as a process of its own that can be killed, halted and started again; several may share a database. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installationRoot } from '../../src/config/index.ts';
import { freePort } from '../kit/server-process.ts';
import { until } from '../kit/until.ts';

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

export type NodeOptions = {
  /** Before main.js: flags of Node, or --import of something that is planted into the process. */
  readonly flags?: readonly string[];
  /** Told by each message that what was planted sends. */
  readonly onMessage?: (message: unknown) => void;
};

export type ServerNode = {
  readonly port: number;
  start(): Promise<void>;
  /** SIGKILL. Throws when it had ended by itself. */
  kill(): Promise<void>;
  /** SIGTERM. The milliseconds that it took to go, and its exit code. */
  end(): Promise<{ readonly ms: number; readonly code: number | null }>;
  signal(name: NodeJS.Signals): void;
  pid(): number;
  /** It ended without having been asked to. */
  hasEnded(): boolean;
  /** What it wrote last. */
  output(): string;
  /** To what was planted into the process. */
  tell(message: object): void;
  /** For the end of the test, whatever state it is in. */
  abandon(): void;
  /** A POST that must be answered 201. */
  api(path: string, body: unknown): Promise<Record<string, string>>;
};

/** As npm start says it. */
export const YOUNG_SPACE = '--max-semi-space-size=32';
const KEPT_OUTPUT = 20_000;
const hasGone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

export async function aServerNode(
  { environment, apiKey }: Installation,
  { flags = [], onMessage }: NodeOptions = {},
): Promise<ServerNode> {
  const port = await freePort();
  let server: ChildProcess | undefined;
  let output = '';
  const living = (): ChildProcess => {
    if (server === undefined || hasGone(server)) throw new Error(`the server ended by itself: ${output}`);
    return server;
  };
  const bury = (): void => void server?.kill('SIGKILL');
  return {
    port,
    async start() {
      const main = join(installationRoot(), 'dist', 'src', 'main.js');
      const child = spawn(process.execPath, [...flags, main], {
        env: { ...environment, PORT: String(port) },
        stdio: onMessage === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      server = child;
      process.once('exit', bury);
      child.once('exit', () => process.off('exit', bury));
      if (onMessage !== undefined) child.on('message', onMessage);
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (text: Buffer) => {
          output = (output + text.toString()).slice(-KEPT_OUTPUT);
        });
      await until(
        'the server is ready',
        async () => {
          if (hasGone(child)) throw new Error(`the server ended: ${output}`);
          return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.ok;
        },
        { everyMs: 20, withinMs: 120_000 },
      );
    },
    async kill() {
      const child = living();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
    async end() {
      const child = living();
      const begun = performance.now();
      const gone = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
      child.kill('SIGTERM');
      const code = await gone;
      return { ms: performance.now() - begun, code };
    },
    signal: (name) => void living().kill(name),
    pid: () => living().pid ?? 0,
    hasEnded: () => server !== undefined && hasGone(server),
    output: () => output,
    tell: (message) => void living().send(message),
    abandon: bury,
    async api(path, body) {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${apiKey}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as Record<string, string>; // as: what our own routes answer
    },
  };
}

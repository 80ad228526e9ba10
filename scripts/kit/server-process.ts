/** The server as a child process with a data directory of its own, for scripts that want one. Its end is this module's duty. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ServerProcess = {
  /** http://127.0.0.1:port */
  readonly base: string;
  readonly port: number;
  readonly pid: number;
  /** What it wrote last, for error messages. */
  output(): string;
  /** Ends it as an administrator would, and hard if that does not help. */
  stop(): Promise<void>;
};

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;
const KEPT_OUTPUT = 20_000;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

/** As npm start says it (package.json): a batch's garbage is dead before the young space is full, so that nobody copies it. */
const YOUNG_SPACE = '--max-semi-space-size=32';

/** `wrap` is put before the command: taskset -c 0. Resolves when /readyz says so; rejects with the server's last words. */
export async function startServer(options: {
  readonly port: number;
  readonly env: Readonly<Record<string, string>>;
  readonly wrap?: readonly string[];
  readonly nodeOptions?: readonly string[];
  readonly onLine?: (line: string) => void;
}): Promise<ServerProcess> {
  const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
  const command = [
    ...(options.wrap ?? []),
    process.execPath,
    '--enable-source-maps',
    YOUNG_SPACE,
    ...(options.nodeOptions ?? []),
    main,
  ];
  const child = spawn(command[0] ?? process.execPath, command.slice(1), {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(options.port), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Whatever becomes of this process, it does not leave the other one behind.
  const bury = () => void child.kill('SIGTERM');
  process.once('exit', bury);
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      kept = (kept + text).slice(-KEPT_OUTPUT);
      if (options.onLine !== undefined) for (const line of text.split('\n')) if (line !== '') options.onLine(line);
    });
  }
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      process.off('exit', bury);
      resolve();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const base = `http://127.0.0.1:${options.port}`;
  const server: ServerProcess = {
    base,
    port: options.port,
    pid: child.pid ?? 0,
    output: () => kept,
    stop: () => end(child, ended),
  };
  const deadline = performance.now() + READY_WITHIN_MS;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
      throw new Error(`The server ended before it was ready:\n${kept.trim()}`);
    }
    if (await isReady(base)) return server;
    if (performance.now() > deadline) {
      await server.stop();
      throw new Error(`The server was not ready within ${READY_WITHIN_MS / 1000} s:\n${kept.trim()}`);
    }
    await Promise.race([pause(100), ended]);
  }
}

const FORGOTTEN_AFTER_MS = 3_600_000;

/** Removes data directories (run-…) of runs that were killed; nobody runs for an hour. */
export function sweepRuns(folder: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    const isOld = statSync(path).mtimeMs < Date.now() - FORGOTTEN_AFTER_MS;
    if (name.startsWith('run-') && isOld) rmSync(path, { recursive: true, force: true });
  }
}

async function isReady(base: string): Promise<boolean> {
  try {
    const response = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // it does not listen yet
  }
}

async function end(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(impatient);
}

/** Runs parts of the program as processes of their own, so that they can be killed. Everything is ended after the file. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll } from '@jest/globals';
import { transformFile } from '@swc/core';
import { installationRoot } from '../../src/config/installation.ts';
import { isAlive, readPidFile } from '../../src/database/embedded/processes.ts';
import { scratchFolder } from '../support/scratch.ts';
import { until } from '../support/until.ts';

const root = installationRoot();
export const isRoot = process.getuid?.() === 0;
/** An ordinary user for processes that root starts. */
export const nobody = { uid: 65534, gid: 65534 };

const running = new Set<ChildProcess>();
const folders: string[] = [];
const closers: (() => Promise<void>)[] = [];

/** Closed after the file, the last opened first. Not by afterAll: its hooks would run after the one below. */
export function closeAtEnd<T extends { close(): Promise<void> } | { stop(): Promise<void> }>(opened: T): T {
  closers.push('close' in opened ? opened.close : opened.stop);
  return opened;
}

afterAll(async () => {
  for (const close of closers.reverse()) await close();
  for (const child of running) child.kill('SIGKILL');
  for (const folder of folders) {
    // the guard of a killed process stops its server
    const pid = readPidFile(join(folder, 'pg'))?.pid;
    if (pid !== undefined) await until(`the server of ${folder} ends`, () => !isAlive(pid)).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}, 30_000);

/** A folder that everybody may enter and that is gone after the file. */
export function temporaryFolder(purpose: string): string {
  const folder = mkdtempSync(join(scratchFolder(), `dynamo-${purpose}-`));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

// its type does not know the last one yet
const jsc = { target: 'es2023', parser: { syntax: 'typescript' }, rewriteRelativeImportExtensions: true } as const;

/** An installation with what the given programs import, compiled, and the migrations. Links to our node_modules. */
export async function installation(...programs: string[]): Promise<string> {
  const folder = temporaryFolder('installation');
  const todo = programs.map((program) => join(root, program));
  const seen = new Set<string>();
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/from ['"](\.{1,2}\/[^'"]+\.ts)['"]/g)) {
      todo.push(join(dirname(file), path ?? ''));
    }
    const { code } = await transformFile(file, { swcrc: false, jsc, module: { type: 'es6' } });
    const target = join(folder, relative(root, file).replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code);
  }
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  cpSync(join(root, 'prisma'), join(folder, 'prisma'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

export type Program = {
  readonly pid: number;
  /** What it wrote to stdout, whole lines. */
  lines(): string[];
  errors(): string;
  /** The first line that begins like this; throws with the program's last words when it ends before. */
  line(beginning: string, withinMs?: number): Promise<string>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  send(line: string): void;
  kill(signal: NodeJS.Signals): void;
};

export type RunOptions = { uid?: number; gid?: number; env?: Record<string, string>; cwd?: string };

export function run(program: string, args: readonly string[], options: RunOptions = {}): Program {
  const { env = {}, ...rest } = options;
  const child = spawn(process.execPath, [program, ...args], {
    cwd: '/',
    ...rest,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  child.stdin.on('error', () => undefined); // it ended before it read
  let over = false;
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      over = true;
      running.delete(child);
      resolve({ code, signal });
    });
  });
  const lines = (): string[] => out.split('\n').slice(0, -1);
  return {
    pid: child.pid ?? 0,
    lines,
    errors: () => err,
    line: (beginning, withinMs = 60_000) =>
      until(
        `a line "${beginning}"`,
        () => {
          const found = lines().find((line) => line.startsWith(beginning));
          if (found === undefined && over) throw new Error(`The program ended without "${beginning}": ${err}`);
          return found;
        },
        { withinMs },
      ),
    ended,
    send: (line) => child.stdin.write(`${line}\n`),
    kill: (signal) => child.kill(signal),
  };
}

/** The pid of the server that runs on the data directory. */
export const postmasterOf = (dataDir: string): number | undefined => readPidFile(join(dataDir, 'pg'))?.pid;

/** The server is down and has said so: PostgreSQL removes its file last. */
export const isDown = (dataDir: string): boolean => !existsSync(join(dataDir, 'pg', 'postmaster.pid'));

export const serverLog = (dataDir: string): string => readFileSync(join(dataDir, 'postgres.log'), 'utf8');

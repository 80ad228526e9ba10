/** Who owns a data directory, when the process that did has been killed. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { claimOwnership, liveOwner, releaseOwnership } from '../../src/database/embedded/processes.ts';
import { until } from '../support/until.ts';

const fields = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux(
  'an owner that was killed and that nobody reaps (containers without an init) does not keep the data directory',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'dynamo-owner-'));
    // the shell becomes a sleep that never asks what became of the child it had as a shell
    const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const pid = Number(
        await new Promise<string>((resolve) => parent.stdout.once('data', (text: Buffer) => resolve(text.toString()))),
      );
      const file = join(folder, 'owner.pid');
      writeFileSync(file, `${pid} ${fields(pid)[19]}`);
      expect(liveOwner(file)).toBe(pid);
      await until('the shell is a sleep', () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
      process.kill(pid, 'SIGKILL');
      await until('it is a zombie', () => fields(pid)[0] === 'Z');
      expect(liveOwner(file)).toBeUndefined();
      expect(claimOwnership(file).owner).toBeUndefined();
    } finally {
      parent.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

test('who gives up puts back what it displaced, as that may live in another container, and leaves alone who displaced it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dynamo-owner-'));
  const file = join(folder, 'owner.pid');
  const elsewhere = '4194304 1'; // no such pid here
  try {
    expect(claimOwnership(file)).toEqual({ owner: undefined, displaced: '' });
    expect(claimOwnership(file)).toEqual({ owner: process.pid });
    releaseOwnership(file);
    expect(readdirSync(folder)).toEqual([]);

    writeFileSync(file, elsewhere);
    expect(claimOwnership(file)).toEqual({ owner: undefined, displaced: elsewhere });
    releaseOwnership(file, elsewhere);
    expect(readFileSync(file, 'utf8')).toBe(elsewhere);
    releaseOwnership(file);
    expect(readFileSync(file, 'utf8')).toBe(elsewhere);
    expect(readdirSync(folder)).toEqual(['owner.pid']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

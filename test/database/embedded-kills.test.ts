/** What becomes of the embedded database when processes are killed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { isAlive } from '../../src/database/embedded/processes.ts';
import { until } from '../support/until.ts';
import { installation, isDown, type Program, postmasterOf, run, serverLog, temporaryFolder } from './processes.ts';

const keeper = join(await installation('test/database/programs/keeper.ts'), 'test/database/programs/keeper.js');

const written = (program: Program): number[] =>
  program
    .lines()
    .filter((line) => line.startsWith('wrote '))
    .map((line) => Number(line.slice(6)));

test('SIGTERM stops program and server cleanly, and a second start finds everything', async () => {
  const dataDir = temporaryFolder('sigterm');
  const first = run(keeper, [dataDir]);
  expect(await first.line('ready')).toBe('ready 0 0');
  first.send('write');
  await first.line('wrote 20');
  first.kill('SIGTERM');
  expect(await first.ended).toEqual({ code: 0, signal: null });
  expect(isDown(dataDir)).toBe(true);
  expect(serverLog(dataDir)).toMatch(/database system is shut down\n$/);

  const second = run(keeper, [dataDir]);
  await second.line('ready');
  expect(serverLog(dataDir)).not.toContain('was not properly shut down');
  const [, last, count] = (await second.line('ready')).split(' ').map(Number);
  expect(count).toBe(last);
  expect(last).toBeGreaterThanOrEqual(20);
  second.kill('SIGTERM');
  await second.ended;
});

test('a program that is killed, again and again, loses nothing it was told is written, and its server ends by itself', async () => {
  const dataDir = temporaryFolder('sigkill');
  let acknowledged = 0;
  for (const lines of [3, 40, 150]) {
    const program = run(keeper, [dataDir]);
    const [, last, count] = (await program.line('ready')).split(' ').map(Number);
    expect(count).toBe(last);
    expect(last).toBeGreaterThanOrEqual(acknowledged);
    const server = postmasterOf(dataDir) ?? 0;
    program.send('write');
    await until('some writes', () => written(program).length >= lines);
    program.kill('SIGKILL');
    await program.ended;
    acknowledged = written(program).at(-1) ?? 0;
    expect(server).toBeGreaterThan(0);
    // the second round starts at once, while the server of the first is still ending
    if (lines !== 3) await until('the server ends', () => !isAlive(server));
  }
  const last = run(keeper, [dataDir]);
  const [, number, count] = (await last.line('ready')).split(' ').map(Number);
  expect(number).toBeGreaterThanOrEqual(acknowledged);
  expect(count).toBe(number);
  expect(serverLog(dataDir)).not.toContain('was not properly shut down');
  last.kill('SIGTERM');
  await last.ended;
});

test('when program and server are killed at once, the next start recovers all that was acknowledged', async () => {
  const dataDir = temporaryFolder('power');
  const program = run(keeper, [dataDir]);
  await program.line('ready');
  program.send('write');
  await until('some writes', () => written(program).length >= 60);
  const server = postmasterOf(dataDir) ?? 0;
  program.kill('SIGSTOP'); // so that it cannot start the server again
  process.kill(server, 'SIGKILL');
  program.kill('SIGKILL');
  await program.ended;
  const acknowledged = written(program).at(-1) ?? 0;

  const next = run(keeper, [dataDir]);
  const [, last, count] = (await next.line('ready')).split(' ').map(Number);
  expect(last).toBeGreaterThanOrEqual(acknowledged);
  expect(count).toBe(last);
  expect(serverLog(dataDir)).toContain('was not properly shut down');
  next.kill('SIGTERM');
  expect((await next.ended).code).toBe(0);
});

test('of several starters on one folder, new or left behind by a killed owner, one gets it and the others are told why', async () => {
  const dataDir = temporaryFolder('starters');
  for (const round of ['new folder', 'stale owner']) {
    const starters = Array.from({ length: 4 }, () => run(keeper, [dataDir]));
    const refused = starters.map((starter) => starter.ended.then(() => starter));
    const settled = await Promise.all(
      starters.map((starter, i) => Promise.race([starter.line('ready', 30_000), refused[i]])),
    );
    const owners = starters.filter((_, i) => typeof settled[i] === 'string');
    expect({ round, owners: owners.length }).toEqual({ round, owners: 1 });
    const owner = owners[0];
    if (owner === undefined) throw new Error('no owner');
    for (const starter of starters.filter((each) => each !== owner)) {
      expect((await starter.ended).code).toBe(1);
      expect(starter.errors()).toContain(`is in use by process ${owner.pid}`);
      expect(starter.errors()).toContain('DATABASE_URL');
    }
    expect(readFileSync(join(dataDir, 'owner.pid'), 'utf8')).toMatch(new RegExp(`^${owner.pid}\\b`));
    owner.kill('SIGKILL');
    await owner.ended;
  }
  await until('the server ends', () => isDown(dataDir));
});

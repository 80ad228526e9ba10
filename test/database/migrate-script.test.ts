/** scripts/migrate as admins call it. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { emptyDatabase } from '../support/db.ts';
import { installation, isDown, run, temporaryFolder } from './processes.ts';

const folder = await installation('scripts/migrate.ts', 'test/database/programs/keeper.ts');
const keyRing = `k1:${randomBytes(32).toString('base64')}`;

async function script(
  args: string[],
  env: Record<string, string>,
): Promise<{ code: number | null; out: string; err: string }> {
  const program = run(join(folder, 'scripts/migrate.js'), args, { env: { SECRET_KEYS: keyRing, ...env } });
  const { code } = await program.ended;
  return { code, out: program.lines().join('\n'), err: program.errors() };
}

test('help is there for the whole and for each part', async () => {
  const whole = await script(['--help'], {});
  expect(whole.code).toBe(0);
  for (const name of ['deploy', 'status', 'diff', 'new', 'resolve']) {
    expect(whole.out).toContain(`  ${name}`);
  }
  expect((await script(['resolve', '--help'], {})).out).toContain('--rolled-back');
});

test('on a server of its own: status tells what is missing, deploy applies it, once', async () => {
  const env = { DATABASE_URL: await emptyDatabase() };
  expect(await script(['status'], env)).toMatchObject({ code: 2, out: expect.stringMatching(/^pending +\d{14}_init/) });
  expect(await script(['deploy'], env)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^\d+ migration\(s\) applied/),
  });
  expect(await script(['deploy'], env)).toMatchObject({ code: 0, out: 'The database is up to date.' });
  const { code, out } = await script(['status', '--json'], env);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ pending: [], failed: [] });
});

test('without DATABASE_URL: the embedded database, started for the purpose or, when the program runs, shared', async () => {
  const dataDir = join(temporaryFolder('script'), 'data');
  const env = { DATA_DIR: dataDir };
  const before = await script(['status'], env);
  expect(before).toMatchObject({ code: 2, out: expect.stringContaining('There is no database') });
  expect(await script(['deploy'], env)).toMatchObject({ code: 0 });
  expect(isDown(dataDir)).toBe(true);

  const program = run(join(folder, 'test/database/programs/keeper.js'), [dataDir]);
  await program.line('ready');
  expect(await script(['status'], env)).toMatchObject({ code: 0, out: expect.stringMatching(/^applied/) });
  expect(isDown(dataDir)).toBe(false);
  program.kill('SIGTERM');
  expect((await program.ended).code).toBe(0);
});

test('what cannot be done is said in one line, with a code that scripts can read', async () => {
  const away = await script(['deploy'], { DATABASE_URL: 'postgresql://nobody:secret@localhost:1/x' });
  expect(away).toMatchObject({ code: 1, out: '' });
  expect(away.err.trim()).toMatch(/^The database on localhost:1 cannot be reached: .*ECONNREFUSED/);
  expect(away.err).not.toContain('secret');
  expect(await script(['resolve', 'x'], { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/x' })).toMatchObject({
    code: 1,
    err: expect.stringContaining('--applied or --rolled-back'),
  });
  expect((await script(['frobnicate'], {})).code).toBe(1);
});

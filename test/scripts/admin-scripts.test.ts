/** scripts/create-admin, scripts/create-api-key, scripts/dev-ca and scripts/audit-verify as admins call them. */
import { randomBytes, X509Certificate } from 'node:crypto';
import { createWriteStream, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { openExport } from '../../src/audit/export.ts';
import {
  createAccessTokens,
  createAuthenticate,
  createLogin,
  createLogins,
  createLoginThrottle,
  createPasswords,
  createProvePerson,
} from '../../src/auth/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openKeyRing } from '../../src/secrets/index.ts';
import { installation, run } from '../database/processes.ts';
import { emptyDatabase, testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

const folder = await installation(
  ...['create-admin', 'create-api-key', 'dev-ca', 'audit-verify', 'backup', 'restore'].map(
    (name) => `scripts/${name}.ts`,
  ),
);
const db = await testDatabase();
const SECRET_KEYS = `k1:${randomBytes(32).toString('base64')}`;
const keyRing = openKeyRing({ keys: SECRET_KEYS, dataDir: '/nowhere' });
const accessTokens = createAccessTokens({ keys: keyRing.jwtKeys(), clock: systemClock });
const authenticate = createAuthenticate({
  db,
  peppers: keyRing.peppers('api-key'),
  accessTokens,
  clock: systemClock,
  log: quiet,
});
const passwords = createPasswords();
const login = createLogin({
  ...{ db, passwords },
  logins: createLogins({ db, accessTokens, clock: systemClock }),
  provePerson: createProvePerson({
    ...{ db, passwords, throttle: createLoginThrottle() },
    secondFactor: { check: async () => null },
  }),
});

async function script(
  name: string,
  args: string[],
  stdin?: string,
  at: Record<string, string> = { DATABASE_URL: db.url },
) {
  const program = run(join(folder, `scripts/${name}.js`), args, { env: { SECRET_KEYS, ...at } });
  if (stdin !== undefined) program.send(stdin);
  const { code } = await program.ended;
  return { code, out: program.lines().join('\n'), err: program.errors() };
}

test('an admin of a new organization can log in with the password that was printed', async () => {
  const { code, out } = await script('create-admin', ['--email', 'Ada@Example.com', '--new-organization', 'Ada Ltd']);
  expect(code).toBe(0);
  const [, organization] = /of organization (org_\w+)/.exec(out) ?? [];
  const [, password = ''] = /shown this once: (\S+)/.exec(out) ?? [];
  const { user, membership } = await login({
    email: 'ada@example.com',
    password,
    address: '127.0.0.1',
    organizationId: undefined,
    device: undefined,
  });
  expect(user.email).toBe('ada@example.com');
  expect(membership).toMatchObject({ role: 'owner', organizationId: organization });
  expect(await db.prisma.organization.findMany({ select: { name: true } })).toEqual([{ name: 'Ada Ltd' }]);
});

test('where the account cannot be made, there is no organization of it either', async () => {
  const args = ['--email', 'dan@example.com', '--new-organization', 'Dan Ltd', '--password-stdin'];
  const { code, err } = await script('create-admin', args, 'short');
  expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^The password must have at least/) });
  const again = await script('create-admin', ['--email', 'ada@example.com', '--new-organization', 'Ada Again']);
  expect(again).toEqual({ code: 1, out: '', err: 'There is an account for ada@example.com already\n' });
  expect(await db.prisma.organization.findMany({ select: { name: true } })).toEqual([{ name: 'Ada Ltd' }]);
});

test('a password of your own comes over standard input, never as an argument, and is not printed', async () => {
  const password = 'correct horse battery';
  const args = ['--email', 'bob@example.com', '--role', 'operator', '--password-stdin'];
  const { code, out } = await script('create-admin', args, password);
  expect(code).toBe(0);
  expect(out).not.toContain(password);
  const { membership } = await login({
    email: 'bob@example.com',
    password,
    address: '127.0.0.1',
    organizationId: undefined,
    device: undefined,
  });
  expect(membership.role).toBe('operator');
  expect((await script('create-admin', ['--email', 'x@example.com', '--password', 'y'])).code).toBe(1);
});

test('who was removed is made a member again, with the password that he had', async () => {
  const { id } = await db.prisma.user.findUniqueOrThrow({ where: { email: 'bob@example.com' } });
  await db.prisma.membership.deleteMany({ where: { userId: id } });
  const { code, out } = await script('create-admin', ['--email', 'Bob@example.com', '--role', 'billing']);
  expect(code).toBe(0);
  expect(out).toMatch(
    /^Made bob@example.com \(usr_\w+\) billing of organization org_\w+\. The password stays as it was\.$/,
  );
  const { membership } = await login({
    email: 'bob@example.com',
    password: 'correct horse battery',
    address: '127.0.0.1',
    organizationId: undefined,
    device: undefined,
  });
  expect(membership.role).toBe('billing');
});

test('a key with chosen scopes authenticates and may just that', async () => {
  const args = ['--name', 'billing export', '--scopes', 'read:billing, read:sessions', '--quiet'];
  const { code, out } = await script('create-api-key', args);
  expect(code).toBe(0);
  expect([...(await authenticate(out)).scopes]).toEqual(['read:sessions', 'read:billing']);
});

test('scripts go around a pooler, which may refuse the settings of their connections', async () => {
  const pooled = { DATABASE_URL: 'postgresql://nobody:x@127.0.0.1:1/nothing', DIRECT_DATABASE_URL: db.url };
  const { code, out } = await script('create-api-key', ['--name', 'around', '--quiet'], undefined, pooled);
  expect(code).toBe(0);
  expect((await authenticate(out)).scopes.size).toBeGreaterThan(0);
});

test('what cannot be done is said in one line on standard error, with exit code 1', async () => {
  const taken = await script('create-admin', ['--email', 'ada@example.com']);
  expect(taken).toMatchObject({ code: 1, out: '' });
  expect(taken.err).toMatch(
    /^There is an account for ada@example.com already, a member of this organization or of \d+ others\n$/,
  );
  const again = await script('create-admin', ['--email', 'ada@example.com', '--new-organization', 'Ada Ltd']);
  expect(again.err).toBe('There is an account for ada@example.com already\n');
  expect(await db.prisma.organization.count()).toBe(1);
  const short = await script('create-admin', ['--email', 'cy@example.com', '--password-stdin'], 'short');
  expect(short.err).toMatch(/^The password must have at least \d+ characters\n$/);
  const scope = await script('create-api-key', ['--name', 'x', '--scopes', 'write:everything']);
  expect(scope).toMatchObject({ code: 1, err: expect.stringContaining('There is no scope write:everything') });
});

test('with several organizations the script asks which one, and lists them', async () => {
  const second = await script('create-admin', ['--email', 'eve@example.com', '--new-organization', 'Eve Ltd']);
  const [, organization = ''] = /of organization (org_\w+)/.exec(second.out) ?? [];
  const unsaid = await script('create-api-key', ['--name', 'x']);
  expect(unsaid.code).toBe(1);
  expect(unsaid.err).toContain(`${organization}  Eve Ltd`);
  const { out } = await script('create-api-key', ['--name', 'x', '--quiet', '--organization', organization]);
  expect((await authenticate(out)).organizationId).toBe(organization);
  expect((await script('create-api-key', ['--name', 'x', '--organization', 'org_x'])).err).toBe(
    'There is no organization org_x\n',
  );
});

test.each(['create-admin', 'create-api-key'])('%s --help tells its options', async (name) => {
  const { code, out } = await script(name, ['--help']);
  expect(code).toBe(0);
  expect(out).toContain(`Usage: ${name} [options]`);
  expect(out).toContain('--organization <id>');
});

test('an exported audit log is verified with the key ring and without a database', async () => {
  await script('create-admin', ['--email', 'eve@example.com', '--new-organization', 'Eve Ltd']);
  const { organizationId } = await db.prisma.user.findFirstOrThrow({ where: { email: 'eve@example.com' } });
  const file = join(folder, 'audit.jsonl');
  await pipeline((await openExport({ db }, organizationId, {}))(), createWriteStream(file));
  const verify = async (env: Record<string, string>) => {
    const program = run(join(folder, 'scripts/audit-verify.js'), ['--file', file], { env });
    return { code: (await program.ended).code, out: program.lines(), err: program.errors() };
  };
  const { out, ...rest } = await verify({ SECRET_KEYS });
  expect(rest).toEqual({ code: 0, err: '' });
  expect(out[0]).toMatch(new RegExp(`^${organizationId}: [1-9] entries, whole\\.$`));
  expect(await verify({ DATA_DIR: join(folder, 'nowhere') })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^There is no key ring: set SECRET_KEYS/),
  });
  await writeFile(file, (await readFile(file, 'utf8')).replace('create-admin', 'create-nobody'));
  expect(await verify({ SECRET_KEYS })).toMatchObject({
    code: 1,
    err: `${organizationId}, entry 1: it was altered, or does not follow the one before\n`,
  });
});

test('the development CA is made once and shown without its key; that of cars is another one', async () => {
  const [first, again, cars] = [
    await script('dev-ca', []),
    await script('dev-ca', []),
    await script('dev-ca', ['--v2g']),
  ];
  expect([first.code, again.code, cars.code]).toEqual([0, 0, 0]);
  expect(again.out).toBe(first.out);
  expect(cars.out).not.toBe(first.out);
  for (const { out, err } of [first, cars]) {
    expect(out).toMatch(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/);
    const certificate = new X509Certificate(out);
    expect([certificate.ca, certificate.verify(certificate.publicKey)]).toEqual([true, true]);
    expect(out + err).not.toContain('PRIVATE');
  }
});

test('a backup says that no key is in it, and a restore which keys are missing', async () => {
  const file = join(folder, 'backup.tar.gz');
  const made = await script('backup', [file]);
  expect(made).toMatchObject({ code: 0, err: '' });
  expect(made.out).toMatch(/The key ring .* is NOT in it: .* Keys in use: k1\./);
  expect(await script('backup', [file])).toMatchObject({ code: 1, err: expect.stringContaining('exists') });
  expect((await script('backup', ['--verify', file])).out).toContain('It is whole, and this version can restore it.');
  const into = async (args: string[], env: Record<string, string>) => {
    const program = run(join(folder, 'scripts/restore.js'), args, { env });
    return { code: (await program.ended).code, out: program.lines().join('\n'), err: program.errors() };
  };
  const other = { DATABASE_URL: await emptyDatabase(), SECRET_KEYS: `k2:${randomBytes(32).toString('base64')}` };
  const restored = await into([file], other);
  expect(restored).toMatchObject({ code: 0, err: '' });
  expect(restored.out).toContain('MISSING from the key ring of this installation: k1.');
  expect(await into([file], other)).toMatchObject({ code: 1, err: expect.stringContaining('is not empty') });
});

test('a backup that is interrupted leaves nothing behind, and the next one gets its name', async () => {
  const file = join(folder, 'interrupted.tar.gz');
  const of = () => readdirSync(folder).filter((name) => name.startsWith('interrupted'));
  const holder = new pg.Client({ connectionString: db.url });
  await holder.connect();
  try {
    await holder.query('BEGIN; LOCK TABLE sites IN ACCESS EXCLUSIVE MODE');
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const program = run(join(folder, 'scripts/backup.js'), [file], { env: { SECRET_KEYS, DATABASE_URL: db.url } });
      await until('it has begun', () => of().length > 0);
      expect(of()).toEqual(['interrupted.tar.gz.part']);
      program.kill(signal);
      expect(await program.ended).toEqual({ code: 1, signal: null });
      expect(program.errors()).toBe(`backup: interrupted by ${signal}: nothing of it stays\n`);
      expect(of()).toEqual([]);
    }
  } finally {
    await holder.end();
  }
  expect((await script('backup', [file])).code).toBe(0);
  expect(of()).toEqual(['interrupted.tar.gz']);
});

test('a backup makes no database where there is none, and saves none that nobody has begun', async () => {
  const DATA_DIR = join(folder, 'nobodys');
  const nowhere = run(join(folder, 'scripts/backup.js'), [join(folder, 'none.tar.gz')], { env: { DATA_DIR } });
  expect((await nowhere.ended).code).toBe(1);
  expect(nowhere.errors()).toContain(`There is no database in ${DATA_DIR}: nothing was written.`);
  const { url } = await testDatabase();
  const empty = run(join(folder, 'scripts/backup.js'), [join(folder, 'none.tar.gz')], {
    env: { SECRET_KEYS, DATABASE_URL: url },
  });
  expect((await empty.ended).code).toBe(1);
  expect(empty.errors()).toMatch(/^There is no organization in this database.*DATA_DIR/);
  expect(readdirSync(folder).filter((name) => /^(nobodys|none)/.test(name))).toEqual([]);
});

/** scripts/rotate-secret-keys on real rows, as an admin calls it. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { newId } from '../../src/platform/ids.ts';
import { openKeyRing, PASSING, rotateSecretKeys, SEALED, sealedUnder } from '../../src/secrets/index.ts';
import { installation, run } from '../database/processes.ts';
import { testDatabase } from '../support/db.ts';

const folder = await installation('scripts/rotate-secret-keys.ts');
const db = await testDatabase();
const key = (kid: string) => `${kid}:${randomBytes(32).toString('base64')}`;
const [OLD, NEW, OTHER] = [key('old'), key('new'), key('other')];
const ringOf = (...keys: string[]) => openKeyRing({ keys: keys.join(','), dataDir: '/nowhere' });
const cipherOf = (...keys: string[]) => ringOf(...keys).cipher('webhook-secret');

async function script(keys: readonly string[], ...args: string[]) {
  const env = { SECRET_KEYS: keys.join(','), DATABASE_URL: db.url };
  const program = run(join(folder, 'scripts/rotate-secret-keys.js'), args, { env });
  const { code } = await program.ended;
  return { code, out: program.lines().join('\n'), err: program.errors() };
}

let organizationId: string;
beforeEach(async () => {
  await db.prisma.webhookEndpoint.deleteMany();
  await db.prisma.apiKey.deleteMany();
  await db.prisma.idempotencyKey.deleteMany();
  await db.prisma.node.deleteMany();
  organizationId = newId('org');
  await db.prisma.organization.create({ data: { id: organizationId, name: 'Test' } });
});

async function endpoint(secret: string, { previous, under = [OLD] }: { previous?: string; under?: string[] } = {}) {
  const id = newId('whe');
  const sealed = (text: string) => new Uint8Array(cipherOf(...under).encrypt(Buffer.from(text), id));
  await db.prisma.webhookEndpoint.create({
    data: {
      id,
      organizationId,
      url: 'https://example.com',
      events: ['*'],
      secret: sealed(secret),
      ...(previous !== undefined && { previousSecret: sealed(previous) }),
      createdAt: new Date(),
      updatedAt: new Date(),
    },
  });
  return id;
}
async function secretsOf(id: string, ...keys: string[]) {
  const row = await db.prisma.webhookEndpoint.findUniqueOrThrow({ where: { id } });
  const open = (sealed: Uint8Array | null) =>
    sealed === null
      ? null
      : [
          sealedUnder(sealed),
          cipherOf(...keys)
            .decrypt(sealed, id)
            .toString(),
        ];
  return [open(row.secret), open(row.previousSecret)];
}
const anApiKey = (kid: string, revokedAt: Date | null = null) =>
  db.prisma.apiKey.create({
    data: {
      id: newId('key'),
      organizationId,
      name: 'x',
      prefix: newId('key'),
      hash: new Uint8Array(32),
      kid,
      scopes: [],
      revokedAt,
    },
  });

test('every secret, also the one before the last, is brought under the first key, and the old one may go', async () => {
  const ids = [
    await endpoint('the first secret'),
    await endpoint('the second secret', { previous: 'the one before it' }),
  ];
  const { code, out, err } = await script([NEW, OLD]);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('webhook_endpoints: 3 secrets, 3 brought under "new"');
  expect(out).toContain('May be removed from SECRET_KEYS now: "old"');
  expect(await secretsOf(ids[0] ?? '', NEW)).toEqual([['new', 'the first secret'], null]);
  expect(await secretsOf(ids[1] ?? '', NEW)).toEqual([
    ['new', 'the second secret'],
    ['new', 'the one before it'],
  ]);
  expect((await script([NEW])).out).toContain('webhook_endpoints: 3 secrets, 0 brought under "new"');
});

test('--dry-run tells the same and writes nothing', async () => {
  const id = await endpoint('the first secret');
  const { code, out } = await script([NEW, OLD], '--dry-run');
  expect(code).toBe(0);
  expect(out).toContain('1 to be brought under "new"');
  expect(out).not.toContain('May be removed');
  expect(await secretsOf(id, OLD)).toEqual([['old', 'the first secret'], null]);
});

test('a key that is missing is named, with what hangs on it, before anything is written', async () => {
  const [one] = [await endpoint('the first secret'), await endpoint('the second secret', { under: [OTHER] })];
  await anApiKey('lost');
  const { code, out, err } = await script([NEW, OLD]);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('Nothing was written: keys are missing');
  expect(err).toContain('1 webhook secrets under the key "other"');
  expect(err).toContain('1 API keys under the key "lost"');
  expect(await secretsOf(one, OLD)).toEqual([['old', 'the first secret'], null]);
});

test('keys under which API keys and chargers were hashed stay needed; revoked ones need nothing', async () => {
  await anApiKey('old');
  await anApiKey('other', new Date());
  const { code, out } = await script([NEW, OLD, OTHER]);
  expect(code).toBe(0);
  expect(out).toContain('1 API keys hang on "old"');
  expect(out).toContain('May be removed from SECRET_KEYS now: "other".');
});

test('answers that are kept for repeated requests hold their key for a day', async () => {
  const createdAt = new Date('2026-11-23T12:00:00.000Z');
  const sealed = ringOf(OLD).cipher('idempotency').encrypt(Buffer.from('{"id":"x"}'), 'x').toString('base64');
  await db.prisma.idempotencyKey.create({
    data: { organizationId, key: 'k', requestHash: 'x', responseStatus: 201, responseBody: sealed, createdAt },
  });
  const { out } = await script([NEW, OLD]);
  expect(out).toContain('"old" may be removed from SECRET_KEYS after 2026-11-24T12:00:00.000Z');
  expect(out).not.toContain('now: "old"');
});

test('a secret that was altered is told, and does not keep the others', async () => {
  const [bad, good] = [await endpoint('the first secret'), await endpoint('the second secret')];
  const { secret } = await db.prisma.webhookEndpoint.findUniqueOrThrow({ where: { id: bad } });
  const altered = new Uint8Array(secret ?? []);
  altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
  await db.prisma.webhookEndpoint.update({ where: { id: bad }, data: { secret: altered } });
  const { code, out, err } = await script([NEW, OLD]);
  expect(code).toBe(1);
  expect(err).toContain(bad);
  expect(out).not.toContain('May be removed');
  expect(await secretsOf(good, NEW)).toEqual([['new', 'the second secret'], null]);
});

test('beside a server that may not know the key it refuses, unless told that it does', async () => {
  await endpoint('the first secret');
  const now = new Date();
  await db.prisma.node.create({ data: { id: newId('node'), host: 'csms-1', pid: 4711, startedAt: now, seenAt: now } });
  const { code, err } = await script([NEW, OLD]);
  expect(code).toBe(1);
  expect(err).toContain('process 4711 on csms-1');
  expect((await script([NEW, OLD], '--dry-run')).code).toBe(0);
  expect((await script([NEW, OLD], '--processes-restarted')).code).toBe(0);
});

test('a secret that is replaced while it works stays what it was replaced with', async () => {
  const ids = [await endpoint('the first secret'), await endpoint('the second secret')];
  const [first = ''] = ids;
  const fresh = new Uint8Array(cipherOf(OLD).encrypt(Buffer.from('a secret of meanwhile'), first));
  const meddling: typeof db = {
    ...db,
    async rows(statement, values) {
      if (statement.name === 'secrets_reseal_webhook_endpoints')
        await db.prisma.webhookEndpoint.update({ where: { id: first }, data: { secret: fresh } });
      return db.rows(statement, values);
    },
  };
  const keyRing = ringOf(NEW, OLD);
  const rotation = await rotateSecretKeys({ db: meddling, keyRing, isDryRun: false, batch: 10 });
  expect(rotation).toMatchObject({ sealed: [{ resealed: 1 }, {}, {}, {}, {}, {}], removable: [] });
  expect(await secretsOf(first, OLD)).toEqual([['old', 'a secret of meanwhile'], null]);
  expect((await rotateSecretKeys({ db, keyRing, isDryRun: false })).removable).toEqual(['old']);
});

test('killed in the middle, what was done is done and the rest is done by the next run', async () => {
  for (let i = 0; i < 9; i += 1) await endpoint(`the secret number ${i}`);
  let left = 2;
  const dying: typeof db = {
    ...db,
    rows(statement, values) {
      if (statement.name === 'secrets_reseal_webhook_endpoints') left -= 1;
      return left < 0 ? Promise.reject(new Error('killed')) : db.rows(statement, values);
    },
  };
  const keyRing = ringOf(NEW, OLD);
  await expect(rotateSecretKeys({ db: dying, keyRing, isDryRun: false, batch: 2 })).rejects.toThrow('killed');
  expect(await rotateSecretKeys({ db, keyRing, isDryRun: false, batch: 2 })).toMatchObject({
    sealed: [{ looked: 9, resealed: 5 }, ...Array(5).fill({ looked: 0 })],
    removable: ['old'],
  });
});

test('what web payments, development CAs, second factors and single sign-on keep sealed goes along, each row under its own name', async () => {
  const chargePointId = newId('cp');
  const rings = { old: ringOf(OLD), new: ringOf(NEW) };
  const seal = (purpose: string, text: string, aad: string) =>
    new Uint8Array(rings.old.cipher(purpose).encrypt(Buffer.from(text), aad));
  const aadOf = (evse: number) => `web-payment:${chargePointId}:${evse}`;
  const settings = { urlTemplate: 'https://example.com', validityS: 60, length: 8, setBy: 'key_1' };
  for (const evseId of [0, 2, 10])
    await db.prisma.webPayment.create({
      data: {
        ...{ chargePointId, evseId, organizationId, ...settings, updatedAt: new Date() },
        secret: seal('web-payment', `secret ${evseId}`, aadOf(evseId)),
        ...(evseId === 2 && { previousSecret: seal('web-payment', 'the one before', aadOf(2)) }),
      },
    });
  const onItsWay = { chargePointId, evseId: 10, commandId: 'cmd_1', organizationId, createdAt: new Date() };
  await db.prisma.webPaymentOffer.create({
    data: { ...onItsWay, ...settings, secret: seal('web-payment', 'the next one', aadOf(10)) },
  });
  const privateKey = seal('certificate-authority', 'a key', 'certificate-authority:dev');
  await db.prisma.certificateAuthority.create({
    data: { id: 'dev', certificate: 'PEM', privateKey, createdAt: new Date() },
  });
  const userId = newId('usr');
  const totpSecret = seal('second-factor', 'a seed', `totp:${userId}`);
  await db.prisma.user.create({
    data: { id: userId, organizationId, email: `${userId}@example.com`, passwordHash: '', totpSecret },
  });
  const clientSecret = seal('sso-secret', "a client's", `sso:${organizationId}`);
  const provider = { issuer: 'https://login.example.com', clientId: 'x', emailDomains: [], enforced: false };
  const times = { createdAt: new Date(), updatedAt: new Date() };
  await db.prisma.singleSignOn.create({ data: { organizationId, ...provider, clientSecret, ...times } });
  const keyRing = ringOf(NEW, OLD);
  expect(await rotateSecretKeys({ db, keyRing, isDryRun: false, batch: 2 })).toMatchObject({
    sealed: [
      { looked: 0 },
      { looked: 1, resealed: 1, broken: [] },
      { looked: 4, resealed: 4, broken: [] },
      { looked: 1, resealed: 1, broken: [] },
      { looked: 1, resealed: 1, broken: [] },
      { looked: 1, resealed: 1, broken: [] },
    ],
    removable: ['old'],
  });
  const person = await db.prisma.user.delete({ where: { id: userId } });
  const seed = rings.new.cipher('second-factor').decrypt(person.totpSecret ?? new Uint8Array(), `totp:${userId}`);
  expect(seed.toString()).toBe('a seed');
  const sso = await db.prisma.singleSignOn.delete({ where: { organizationId } });
  const opened = rings.new.cipher('sso-secret').decrypt(sso.clientSecret, `sso:${organizationId}`);
  expect(opened.toString()).toBe("a client's");
  const kept = await db.prisma.webPayment.findMany({ where: { chargePointId }, orderBy: { evseId: 'asc' } });
  const open = (sealed: Uint8Array | null, evse: number) =>
    sealed && rings.new.cipher('web-payment').decrypt(sealed, aadOf(evse)).toString();
  expect(
    kept.map(({ evseId, secret, previousSecret }) => [open(secret, evseId), open(previousSecret, evseId)]),
  ).toEqual([
    ['secret 0', null],
    ['secret 2', 'the one before'],
    ['secret 10', null],
  ]);
  const offer = await db.prisma.webPaymentOffer.findFirstOrThrow({ where: { chargePointId } });
  expect(open(offer.secret, 10)).toBe('the next one');
  await db.prisma.webPaymentOffer.deleteMany();
  await db.prisma.webPayment.deleteMany();
  await db.prisma.certificateAuthority.deleteMany();
});

test('secrets of commands under way and reports on customers hold their key as long as they are there', async () => {
  const about = { id: newId('cmd'), organizationId, chargePointId: newId('cp') };
  const sealed = ringOf(OLD).cipher('command-secret').encrypt(Buffer.from('{}'), 'x').toString('base64');
  const given = {
    action: 'ChangeConfiguration',
    payload: {},
    timeoutS: 30,
    requestedBy: 'key_1',
    createdAt: new Date(),
  };
  await db.prisma.command.create({ data: { ...about, ...given, status: 'queued', sealed } });
  const keyRing = ringOf(NEW, OLD);
  const { usage, removable, removableLater } = await rotateSecretKeys({ db, keyRing, isDryRun: false });
  expect(usage).toEqual([{ what: 'secrets of commands under way', kid: 'old', rows: 1 }]);
  expect([removable, removableLater]).toEqual([[], []]);
  await db.prisma.command.deleteMany();
});

test('rotation knows every purpose that anything is sealed for, and every column that it names is there', async () => {
  const root = join(import.meta.dirname, '../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) => name.endsWith('.ts') && !name.startsWith('generated'),
  );
  const purposes = files.flatMap((name) =>
    [...readFileSync(join(root, name), 'utf8').matchAll(/\bcipher\(\s*'([a-z-]+)'/g)].map(([, purpose]) => purpose),
  );
  const known = [...new Set(SEALED.map(({ purpose }) => purpose)), ...Object.keys(PASSING)];
  expect([...new Set(purposes)].sort()).toEqual(known.sort());
  for (const { table, key, secret, previous } of SEALED) {
    const named = [...key.map(([column]) => column), secret, ...(previous === null ? [] : [previous])];
    const found = await db.prisma.$queryRaw<{ name: string }[]>`
      SELECT column_name AS name FROM information_schema.columns WHERE table_name = ${table}`;
    expect(found.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  }
});

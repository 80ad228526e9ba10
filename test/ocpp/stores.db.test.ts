import { afterAll, expect, test } from '@jest/globals';
import { hashChargerKey, type Peppers, verifyChargerKey } from '../../src/charge-points/credentials.ts';
import type { Database } from '../../src/database/contract.ts';
import {
  createDeviations,
  createFrameLog,
  type FrameQuery,
  type LoggedFrame,
  listDeviations,
  listFrames as searchFrames,
} from '../../src/frames/index.ts';
import { touchLastSeen } from '../../src/ocpp/liveness-store.ts';
import { loginsById, loginsByIdentity } from '../../src/ocpp/login-store.ts';
import { createRefusals, type Knock, listUnknownChargePoints } from '../../src/unknown-charge-points/index.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';

const listFrames = async (from: Database, query: FrameQuery) => (await searchFrames(from, query)).rows;

const db = await testDatabase();
const world = await createWorld(db, { chargePoints: 4, prefix: 'CP' });
const other = await createWorld(db, { prefix: 'OTHER' });
const [first, second, third, fourth] = await db.prisma.chargePoint.findMany({
  where: { organizationId: world.organizationId },
  orderBy: { identity: 'asc' },
});
if (!first || !second || !third || !fourth) throw new Error('the world has too few charge points');
const { organizationId } = world;
afterAll(() => db.close());

// -------------------------------------------------------------------------------------------------------------- login

const peppers: Peppers = { current: () => ({ kid: 'k', key: Buffer.alloc(32, 7) }), byKid: () => Buffer.alloc(32, 7) };

test('what is needed to let chargers in comes by one statement, in the order that was asked', async () => {
  const { hash, salt, kid } = hashChargerKey(peppers, 'a key of sixteen bytes');
  await db.prisma.chargePoint.update({
    where: { id: first.id },
    data: { keyHash: hash, keySalt: salt, keyKid: kid, securityProfile: 1, strict: true, assumeProtocol: 'ocpp1.6' },
  });
  const logins = await loginsByIdentity(db, ['CP-2', 'nobody', 'CP-1', 'CP-1']);
  expect(logins.map((login) => login?.identity)).toEqual(['CP-2', undefined, 'CP-1', 'CP-1']);
  const login = logins[2];
  expect(login).toMatchObject({
    chargePointId: first.id,
    number: first.number,
    organizationId,
    securityProfile: 1,
    strict: true,
    assumeProtocol: 'ocpp1.6',
    lifecycle: 'registered',
  });
  if (!login?.keyHash || !login.keySalt) throw new Error('no key came back');
  const stored = { hash: login.keyHash, salt: login.keySalt, kid: login.keyKid ?? '' };
  expect(verifyChargerKey(peppers, Buffer.from('a key of sixteen bytes'), stored)).toBe(true);
  expect(await loginsById(db, [second.id, 'cp_none'])).toMatchObject([{ identity: 'CP-2' }, undefined]);
});

// ----------------------------------------------------------------------------------------------------------- last seen

test('last-seen times are written together, never go back, and wait for nobody', async () => {
  const at = Date.UTC(2026, 0, 1);
  const seen = [first, second].map(({ id }) => ({ chargePointId: id, atMs: at, messageAtMs: at - 1000 }));
  expect(await touchLastSeen(db, seen)).toEqual(new Set([first.id, second.id]));
  await touchLastSeen(db, [{ chargePointId: first.id, atMs: at - 5000, messageAtMs: null }]);
  const lastSeen = async (id: string) =>
    (await db.prisma.chargePointState.findUniqueOrThrow({ where: { chargePointId: id } })).lastSeenAt?.getTime();
  expect(await lastSeen(first.id)).toBe(at);
  const { lastMessageAt } = await db.prisma.chargePointState.findUniqueOrThrow({ where: { chargePointId: first.id } });
  expect(lastMessageAt?.getTime()).toBe(at - 1000);
  await db.transaction(async (tx) => {
    await tx.rows({ name: 'lock', text: 'SELECT 1 FROM charge_point_states WHERE charge_point_id = $1 FOR UPDATE' }, [
      first.id,
    ]);
    const written = await touchLastSeen(
      db,
      seen.map((each) => ({ ...each, atMs: at + 1000 })),
    );
    expect(written).toEqual(new Set([second.id])); // the locked one comes with the next round
  });
  expect(await lastSeen(first.id)).toBe(at);
  expect(await lastSeen(second.id)).toBe(at + 1000);
});

// -------------------------------------------------------------------------------------------------------------- frames

const aFrame = (more: Partial<LoggedFrame> = {}): LoggedFrame => ({
  chargePointNumber: first.number,
  atMs: Date.UTC(2026, 1, 1),
  inbound: true,
  messageType: 2,
  messageId: '1',
  action: 'Heartbeat',
  raw: '[2,"1","Heartbeat",{}]',
  traceId: null,
  ...more,
});
const isTransient = (cause: unknown): boolean => cause instanceof Error && cause.message === 'away';

test('frames come back newest first, page by page, and only for their organization', async () => {
  const log = createFrameLog({ db, isTransient, log: quiet, onDropped: () => {} });
  for (let i = 0; i < 25; i += 1)
    log.append(aFrame({ atMs: Date.UTC(2026, 1, 1) + Math.floor(i / 2), messageId: String(i) }));
  log.append(aFrame({ chargePointNumber: second.number, messageId: 'second' }));
  log.append(
    aFrame({
      atMs: Date.UTC(2026, 1, 2),
      inbound: false,
      messageType: null,
      messageId: null,
      action: null,
      raw: 'a\u0000b',
    }),
  );
  await log.stop(5000);
  const query = { organizationId, chargePointId: first.id };
  const ids: (string | null)[] = [];
  let after: { at: Date; seq: number } | undefined;
  do {
    const rows = await listFrames(db, { ...query, to: new Date(Date.UTC(2026, 1, 2)), after, limit: 10 });
    ids.push(...rows.slice(0, 10).map((row) => row.messageId));
    after = rows.length > 10 ? rows[9] : undefined;
  } while (after !== undefined);
  expect(ids).toEqual(Array.from({ length: 25 }, (_, i) => String(24 - i)));
  expect(await listFrames(db, { ...query, limit: 1 })).toMatchObject([
    { inbound: false, messageType: null, raw: 'a\ufffdb', at: new Date(Date.UTC(2026, 1, 2)) },
    { messageId: '24' },
  ]);
  expect(await listFrames(db, { ...query, action: 'Reset', limit: 10 })).toEqual([]);
  expect(await listFrames(db, { organizationId: other.organizationId, chargePointId: first.id, limit: 10 })).toEqual(
    [],
  );
});

test('a secret in a frame never reaches the table', async () => {
  const log = createFrameLog({ db, isTransient, log: quiet, onDropped: () => {} });
  const raw = JSON.stringify([2, '1', 'ChangeConfiguration', { key: 'AuthorizationKey', value: 'canary-0123456789' }]);
  log.append(aFrame({ chargePointNumber: third.number, raw }));
  await log.stop(5000);
  const [row] = await listFrames(db, { organizationId, chargePointId: third.id, limit: 1 });
  expect(row?.raw).toContain('AuthorizationKey');
  expect(row?.raw).not.toContain('canary');
});

test('while the database is away frames wait, the oldest are dropped and counted, and the rest is written when it is back', async () => {
  let refuse: (() => void) | undefined;
  let away = true;
  let dropped = 0;
  const flaky: Pick<Database, 'rows'> = {
    rows: (statement, values) =>
      away
        ? new Promise((_, reject) => {
            refuse = () => reject(new Error('away'));
          })
        : db.rows(statement, values),
  };
  const log = createFrameLog({
    db: flaky,
    isTransient,
    log: quiet,
    onDropped: (count) => {
      dropped += count;
    },
    gatherMs: 1,
    maxFrames: 100,
  });
  const append = (from: number, to: number): void => {
    for (let i = from; i < to; i += 1) log.append(aFrame({ chargePointNumber: fourth.number, messageId: String(i) }));
  };
  append(0, 90);
  await until('a batch is on its way', () => refuse);
  append(90, 180);
  expect(dropped).toBe(0);
  refuse?.();
  await until('it is back', () => log.waiting() > 90);
  expect(log.waiting()).toBeLessThanOrEqual(100);
  append(180, 200);
  expect(log.waiting()).toBeLessThanOrEqual(100);
  expect(dropped).toBe(200 - log.waiting());
  away = false;
  const kept = log.waiting();
  await until('the frames are written', () => log.waiting() === 0);
  await log.stop(5000);
  const rows = await listFrames(db, { organizationId, chargePointId: fourth.id, limit: 200 });
  expect(rows).toHaveLength(kept);
  expect(rows[0]?.messageId).toBe('199');
});

// ----------------------------------------------------------------------------------------------------------- deviations

const deviation = (field: string) => ({ field, kind: 'type', example: 'x\u0000y' });

test('deviations are counted per field, and a charger gets at most 200 rows', async () => {
  const deviations = createDeviations({ db, log: quiet });
  const charger = { chargePointId: first.id, organizationId };
  const at = new Date('2026-01-01T00:00:00Z');
  for (let i = 0; i < 3; i += 1) deviations.record(charger, 'MeterValues', [deviation('a'), deviation('b')], at);
  await deviations.flush();
  deviations.record(charger, 'MeterValues', [deviation('a')], new Date('2026-01-02T00:00:00Z'));
  deviations.record(
    charger,
    'MeterValues',
    Array.from({ length: 500 }, (_, i) => deviation(`invented${i}`)),
    at,
  );
  await deviations.stop();
  deviations.record(charger, 'StopTransaction', [deviation('one more')], at);
  await deviations.stop();
  const rows = await listDeviations(db, { organizationId, chargePointId: first.id });
  expect(rows).toHaveLength(200);
  expect(rows[0]).toMatchObject({
    field: 'a',
    count: 4,
    firstAt: at,
    lastAt: new Date('2026-01-02T00:00:00Z'),
    example: 'xy',
  });
  expect(rows.find((row) => row.field === 'one more')).toBeUndefined();
  expect(await listDeviations(db, { organizationId: other.organizationId, chargePointId: first.id })).toEqual([]);
});

// ------------------------------------------------------------------------------------------------------------- refusals

const knock = (more: Partial<Knock> = {}): Knock => ({
  identity: 'stranger',
  reason: 'unknown_identity',
  chargePointId: undefined,
  organizationId: undefined,
  remoteAddress: '192.0.2.1',
  protocols: 'ocpp1.6',
  userAgent: 'charger/1.0',
  at: new Date('2026-01-01T00:00:00Z'),
  ...more,
});

test('refusals are one row per identity and reason; strangers belong to the oldest organization', async () => {
  const refusals = createRefusals({ db, log: quiet });
  for (let i = 0; i < 5; i += 1) refusals.record(knock());
  refusals.record(
    knock({
      identity: 'OTHER-1',
      reason: 'wrong_password',
      chargePointId: 'cp_x',
      organizationId: other.organizationId,
    }),
  );
  await refusals.flush();
  refusals.record(knock({ at: new Date('2026-01-02T00:00:00Z'), remoteAddress: '192.0.2.2' }));
  await refusals.stop();
  expect(await listUnknownChargePoints(db, { organizationId, limit: 10 })).toMatchObject([
    {
      identity: 'stranger',
      reason: 'unknown_identity',
      count: 6,
      remoteAddress: '192.0.2.2',
      chargePointId: null,
      firstSeenAt: new Date('2026-01-01T00:00:00Z'),
      lastSeenAt: new Date('2026-01-02T00:00:00Z'),
    },
  ]);
  expect(await listUnknownChargePoints(db, { organizationId: other.organizationId, limit: 10 })).toMatchObject([
    { identity: 'OTHER-1', reason: 'wrong_password', chargePointId: 'cp_x' },
  ]);
});

test('hostile text is cut and cleaned before it is kept', async () => {
  const refusals = createRefusals({ db, log: quiet });
  refusals.record(
    knock({
      identity: `evil\u0000\r\n\u001b[31m${'x'.repeat(500)}`,
      userAgent: `<script>\u202e${'y'.repeat(5000)}\ud800`,
      protocols: 'p'.repeat(5000),
      at: new Date('2026-03-01T00:00:00Z'),
    }),
  );
  await refusals.stop();
  const [row] = await listUnknownChargePoints(db, { organizationId, limit: 1 });
  expect(row?.identity).toMatch(/^evil\[31mx+$/);
  expect(row?.identity.length).toBeLessThanOrEqual(64);
  expect(row?.userAgent).toMatch(/^<script>y+$/);
  expect(row?.protocols).toHaveLength(200);
});

test('the list is bounded: strangers seen longest ago go first, registered chargers stay, pages are complete', async () => {
  const fresh = await testDatabase();
  try {
    const { organizationId: owner } = await createWorld(fresh);
    const refusals = createRefusals({ db: fresh, log: quiet, maxRows: 30 });
    refusals.record(
      knock({
        identity: 'mine',
        reason: 'wrong_password',
        chargePointId: 'cp_1',
        organizationId: owner,
        at: new Date(0),
      }),
    );
    for (let i = 0; i < 50; i += 1)
      refusals.record(knock({ identity: `s${i}`, at: new Date(Date.UTC(2026, 0, 1) + (i >> 1)) }));
    await refusals.stop();
    const seen: string[] = [];
    let after: { lastSeenAt: Date; identity: string; reason: string } | undefined;
    do {
      const rows = await listUnknownChargePoints(fresh, { organizationId: owner, after, limit: 7 });
      seen.push(...rows.slice(0, 7).map((row) => row.identity));
      after = rows.length > 7 ? rows[6] : undefined;
    } while (after !== undefined);
    expect(seen).toHaveLength(30);
    expect(new Set(seen).size).toBe(30);
    expect(seen).toContain('mine');
    expect(seen).toContain('s49');
    expect(seen).not.toContain('s0');
  } finally {
    await fresh.close();
  }
});

test('what cannot be written is said and does not stop the next round', async () => {
  let said = 0;
  const broken = { rows: () => Promise.reject(new Error('away')) };
  const log = {
    warn: () => {
      said += 1;
    },
  };
  const refusals = createRefusals({ db: broken, log });
  refusals.record(knock());
  await refusals.stop();
  const deviations = createDeviations({ db: broken, log });
  deviations.record({ chargePointId: 'cp', organizationId: 'org' }, 'X', [deviation('a')], new Date());
  await deviations.stop();
  expect(said).toBe(2);
});

/** The rooms together on a database that fails for a while: what it cannot take is waited with, and is nobody's fault but its own. */
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { connectDatabase, type Database, isTransient } from '../../src/database/index.ts';
import { createIngest } from '../../src/ingest/index.ts';
import { createTransactionIds } from '../../src/sessions/index.ts';
import { testDatabase } from '../support/db.ts';
import { after, aStart, reading, stopped, T0 } from '../support/inputs.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { sessionRooms } from './session-rooms.ts';

const STOPS = 40;
const db = await testDatabase();
const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
  await db.close();
});

/** All rooms of a charging session, and what became of their transactions. */
function ingestOn(on: Database) {
  const seen = { retried: 0, poisoned: [] as unknown[] };
  const ingest = createIngest({
    db: on,
    participants: sessionRooms(),
    eventWriter: { prepare: () => ({ write: async () => ({ committed: () => {} }) }) },
    isTransient,
    onWake: () => {},
    now: () => new Date(),
    log: { warn: () => {}, error: (fields) => seen.poisoned.push(fields) },
    metrics: {
      batch: () => {},
      retried: () => {
        seen.retried += 1;
      },
      poisoned: () => {},
      ignored: () => {},
    },
    lanes: STOPS, // each of those that wait is tried in a transaction of its own
  });
  stops.push(() => ingest.stop(1000));
  return { ingest, seen };
}

let world: World;
beforeEach(async () => {
  world = await createWorld(db, { chargePoints: STOPS, tokens: [{ uid: 'FREE', maxConcurrent: null }] });
});
const cp = (i: number): string => world.chargePoints[i]?.id ?? '';
const nextTransactionId = createTransactionIds(db);

async function start(on: ReturnType<typeof ingestOn>, i: number): Promise<number> {
  const transactionId = await nextTransactionId();
  await on.ingest.submit({
    room: 'tokens',
    type: 'authorize_start',
    chargePointId: cp(i),
    receivedAt: T0,
    start: aStart({ tokenUid: 'FREE', transactionId, sessionId: `ses_${world.organizationId}_${transactionId}` }),
  });
  return transactionId;
}
const stop = (i: number, transactionId: number) =>
  stopped({
    chargePointId: cp(i),
    transactionId,
    rawTransactionId: String(transactionId),
    readings: [reading(after(1800), 7000), reading(after(3600), 9000)],
  });
const statuses = async (transactionIds: readonly number[]): Promise<string[]> =>
  (await db.prisma.session.findMany({ where: { transactionId: { in: [...transactionIds] } } })).map(
    ({ status }) => status,
  );

test.each([
  ['53100', 'its disk is full'],
  ['57014', 'a statement took too long'],
  ['40P01', 'two were in each other’s way'],
])('stops with readings that fail by %s (%s) wait, whatever the statements behind it are told', async (code) => {
  const on = ingestOn(db);
  const begun: number[] = [];
  for (let i = 0; i < STOPS; i += 1) begun.push(await start(on, i));
  await db.pool.query(
    `CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '${code}'; END $$`,
  );
  await db.pool.query(`CREATE TRIGGER refuse BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION refuse()`);
  const stopping: Promise<unknown>[] = [];
  try {
    // the database's answers come in one packet or in several, as it happens: each is tried a few times
    for (const [i, transactionId] of begun.entries()) {
      const before = on.seen.retried;
      stopping.push(on.ingest.submit(stop(i, transactionId)));
      stopping.at(-1)?.catch(() => undefined); // looked at below
      await until('it was tried', () => on.seen.retried > before || on.seen.poisoned.length > 0);
    }
    expect(on.seen.poisoned).toEqual([]);
  } finally {
    await db.pool.query('DROP TRIGGER refuse ON sessions');
  }
  await Promise.all(stopping);
  expect(await statuses(begun)).toEqual(Array(STOPS).fill('ended'));
});

/** The same database, as somebody to whom something can be done. Roles are the server's: the name is this file's own. */
async function connectedAs(name: string): Promise<{ role: string; own: Database }> {
  const url = new URL(db.url);
  const role = `${name}_${url.pathname.slice(1)}`.slice(0, 60);
  url.username = role;
  await db.pool.query(`CREATE ROLE ${role} LOGIN SUPERUSER`);
  const own = connectDatabase({ connection: { connectionString: url.href }, url: url.href, poolSize: 5, log: quiet });
  return { role, own };
}

test('a stop waits while nobody new may log in and the connections that are left are busy', async () => {
  const { role, own } = await connectedAs('left');
  const on = ingestOn(own);
  try {
    const transactionId = await start(on, 0);
    await db.pool.query(`ALTER ROLE ${role} NOLOGIN`);
    // all that are idle
    const busy = Array.from({ length: own.pool.totalCount }, () =>
      own.rows({ name: 'busy', text: 'SELECT pg_sleep(1)' }, []),
    );
    const stopping = on.ingest.submit(stop(0, transactionId));
    stopping.catch(() => undefined); // looked at below
    await until('it was tried', () => on.seen.retried > 0 || on.seen.poisoned.length > 0);
    expect(on.seen.poisoned).toEqual([]);
    await Promise.all(busy);
    await stopping;
    expect(await statuses([transactionId])).toEqual(['ended']);
  } finally {
    await on.ingest.stop(1000);
    await own.close();
    await db.pool.query(`DROP ROLE ${role}`);
  }
});

test('after a failover a stop is saved by the new primary, though the connections to the old one last', async () => {
  const { role, own } = await connectedAs('old');
  const on = ingestOn(own);
  try {
    // who is connected before the failover is over may read, and will never write
    await db.pool.query(`ALTER ROLE ${role} SET default_transaction_read_only = on`);
    const transactionId = await start(ingestOn(db), 0);
    const stopping = on.ingest.submit(stop(0, transactionId));
    stopping.catch(() => undefined); // looked at below
    await until('it was tried', () => on.seen.retried > 0 || on.seen.poisoned.length > 0);
    await db.pool.query(`ALTER ROLE ${role} RESET default_transaction_read_only`);
    await stopping;
    expect(on.seen.poisoned).toEqual([]);
    expect(await statuses([transactionId])).toEqual(['ended']);
  } finally {
    await on.ingest.stop(1000);
    await own.close();
    await db.pool.query(`DROP ROLE ${role}`);
  }
});

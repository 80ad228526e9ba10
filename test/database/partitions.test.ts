/** Partitions by month and day: made ahead, moved into, dropped. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maintainPartitions, makePartitions, unitStart } from '../../src/database/partitions.ts';
import { isTransient } from '../../src/database/transient.ts';
import { testDatabase } from '../support/db.ts';
import { waitingForLocks } from '../support/locks.ts';
import { quiet } from '../support/quiet-log.ts';

const now = new Date('2027-01-15T12:00:00Z');
const forever = { meterMonths: 0, statusMonths: 0, frameDays: 0, now };

type Db = Awaited<ReturnType<typeof testDatabase>>;
const addSample = (db: Db, at: string) =>
  db.rows(
    {
      name: 'add',
      text: 'INSERT INTO meter_samples (charge_point_number, evse_id, connector_id, at) VALUES (1, 1, 1, $1)',
    },
    [new Date(at)],
  );
const samples = async (db: Db) =>
  Object.fromEntries(
    (
      await db.rows<{ at: Date; place: string }>(
        { name: 'where', text: 'SELECT at, tableoid::regclass::text AS place FROM meter_samples ORDER BY at' },
        [],
      )
    ).map(({ at, place }) => [at.toISOString(), place]),
  );

test('partitions are made ahead, once, whoever asks and however many at a time', async () => {
  const db = await testDatabase();
  const all = await Promise.all([1, 2, 3].map(() => maintainPartitions(db, forever)));
  expect(all.flatMap(({ created }) => created).sort()).toEqual([
    'connection_history_2026_12',
    'connection_history_2027_01',
    'connection_history_2027_02',
    'connection_history_2027_03',
    'frames_2027_01_15',
    'frames_2027_01_16',
    'frames_2027_01_17',
    'frames_2027_01_18',
    'meter_samples_2026_12',
    'meter_samples_2027_01',
    'meter_samples_2027_02',
    'meter_samples_2027_03',
    'status_history_2027_01',
    'status_history_2027_02',
    'status_history_2027_03',
    'transaction_events_2027_01',
    'transaction_events_2027_02',
    'transaction_events_2027_03',
  ]);
  expect(await maintainPartitions(db, forever)).toEqual({ created: [], dropped: [] });
  await addSample(db, '2027-01-31T23:59:59.999Z');
  await addSample(db, '2027-02-01T00:00:00Z');
  await db.rows(
    {
      name: 'frame',
      text: `INSERT INTO frames (charge_point_number, at, inbound, raw) VALUES (1, '2027-01-16T00:00:00Z', true, '[]')`,
    },
    [],
  );
  expect(await samples(db)).toEqual({
    '2027-01-31T23:59:59.999Z': 'meter_samples_2027_01',
    '2027-02-01T00:00:00.000Z': 'meter_samples_2027_02',
  });
  expect(
    await db.rows({ name: 'place', text: 'SELECT tableoid::regclass::text AS place, seq FROM frames' }, []),
  ).toEqual([{ place: 'frames_2027_01_16', seq: 1 }]);
});

test('rows that came before their partition move into it; those of wrong clocks stay in the default one', async () => {
  const db = await testDatabase();
  for (const at of ['2027-01-02T00:00:00Z', '2027-02-27T00:00:00Z', '2031-01-01T00:00:00Z']) await addSample(db, at);
  await maintainPartitions(db, forever);
  expect(await samples(db)).toEqual({
    '2027-01-02T00:00:00.000Z': 'meter_samples_2027_01',
    '2027-02-27T00:00:00.000Z': 'meter_samples_2027_02',
    '2031-01-01T00:00:00.000Z': 'meter_samples_default',
  });
});

test('what is past its retention goes, partition by partition, and so do old rows of the default one', async () => {
  const db = await testDatabase();
  for (const month of ['2026-08', '2026-10', '2026-11']) {
    await maintainPartitions(db, { ...forever, now: new Date(`${month}-15T00:00:00Z`) });
  }
  for (const at of [
    '2019-05-05T00:00:00Z',
    '2026-09-30T23:59:59Z',
    '2026-10-31T23:59:59Z',
    '2026-11-01T00:00:00Z',
    '2027-01-15T00:00:00Z',
  ]) {
    await addSample(db, at);
  }
  const { dropped } = await maintainPartitions(db, { meterMonths: 2, statusMonths: 3, frameDays: 7, now });
  expect(dropped).toEqual([
    'status_history_2026_08',
    'status_history_2026_09',
    'connection_history_2026_07',
    'connection_history_2026_08',
    'connection_history_2026_09',
    'meter_samples_2026_07',
    'meter_samples_2026_08',
    'meter_samples_2026_09',
    'meter_samples_2026_10',
    'transaction_events_2026_08',
    'transaction_events_2026_09',
    'transaction_events_2026_10',
    ...['08', '10', '11'].flatMap((month) => ['15', '16', '17', '18'].map((day) => `frames_2026_${month}_${day}`)),
  ]);
  expect(Object.keys(await samples(db))).toEqual(['2026-11-01T00:00:00.000Z', '2027-01-15T00:00:00.000Z']);
});

test('what came while nobody made partitions gets them, whatever the number of rows, and none is lost or held up', async () => {
  const db = await testDatabase();
  await maintainPartitions(db, forever);
  await db.pool.query(
    `INSERT INTO meter_samples (charge_point_number, evse_id, connector_id, at)
     SELECT n % 7, 1, 1, timestamptz '2027-05-02' + n * interval '1 hour' FROM generate_series(1, 1200) n
      UNION ALL SELECT 1, 1, 1, '2031-01-01' UNION ALL SELECT 1, 1, 1, '1999-01-01'`,
  );
  const later = { ...forever, now: new Date('2027-07-15T12:00:00Z') };
  const places = async () =>
    (
      await db.pool.query<{ place: string; rows: number }>(
        'SELECT tableoid::regclass::text AS place, count(*)::int AS rows FROM meter_samples GROUP BY 1 ORDER BY 1',
      )
    ).rows;
  // one row a page of the disk would be too much to ask; a page at a time is what several processes take turns with
  const sizes = { aside: 8192, crowd: 400, pages: 1, rows: 10 };
  const all = await Promise.all([1, 2].map(() => maintainPartitions(db, later, sizes)));
  const made = all.flatMap(({ created }) => created).filter((name) => name.startsWith('meter_samples'));
  // who of the two made which does not matter
  expect(made.toSorted()).toEqual([
    'meter_samples_2027_05',
    'meter_samples_2027_06',
    'meter_samples_2027_07',
    'meter_samples_2027_08',
    'meter_samples_2027_09',
  ]);
  expect(await places()).toEqual([
    { place: 'meter_samples_2027_05', rows: 719 },
    { place: 'meter_samples_2027_06', rows: 481 },
    { place: 'meter_samples_default', rows: 2 },
  ]);
  expect(await db.rows({ name: 'aside', text: `SELECT to_regclass('meter_samples_overflow') AS place` }, [])).toEqual([
    { place: null },
  ]);
});

test('what was put aside is brought back by the next process when the first one was killed', async () => {
  const db = await testDatabase();
  for (const at of ['2027-01-02T00:00:00Z', '2031-01-01T00:00:00Z']) await addSample(db, at);
  await db.pool.query(`SELECT put_default_partition_aside('meter_samples')`);
  await addSample(db, '2027-01-03T00:00:00Z');
  await addSample(db, '2027-01-02T00:00:00Z'); // told again while the first one lies aside
  expect(await samples(db)).toEqual({
    '2027-01-02T00:00:00.000Z': 'meter_samples_default',
    '2027-01-03T00:00:00.000Z': 'meter_samples_default',
  });
  await maintainPartitions(db, forever);
  expect(await samples(db)).toEqual({
    '2027-01-02T00:00:00.000Z': 'meter_samples_2027_01',
    '2027-01-03T00:00:00.000Z': 'meter_samples_2027_01',
    '2031-01-01T00:00:00.000Z': 'meter_samples_default',
  });
});

test('a partition that is read for long is dropped by a later call; writers of the table go on meanwhile', async () => {
  const db = await testDatabase();
  for (const at of [new Date('2026-08-15T00:00:00Z'), now]) await maintainPartitions(db, { ...forever, now: at });
  const reader = await db.pool.connect();
  await reader.query('BEGIN; SELECT * FROM meter_samples_2026_08');
  const retention = { meterMonths: 2, statusMonths: 0, frameDays: 0, now };
  const dropping = maintainPartitions(db, retention).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  let isOver = false;
  void dropping.then(() => {
    isOver = true;
  });
  let written = 0;
  for (; !isOver; written += 1) await addSample(db, new Date(now.getTime() + written).toISOString());
  expect(await dropping).toMatchObject({ code: '55P03' });
  expect(written).toBeGreaterThan(3);
  await reader.query('ROLLBACK');
  reader.release();
  expect((await maintainPartitions(db, retention)).dropped).toContain('meter_samples_2026_08');
});

test('a row on its way into the default partition while its own one is made is refused as transient, and fits in then', async () => {
  const db = await testDatabase();
  const maker = await db.pool.connect();
  await maker.query(`BEGIN; SELECT create_partition('meter_samples', 'month', '2027-01-15', NULL)`);
  const refused = addSample(db, '2027-01-20T00:00:00Z').then(
    () => undefined,
    (cause: unknown) => cause,
  );
  await waitingForLocks(db, 1);
  await maker.query('COMMIT');
  maker.release();
  const cause = await refused;
  expect(cause).toMatchObject({ code: '23514' });
  expect(isTransient(cause)).toBe(true);
  await addSample(db, '2027-01-20T00:00:00Z');
  expect(await samples(db)).toEqual({ '2027-01-20T00:00:00.000Z': 'meter_samples_2027_01' });
});

test('a table that stays locked makes it fail as transient, in seconds, and leaves writers alone', async () => {
  const db = await testDatabase();
  const blocker = await db.pool.connect();
  await blocker.query('BEGIN; LOCK TABLE meter_samples IN SHARE MODE');
  await expect(maintainPartitions(db, forever)).rejects.toMatchObject({ code: '55P03' });
  const lines: unknown[] = [];
  await makePartitions(db, { now, log: { ...quiet, warn: (fields: object) => void lines.push(fields) } });
  expect(lines).toMatchObject([{ err: { code: '55P03' } }]);
  expect(Object.keys(await samples(db))).toEqual([]);
  await blocker.query('ROLLBACK');
  blocker.release();
  expect((await maintainPartitions(db, forever)).created).toContain('meter_samples_2027_01');
});

test('a month or day begins at its first instant in UTC and ends where the next begins', () => {
  const moments = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(
      moments,
      fc.constantFrom('month' as const, 'day' as const),
      fc.integer({ min: -40, max: 40 }),
      (at, unit, n) => {
        const start = unitStart(unit, at, 0);
        const next = unitStart(unit, at, 1);
        expect(start.getTime()).toBeLessThanOrEqual(at.getTime());
        expect(next.getTime()).toBeGreaterThan(at.getTime());
        expect(unitStart(unit, unitStart(unit, at, n), -n)).toEqual(start);
        expect(start.toISOString()).toMatch(unit === 'month' ? /-01T00:00:00.000Z$/ : /T00:00:00.000Z$/);
      },
    ),
  );
});

test('transaction ids come in blocks of 100 positive int32 numbers, and begin again at the end', async () => {
  const db = await testDatabase();
  const next = { name: 'next', text: `SELECT nextval('transaction_id_blocks') AS first` };
  expect([await db.rows(next, []), await db.rows(next, [])]).toEqual([[{ first: 1 }], [{ first: 101 }]]);
  await db.pool.query(`SELECT setval('transaction_id_blocks', 2147483401)`);
  expect([await db.rows(next, []), await db.rows(next, [])]).toEqual([[{ first: 2147483501 }], [{ first: 1 }]]);
});

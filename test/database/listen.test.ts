/** LISTEN: wakes on notifications, and again after the connection was away. */
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { listen } from '../../src/database/index.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

test('a handler hears its channel, and is woken after each connection because it may have missed something', async () => {
  const db = await testDatabase({ poolSize: 1 });
  const heard: (string | undefined)[] = [];
  const other: (string | undefined)[] = [];
  const listener = listen({
    url: db.url,
    log: quiet,
    channels: { news: (payload) => heard.push(payload), 'Other-1': (payload) => other.push(payload) },
  });
  try {
    await listener.ready;
    expect(heard).toEqual([undefined]);
    await db.pool.query(`NOTIFY news, 'one'; NOTIFY "Other-1"`);
    await until('both are heard', () => heard.length === 2 && other.length === 2);
    expect([heard[1], other[1]]).toEqual(['one', '']);

    const admin = new pg.Client({ connectionString: db.url });
    await admin.connect();
    await admin.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dynamo-listen'
      AND datname = current_database()`);
    await until('it listens again', () => heard.length === 3);
    expect(heard[2]).toBeUndefined();
    await admin.query(`NOTIFY news, 'two'`);
    await until('it hears again', () => heard.includes('two'));
    await admin.end();
  } finally {
    await listener.stop();
  }
  const { rowCount } = await db.pool.query(
    `SELECT FROM pg_stat_activity WHERE application_name = 'dynamo-listen' AND datname = current_database()`,
  );
  expect(rowCount).toBe(0);
});

test('a listener that was never connected can be stopped', async () => {
  const listener = listen({
    url: 'postgresql://nobody@127.0.0.1:1/x',
    log: quiet,
    channels: { news: () => undefined },
  });
  await listener.stop();
});

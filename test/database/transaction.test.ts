/** The hot path: prepared statements and transactions over the pool, and what breaks them. */
import { type AddressInfo, createServer, type Server, Socket } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import { connectDatabase, isTransient, openDatabase, type Tx } from '../../src/database/index.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';

const db = await testDatabase({ poolSize: 3 });
await db.pool.query('CREATE TABLE amounts (id INTEGER PRIMARY KEY, amount BIGINT)');
await db.pool.query(
  'CREATE TABLE later (id INTEGER, CONSTRAINT unique_later UNIQUE (id) DEFERRABLE INITIALLY DEFERRED)',
);

const insert = { name: 'insert', text: 'INSERT INTO amounts (id, amount) VALUES ($1, $2)' };
const select = { name: 'select', text: 'SELECT id, amount FROM amounts WHERE id = ANY($1) ORDER BY id' };
const update = { name: 'update', text: 'UPDATE amounts SET amount = amount + $2 WHERE id = $1' };
const backend = { name: 'backend', text: 'SELECT pg_backend_pid() AS pid' };
const amounts = (...ids: number[]) => db.rows<{ id: number; amount: number }>(select, [ids]);

/** A connection that cannot be broken by what a test does to the pool. */
const admin = new pg.Client({ connectionString: db.url });
await admin.connect();
afterAll(() => admin.end());
const terminate = (pid: number) => admin.query('SELECT pg_terminate_backend($1)', [pid]);

/** A database through a pool of one connection. */
const connect = (url: string) =>
  connectDatabase({ connection: { connectionString: url }, url, poolSize: 1, log: quiet });

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('It did not fail.');
    },
    (cause: unknown) => cause,
  );

test('what is committed is there, with int8 as numbers', async () => {
  const returned = await db.transaction(async (tx) => {
    await tx.rows(insert, [1, 2 ** 40]);
    return tx.rows(select, [[1]]);
  });
  expect(returned).toEqual([{ id: 1, amount: 1099511627776 }]);
  expect(await amounts(1)).toEqual(returned);
  expect(await db.rows({ name: 'arrays', text: `SELECT '{1,NULL,3}'::int8[] AS a, '{}'::int8[] AS b` }, [])).toEqual([
    { a: [1, null, 3], b: [] },
  ]);
});

const kept = {
  text: fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replaceAll('\u0000', '')),
  int2: fc.integer({ min: -32_768, max: 32_767 }),
  int4: fc.integer(),
  int8: fc.maxSafeInteger(),
  float8: fc.double({ noDefaultInfinity: true, noNaN: true }),
  bool: fc.boolean(),
  timestamptz: fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  }),
};
test('arrays come back as they were given, whatever is in them', async () => {
  for (const [type, value] of Object.entries(kept)) {
    // the cast to a list of rows reads them element by element, as every statement of ours does
    const statement = {
      name: `echo ${type}`,
      text: `SELECT v AS value FROM unnest($1::${type}[]) WITH ORDINALITY AS u(v, n) ORDER BY n`,
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option<unknown>(value as fc.Arbitrary<unknown>), { maxLength: 40 }),
        async (given) => {
          const rows = await db.rows<{ value: unknown }>(statement, [given]);
          expect(rows.map((row) => row.value)).toEqual(given);
        },
      ),
      { numRuns: 25 },
    );
  }
});

test.each([
  ['int4', [1.5]],
  ['int4', [2 ** 31]],
  ['int2', ['many']],
  ['timestamptz', ['yesterday evening']],
  ['text', ['a\u0000b']],
])('what is no %s is refused by PostgreSQL: %j', async (type, given) => {
  const statement = { name: `refuse ${type}`, text: `SELECT $1::${type}[] AS given` };
  expect(await failure(db.rows(statement, [given]))).toBeInstanceOf(pg.DatabaseError);
  expect(await db.rows(statement, [[]])).toEqual([{ given: [] }]);
});

test('an int8 that a number cannot hold is refused, not rounded, and the connection is fine', async () => {
  const cause = await failure(db.rows({ name: 'huge', text: 'SELECT 9007199254740993::int8 AS huge' }, []));
  expect(cause).toBeInstanceOf(RangeError);
  expect(await amounts(1)).toHaveLength(1);
});

test('what is thrown rolls back and is thrown on', async () => {
  const reason = new Error('changed my mind');
  const cause = await failure(
    db.transaction(async (tx) => {
      await tx.rows(insert, [2, 1]);
      throw reason;
    }),
  );
  expect(cause).toBe(reason);
  expect(await amounts(2)).toEqual([]);
});

test('a failure that is swallowed inside makes the whole transaction fail, as nothing of it was kept', async () => {
  const cause = await failure(
    db.transaction(async (tx) => {
      await tx.rows(insert, [3, 1]);
      await tx.rows(insert, [3, 1]).catch(() => undefined);
    }),
  );
  expect(cause).toMatchObject({ message: expect.stringContaining('rolled back'), cause: { code: '23505' } });
  expect(isTransient(cause)).toBe(false);
  expect(await amounts(3)).toEqual([]);
});

test('a constraint that fails at COMMIT is thrown, and the connection goes back in order', async () => {
  const later = { name: 'later', text: 'INSERT INTO later VALUES ($1)' };
  const cause = await failure(
    db.transaction(async (tx) => {
      await tx.rows(later, [1]);
      await tx.rows(later, [1]);
    }),
  );
  expect(cause).toMatchObject({ code: '23505' });
  await db.transaction((tx) => tx.rows(later, [1]));
  expect(db.pool.idleCount).toBeGreaterThan(0);
});

test('statements sent together are answered in order, each its own', async () => {
  const results = await db.transaction((tx) =>
    Promise.all([tx.rows(insert, [10, 1]), tx.rows(select, [[10]]), tx.rows(update, [10, 5]), tx.rows(select, [[10]])]),
  );
  expect(results).toEqual([[], [{ id: 10, amount: 1 }], [], [{ id: 10, amount: 6 }]]);
});

test('of statements sent together one that fails undoes all', async () => {
  const cause = await failure(
    db.transaction((tx) => Promise.all([tx.rows(insert, [11, 1]), tx.rows(insert, [1, 1]), tx.rows(insert, [12, 1])])),
  );
  expect(cause).toMatchObject({ code: '23505' });
  expect(await amounts(11, 12)).toEqual([]);
  expect(await db.transaction((tx) => tx.rows(select, [[11]]))).toEqual([]);
});

test('of statements sent together the one that failed is told, whichever of them the work hears of first', async () => {
  const refused = { name: 'refused', text: `SELECT refuse('57014')` };
  await db.pool.query(
    `CREATE FUNCTION refuse(state TEXT) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = state; END $$`,
  );
  const heard = await failure(
    db.transaction(async (tx) => {
      const [, behind] = await Promise.allSettled([tx.rows(refused, []), tx.rows(select, [[1]])]);
      if (behind.status === 'rejected') throw behind.reason;
    }),
  );
  const unheard = await failure(
    db.transaction(async (tx) => {
      await tx.rows(refused, []).catch(() => undefined);
      void tx.rows(select, [[1]]); // thrown by the transaction
    }),
  );
  expect([heard, unheard]).toEqual([
    expect.objectContaining({ code: '57014' }),
    expect.objectContaining({ code: '57014' }),
  ]);
});

test('statements that nobody waited for are part of the transaction, and so are their failures', async () => {
  await db.transaction(async (tx) => {
    void tx.rows(insert, [13, 1]); // waited for by the transaction
  });
  expect(await amounts(13)).toHaveLength(1);
  const cause = await failure(
    db.transaction(async (tx) => {
      await tx.rows(insert, [14, 1]);
      void tx.rows(insert, [13, 1]); // thrown by the transaction
    }),
  );
  expect(cause).toMatchObject({ code: '23505' });
  expect(await amounts(14)).toEqual([]);
});

test('a transaction that is over takes no more statements', async () => {
  let kept: Tx | undefined;
  await db.transaction((tx) => {
    kept = tx;
    return tx.rows(select, [[1]]);
  });
  expect(String(await failure(kept?.rows(insert, [20, 1]) ?? Promise.resolve()))).toContain('over');
  expect(await amounts(20)).toEqual([]);
});

test('a connection that breaks in the middle fails the transaction as transient and never goes back to the pool', async () => {
  let pid = 0;
  const cause = await failure(
    db.transaction(async (tx) => {
      pid = (await tx.rows<{ pid: number }>(backend, []))[0]?.pid ?? 0;
      await tx.rows(insert, [30, 1]);
      await terminate(pid);
      await tx.rows(insert, [31, 1]);
    }),
  );
  expect(isTransient(cause)).toBe(true);
  expect(await amounts(30, 31)).toEqual([]);
  const pids = await Promise.all([1, 2, 3].map(() => db.rows<{ pid: number }>(backend, [])));
  expect(pids.flat().map((row) => row.pid)).not.toContain(pid);
});

test('a connection that breaks while its transaction does something else is found out at COMMIT', async () => {
  const cause = await failure(
    db.transaction(async (tx) => {
      const pid = (await tx.rows<{ pid: number }>(backend, []))[0]?.pid ?? 0;
      await tx.rows(insert, [32, 1]);
      await terminate(pid);
      await until('it has ended', async () => {
        const { rowCount } = await admin.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
        return rowCount === 0;
      });
    }),
  );
  expect(isTransient(cause)).toBe(true);
  expect(await amounts(32)).toEqual([]);
});

test('connections that were cut while idle are replaced, and nobody notices but the log', async () => {
  await Promise.all([1, 2, 3].map(() => db.rows(backend, [])));
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await until('the pool has let go of them', () => db.pool.totalCount === 0);
  expect(await amounts(1)).toHaveLength(1);
});

const letGo = (pid: number) =>
  until('the server has let go of it', async () => {
    const { rowCount } = await db.pool.query('SELECT FROM pg_stat_activity WHERE pid = $1', [pid]);
    return rowCount === 0;
  });

test('a process that freezes in the middle of a transaction keeps its locks for ten seconds, not until TCP gives up', async () => {
  await db.rows(insert, [50, 0]);
  const frozen = connect(db.url);
  let thaw = (): void => undefined;
  let thawed: Promise<unknown> = Promise.resolve();
  const held = new Promise<void>((resolve) => {
    const transaction = frozen.transaction(async (tx) => {
      await tx.rows(update, [50, 1]);
      resolve();
      await new Promise<void>((wake) => {
        thaw = wake;
      });
    });
    thawed = failure(transaction);
  });
  await held;
  const since = performance.now();
  await db.rows(update, [50, 10]);
  expect(performance.now() - since).toBeLessThan(30_000);
  thaw();
  expect(isTransient(await thawed)).toBe(true); // it is tried again
  expect(await amounts(50)).toEqual([{ id: 50, amount: 10 }]);
  await frozen.close();
});

test('a statement that was given up while it waited for a lock leaves nobody waiting at the server', async () => {
  await db.rows(insert, [51, 0]);
  const impatient = connect(db.url);
  const [{ pid } = { pid: 0 }] = await impatient.rows<{ pid: number }>(backend, []);
  await admin.query('BEGIN; UPDATE amounts SET amount = 5 WHERE id = 51');
  const patience: { readonly query_timeout: number } = { query_timeout: 200 };
  const giveUp = { text: 'UPDATE amounts SET amount = 6 WHERE id = 51', ...patience };
  expect(isTransient(await failure(impatient.pool.query(giveUp)))).toBe(true);
  await letGo(pid);
  await admin.query('COMMIT');
  expect(await amounts(51)).toEqual([{ id: 51, amount: 5 }]);
  await impatient.close();
});

test('a connection with something on its way is closed at once where it is discarded', async () => {
  const one = connect(db.url);
  const [{ pid } = { pid: 0 }] = await one.rows<{ pid: number }>(backend, []);
  const cause = await failure(
    one.transaction((tx) =>
      Promise.all([
        tx.rows({ name: 'huge in between', text: 'SELECT 9007199254740993::int8 AS huge' }, []),
        tx.rows({ name: 'long', text: 'SELECT pg_sleep(50)' }, []),
      ]),
    ),
  );
  expect(cause).toBeInstanceOf(RangeError);
  await letGo(pid);
  await one.close();
});

test('two transactions in each other’s way: one is told to try again', async () => {
  await db.rows(insert, [40, 0]);
  await db.rows(insert, [41, 0]);
  let arrived = 0;
  const cross = (first: number, second: number) =>
    db.transaction(async (tx) => {
      await tx.rows(update, [first, 1]);
      arrived += 1;
      await until('the other is there', () => arrived === 2);
      await tx.rows(update, [second, 1]);
    });
  const settled = await Promise.allSettled([cross(40, 41), cross(41, 40)]);
  const causes = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  expect(causes).toEqual([expect.objectContaining({ code: '40P01' })]);
  expect(isTransient(causes[0])).toBe(true);
  expect(await amounts(40, 41)).toEqual([
    { id: 40, amount: 1 },
    { id: 41, amount: 1 },
  ]);
});

test('connections to what has become a standby are given up with the first that says so, and the new primary is asked', async () => {
  const name = new URL(db.url).pathname.slice(1);
  // who is connected before the failover is over may read, and will never write
  await admin.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
  const pinned = connectDatabase({ connection: { connectionString: db.url }, url: db.url, poolSize: 3, log: quiet });
  const slow = { name: 'slow', text: 'SELECT pg_backend_pid() AS pid FROM pg_sleep(0.2)' };
  const pids = async () => {
    const held = await Promise.all([1, 2, 3].map(() => pinned.rows<{ pid: number }>(slow, [])));
    return new Set(held.flat().map(({ pid }) => pid));
  };
  try {
    const old = await pids();
    expect(old.size).toBe(3);
    await admin.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    const write = () => pinned.transaction((tx) => tx.rows(insert, [60, 1]));
    const cause = await failure(write());
    expect(cause).toMatchObject({ code: '25006' });
    expect(isTransient(cause)).toBe(true);
    await write();
    expect([...(await pids())].filter((pid) => old.has(pid))).toEqual([]);
  } finally {
    await admin.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await pinned.close();
  }
});

test('a statement whose result changed shape by a migration fails once, as transient, and then works', async () => {
  const all = { name: 'all', text: 'SELECT * FROM shaped' };
  await db.pool.query('CREATE TABLE shaped (a INTEGER)');
  const one = connect(db.url);
  await one.rows(all, []);
  await one.pool.query('ALTER TABLE shaped ADD COLUMN b INTEGER');
  const cause = await failure(one.rows(all, []));
  expect(isTransient(cause)).toBe(true);
  expect(await one.rows(all, [])).toEqual([]);
  await one.close();
});

/** Says what it has to say of faults as a server with lc_messages of another language does: the severity and the message. */
function inAnotherLanguage(): Socket {
  const socket = new Socket();
  const on = socket.on.bind(socket);
  const said = /SERROR\0VERROR\0C([0-9A-Z]{5})\0M([^\0]+)\0/g;
  const translated = (data: Buffer): Buffer => {
    const text = data.toString('latin1');
    const other = text.replace(said, (_, code, what) => `SFEHLR\0VERROR\0C${code}\0M${'x'.repeat(what.length)}\0`);
    return Buffer.from(other, 'latin1');
  };
  const listen = (event: string, listener: (data: Buffer) => void): Socket =>
    on(event, event === 'data' ? (data: Buffer) => listener(translated(data)) : listener);
  socket.on = listen as typeof socket.on; // its overloads are passed through as they are
  return socket;
}

test('a server that speaks another language is understood', async () => {
  const connection: pg.PoolConfig & { stream: () => Socket } = { connectionString: db.url, stream: inAnotherLanguage };
  const one = connectDatabase({ connection, url: db.url, poolSize: 1, log: quiet });
  const [before] = await one.rows(backend, []);
  await one.rows(insert, [77, 1]);
  const refused = await failure(one.rows(insert, [77, 1]));
  expect(refused).toMatchObject({ code: '23505', severity: 'FEHLR' });
  expect(isTransient(refused)).toBe(false);
  expect(await one.rows(backend, [])).toEqual([before]); // a refusal costs no connection

  await one.pool.query('CREATE TABLE translated (a INTEGER)');
  const all = { name: 'all_translated', text: 'SELECT * FROM translated' };
  await one.rows(all, []);
  await one.pool.query('ALTER TABLE translated ADD COLUMN b INTEGER');
  expect(isTransient(await failure(one.rows(all, [])))).toBe(true);
  expect(await one.rows(all, [])).toEqual([]);
  await one.pool.query('DEALLOCATE ALL');
  expect(isTransient(await failure(one.rows(all, [])))).toBe(true);
  expect(await one.rows(all, [])).toEqual([]);

  await one.pool.query('CREATE TABLE parts (a INTEGER) PARTITION BY LIST (a)');
  await one.pool.query('CREATE TABLE parts_1 PARTITION OF parts FOR VALUES IN (1)');
  const astray = await failure(one.rows({ name: 'astray', text: 'INSERT INTO parts_1 (a) VALUES (2)' }, []));
  expect(astray).toMatchObject({ code: '23514', message: expect.stringMatching(/^x+$/) });
  expect(isTransient(astray)).toBe(true);
  await one.close();
});

test('Prisma works on the same pool: transactions, refusals, 64-bit numbers', async () => {
  const organization = await db.prisma.organization.create({ data: { id: 'org_1', name: 'One' } });
  await db.prisma.chargePointSequence.create({ data: { chargePointId: 'cp_1', lastSequence: 2n ** 40n } });
  expect((await db.prisma.chargePointSequence.findMany())[0]?.lastSequence).toBe(2n ** 40n);
  await expect(db.prisma.organization.create({ data: { id: 'org_1', name: 'Again' } })).rejects.toMatchObject({
    code: 'P2002',
  });
  const reason = new Error('no');
  await expect(
    db.prisma.$transaction(async (tx) => {
      await tx.organization.update({ where: { id: 'org_1' }, data: { name: 'Changed' } });
      throw reason;
    }),
  ).rejects.toBe(reason);
  const together = await Promise.all(
    Array.from({ length: 20 }, () => db.prisma.organization.findUniqueOrThrow({ where: { id: 'org_1' } })),
  );
  expect(together).toEqual(Array.from({ length: 20 }, () => organization));
});

test.each([
  [{ code: '57P01' }, true],
  [{ code: '53300' }, true],
  [{ code: '08006' }, true],
  [{ code: '40001' }, true],
  [{ code: '57014' }, true],
  [{ code: 'ECONNREFUSED' }, true],
  [new AggregateError([Object.assign(new Error('no'), { code: 'ECONNREFUSED' })]), true],
  [new Error('timeout exceeded when trying to connect'), true],
  [new Error('Query read timeout'), true],
  [{ code: 'P1001' }, true],
  [new Error('wrapped', { cause: { code: '57P03' } }), true],
  [{ cause: { kind: 'postgres', originalCode: '40P01' } }, true],
  [{ code: '23505' }, false],
  [{ code: '22P02' }, false],
  [{ code: '42P01' }, false],
  [{ code: 'P2002' }, false],
  [new Error('Connection of the charger terminated'), false],
  [new TypeError('x is not a function'), false],
  [undefined, false],
])('%p is transient: %p', (cause, expected) => {
  expect(isTransient(cause)).toBe(expected);
});

test('a server that cannot be reached is a transient fault, on the hot path and through Prisma', async () => {
  const away = connect('postgresql://nobody@127.0.0.1:1/nothing');
  expect(isTransient(await failure(away.rows(backend, [])))).toBe(true);
  expect(isTransient(await failure(away.transaction((tx) => tx.rows(backend, []))))).toBe(true);
  expect(isTransient(await failure(away.prisma.organization.count()))).toBe(true);
  await away.close();
});

/** Nobody is asked: each new connection fails like that. */
function failing(fault: object, message = 'no') {
  const stream = (): Socket => {
    const socket = new Socket();
    socket.connect = () => {
      setImmediate(() => socket.emit('error', Object.assign(new Error(message), fault)));
      return socket;
    };
    return socket;
  };
  const connection: pg.PoolConfig & { stream: () => Socket } = { host: '127.0.0.1', user: 'nobody', stream };
  return connectDatabase({ connection, url: 'postgresql://127.0.0.1', poolSize: 1, log: quiet });
}

test.each([
  ['a password that was changed', { code: '28P01', severity: 'FATAL' }],
  ['a role that may not log in', { code: '28000', severity: 'FATAL' }],
  ['a database that is not there', { code: '3D000', severity: 'FATAL' }],
  ['no file descriptor left', { code: 'EMFILE', syscall: 'connect', errno: -24 }],
  ['none left on the machine', { code: 'ENFILE', syscall: 'connect', errno: -23 }],
  ['no port left', { code: 'EADDRNOTAVAIL', syscall: 'connect', errno: -99 }],
  ['an expired certificate', { code: 'CERT_HAS_EXPIRED' }],
  ['a certificate of nobody', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
  ['a certificate of somebody else', { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }],
])('a connection that is not to be had for %s is nobody’s fault who wants one', async (_why, fault) => {
  const refusing = failing(fault);
  const cause = await failure(refusing.rows(backend, []));
  expect(cause).toMatchObject({ message: 'No connection to the database could be opened: no', cause: fault });
  expect(isTransient(cause)).toBe(true);
  expect(isTransient(await failure(refusing.transaction((tx) => tx.rows(backend, []))))).toBe(true);
  expect(isTransient(await failure(refusing.prisma.organization.count()))).toBe(true);
  expect(isTransient(await failure(refusing.prisma.$transaction((tx) => tx.organization.count())))).toBe(true);
  await refusing.close();
});

test('a start with a role that may not log in does not wait for it: it is told', async () => {
  const role = `nobody_${new URL(db.url).pathname.slice(1)}`.slice(0, 60);
  const url = new URL(db.url);
  url.username = role;
  await admin.query(`CREATE ROLE ${role} NOLOGIN`);
  try {
    const opened = openDatabase({ url: url.href, dataDir: '', log: quiet, onFatal: () => undefined });
    const cause = await failure(opened);
    expect(cause).toMatchObject({ code: '28000', message: `role "${role}" is not permitted to log in` });
    expect(isTransient(cause)).toBe(false);
  } finally {
    await admin.query(`DROP ROLE ${role}`);
  }
});

/** A server that ends each connection in the same packet in which it says that it is ready. */
async function aServerThatEnds(): Promise<Server> {
  const message = (type: string, body: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeInt32BE(body.length + 4);
    return Buffer.concat([Buffer.from(type), length, body]);
  };
  const fatal = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.end(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I')), message('E', fatal)]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

test('a connection that an administrator ends while it is being handed over refuses its query, and ends nothing else', async () => {
  const server = await aServerThatEnds();
  const { port } = server.address() as AddressInfo; // as: it listens on a port
  const connectionString = `postgresql://nobody@127.0.0.1:${port}/nothing`;
  const cut = connect(connectionString);
  for (let i = 0; i < 3; i += 1) {
    const refused = await failure(cut.rows(backend, []));
    expect(isTransient(refused)).toBe(true);
  }
  await cut.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test('what a URL says of its own comes beside what every connection sets, and wins', async () => {
  const url = new URL(db.url);
  url.searchParams.set('options', '-c search_path=public,pg_temp -c statement_timeout=7s');
  const own = connect(url.href);
  try {
    const of = (name: string) => own.rows({ name: `of_${name}`, text: `SHOW ${name}` }, []);
    expect([await of('search_path'), await of('statement_timeout')]).toEqual([
      [{ search_path: 'public,pg_temp' }],
      [{ statement_timeout: '7s' }],
    ]);
    expect(await of('idle_in_transaction_session_timeout')).toEqual([{ idle_in_transaction_session_timeout: '10s' }]);
    expect(await of('plan_cache_mode')).toEqual([{ plan_cache_mode: 'force_generic_plan' }]);
  } finally {
    await own.close();
  }
});

import { expect, test } from '@jest/globals';
import { NoConnection } from '../../src/database/transient.ts';
import { faultOf, watchDatabase } from '../../src/database/watched.ts';
import { countLines, createLogger, createMetrics, createOwnClock } from '../../src/telemetry/index.ts';

test('what the rooms declare is told in Prometheus text under dynamo_', async () => {
  const metrics = createMetrics({ processMetrics: false });
  const messages = metrics.counter('ocpp_messages_total', 'Messages', ['direction', 'action']);
  messages.inc({ direction: 'in', action: 'Heartbeat' });
  messages.inc({ direction: 'in', action: 'Heartbeat' }, 2);
  metrics.counter('sql_statements_total', 'Statements').inc();
  metrics.histogram('ingest_batch_seconds', 'Batches').observe(0.004);
  metrics.histogram('ingest_batch_inputs', 'Inputs', { buckets: [1, 10] }).observe(5);
  let connected = 3;
  metrics.gauge('connections', 'Connected chargers', () => connected);
  metrics.gauges('deliveries', 'Deliveries', 'status', () => [['pending', connected]]);
  connected = 4;
  const text = await metrics.metrics();
  expect(text).toContain('dynamo_ocpp_messages_total{direction="in",action="Heartbeat"} 3');
  expect(text).toContain('dynamo_sql_statements_total 1');
  expect(text).toContain('dynamo_ingest_batch_seconds_bucket{le="0.005"} 1');
  expect(text).toContain('dynamo_ingest_batch_inputs_bucket{le="10"} 1');
  expect(text).toContain('dynamo_connections 4');
  expect(text).toContain('dynamo_deliveries{status="pending"} 4');
  expect(metrics.contentType).toMatch(/^text\/plain/);
});

test('the process itself is measured too', async () => {
  const text = await createMetrics().metrics();
  expect(text).toMatch(/^process_resident_memory_bytes \d/m);
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
});

test.each(['charge_point_id', 'identity', 'session', 'token_uid', 'organization_id'])(
  'a metric cannot have the label %s, which grows with the installation',
  (label) => {
    const metrics = createMetrics({ processMetrics: false });
    expect(() => metrics.counter('x_total', 'x', [label])).toThrow(/label without bound/);
  },
);

test('two registries know nothing of each other, and a counter ends in _total', async () => {
  const one = createMetrics({ processMetrics: false });
  one.counter('x_total', 'x').inc();
  const two = createMetrics({ processMetrics: false });
  two.counter('x_total', 'x');
  expect(await two.metrics()).toContain('dynamo_x_total 0');
  expect(() => two.counter('messages', 'x')).toThrow(/_total/);
});

test('a label that the code has no list of is refused', () => {
  const metrics = createMetrics({ processMetrics: false });
  expect(() => metrics.histogram('x_seconds', 'x', { labels: ['remote_address'] })).toThrow(/label without bound/);
  expect(() => metrics.gauges('x', 'x', 'vendor', () => [])).toThrow(/label without bound/);
});

test('a stall of the process and a clock that is set are told apart, and small corrections are neither', () => {
  let [wall, monotonic] = [1_000_000, 0];
  const told: string[] = [];
  const clock = createOwnClock({
    wallMs: () => wall,
    monotonicMs: () => monotonic,
    onStall: (seconds) => told.push(`stall ${seconds}`),
    onJump: (direction, seconds) => told.push(`${direction} ${seconds}`),
  });
  const pass = (wallMs: number, monotonicMs: number) => {
    wall += wallMs;
    monotonic += monotonicMs;
    clock.tick();
    return told.splice(0);
  };
  expect(pass(1000, 1000)).toEqual([]);
  expect(pass(3200, 1300)).toEqual([]);
  expect(pass(4000, 4000)).toEqual(['stall 3']);
  expect(pass(86_401_000, 1000)).toEqual(['forward 86400']);
  expect(pass(-3_599_000, 1000)).toEqual(['backward 3600']);
  expect(pass(-1000, 3000)).toEqual(['stall 2', 'backward 4']);
});

test('lines of the log are counted by level, those of its children too', () => {
  const counted: string[] = [];
  const log = countLines(createLogger({ level: 'silent' }), (level) => counted.push(level));
  log.info({}, 'x');
  log.warn({}, 'x');
  log.child({ a: 1 }).error({}, 'x');
  expect(counted).toEqual(['warn', 'error']);
});

test.each([
  [{ code: '53300' }, 'exhausted'],
  [new Error('timeout exceeded when trying to connect'), 'exhausted'],
  [{ code: '53100' }, 'no_space'],
  [{ code: '57014' }, 'timeout'],
  [new Error('Query read timeout'), 'timeout'],
  [{ code: '40P01' }, 'conflict'],
  [new Error('the database did not answer', { cause: { code: 'ECONNREFUSED' } }), 'unreachable'],
  [new Error('Connection terminated unexpectedly'), 'unreachable'],
  [{ code: '57P03' }, 'unreachable'],
  [new NoConnection(Object.assign(new Error('no'), { code: '28P01' })), 'unreachable'],
  [new NoConnection(Object.assign(new Error('no'), { code: 'CERT_HAS_EXPIRED' })), 'unreachable'],
  [new NoConnection(Object.assign(new Error('sorry'), { code: '53300' })), 'exhausted'],
  [new NoConnection(new Error('timeout exceeded when trying to connect')), 'exhausted'],
  [{ code: 'P2034' }, 'other'],
])('a fault of the database like %p is %s', (cause, kind) => {
  expect(faultOf(cause)).toBe(kind);
});

test('how long the database has been silent is counted from its last answer, a refusal included', async () => {
  let at = 0;
  const faults: string[] = [];
  const answers: (() => Promise<never[]>)[] = [
    () => Promise.resolve([]),
    () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })),
    () => Promise.reject(Object.assign(new Error('duplicate key'), { code: '23505' })),
    () => Promise.reject(new NoConnection(Object.assign(new Error('wrong password'), { code: '28P01' }))),
  ];
  const given = { rows: () => answers.shift()?.() } as unknown as Parameters<typeof watchDatabase>[0]; // all that is asked here
  const db = watchDatabase(given, { fault: (kind) => faults.push(kind) }, () => at);
  const ask = () => db.rows({ name: 'x', text: 'x' }, []).catch(() => undefined);
  at = 5_000;
  expect(db.silentMs()).toBe(5_000);
  await ask();
  expect(db.silentMs()).toBe(0);
  at = 8_000;
  await ask();
  expect(db.silentMs()).toBe(3_000);
  expect(faults).toEqual(['unreachable']);
  await ask();
  expect(db.silentMs()).toBe(0);
  expect(faults).toHaveLength(1);
  at = 9_000;
  await ask();
  expect(db.silentMs()).toBe(1_000);
  expect(faults).toEqual(['unreachable', 'unreachable']);
});

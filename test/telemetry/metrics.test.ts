import { expect, test } from '@jest/globals';
import { createMetrics } from '../../src/telemetry/index.ts';

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

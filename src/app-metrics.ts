/** What every room measures, declared once on the registry (telemetry/metrics.ts). Names are listed in docs/operations.md. */
import type { RequestFacts } from './http/index.ts';
import type { IngestMetrics } from './ingest/index.ts';
import type { TransportMetrics } from './ocpp/index.ts';
import type { Metrics } from './telemetry/index.ts';
import type { WebhookMetrics } from './webhooks/index.ts';

const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500];

export function ingestMetrics(metrics: Metrics): IngestMetrics {
  const sizes = metrics.histogram('ingest_batch_inputs', 'Inputs in one transaction', { buckets: SIZES });
  const seconds = metrics.histogram('ingest_batch_seconds', 'Length of one transaction');
  const retries = metrics.counter('ingest_retries_total', 'Transactions tried again because the database was away');
  const poisoned = metrics.counter('ingest_poisoned_total', 'Inputs that could not be processed', ['room', 'type']);
  const ignored = metrics.counter('ingest_ignored_total', 'Inputs that moved nothing, by reason', [
    'room',
    'type',
    'why',
  ]);
  return {
    batch: (size, took) => {
      sizes.observe(size);
      seconds.observe(took);
    },
    retried: () => retries.inc(),
    poisoned: (room, type) => poisoned.inc({ room, type }),
    ignored: (room, type, why) => ignored.inc({ room, type, why }),
  };
}

export function transportMetrics(metrics: Metrics): TransportMetrics {
  const knocks = metrics.counter('ocpp_connection_attempts_total', 'Upgrade requests by outcome', ['outcome']);
  const opened = metrics.counter('ocpp_connections_opened_total', 'Sockets that were accepted', ['protocol']);
  const closed = metrics.counter('ocpp_connections_closed_total', 'Sockets that ended, by reason', [
    'protocol',
    'reason',
  ]);
  const inbound = metrics.histogram('ocpp_inbound_seconds', 'From a call of a charger to its answer', {
    labels: ['protocol', 'action', 'outcome'],
  });
  const outbound = metrics.histogram('ocpp_outbound_seconds', 'From a call to a charger to its answer', {
    labels: ['protocol', 'action', 'outcome'],
  });
  const stray = metrics.counter('ocpp_stray_messages_total', 'Messages that were no call and belonged to nothing', [
    'protocol',
    'what',
  ]);
  return {
    knock: (outcome) => knocks.inc({ outcome }),
    opened: (protocol) => opened.inc({ protocol }),
    closed: (protocol, reason) => closed.inc({ protocol, reason }),
    inbound: (protocol, action, outcome, seconds) => inbound.observe({ protocol, action, outcome }, seconds),
    outbound: (protocol, action, outcome, seconds) => outbound.observe({ protocol, action, outcome }, seconds),
    stray: (protocol, what) => stray.inc({ protocol, what }),
  };
}

export function webhookMetrics(metrics: Metrics): WebhookMetrics {
  const attempts = metrics.histogram('webhook_attempt_seconds', 'Length of one attempt', { labels: ['outcome'] });
  const completed = metrics.counter('webhook_deliveries_total', 'Deliveries that came to their end', ['status']);
  const waited = metrics.histogram(
    'webhook_commit_to_send_seconds',
    'From the commit of an event to its first attempt',
  );
  return {
    attempted: (outcome, seconds) => attempts.observe({ outcome }, seconds),
    completed: (status) => completed.inc({ status }),
    waited: (seconds) => waited.observe(seconds),
  };
}

export function requestMetrics(metrics: Metrics): (facts: RequestFacts) => void {
  const seconds = metrics.histogram('http_request_seconds', 'REST requests by route', {
    labels: ['method', 'route', 'status'],
  });
  return (facts) =>
    seconds.observe(
      { method: facts.method, route: facts.route ?? 'unknown', status: String(facts.status) },
      facts.seconds,
    );
}

export function jobMetrics(metrics: Metrics): (job: string, seconds: number, ok: boolean) => void {
  const seconds = metrics.histogram('job_seconds', 'Runs of the scheduled jobs', { labels: ['job', 'outcome'] });
  return (job, took, ok) => seconds.observe({ job, outcome: ok ? 'ok' : 'failed' }, took);
}

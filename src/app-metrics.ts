/** What every room measures, declared once on the registry (telemetry/metrics.ts). Names are listed in docs/operations.md. */
import { type DatabaseMetrics, databaseFaults, type WatchedDatabase } from './database/index.ts';
import type { RequestFacts } from './http/index.ts';
import type { IngestMetrics } from './ingest/index.ts';
import type { LoadMetrics } from './load-management/index.ts';
import type { Transport, TransportMetrics } from './ocpp/index.ts';
import { createOwnClock, type Metrics, type OwnClock } from './telemetry/index.ts';
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
  const disabled = metrics.counter('webhook_endpoints_disabled_total', 'Endpoints that were switched off', ['reason']);
  for (const reason of ['gone', 'failing'] as const) disabled.inc({ reason }, 0);
  return {
    attempted: (outcome, seconds) => attempts.observe({ outcome }, seconds),
    completed: (status) => completed.inc({ status }),
    waited: (seconds) => waited.observe(seconds),
    disabled: (reason) => disabled.inc({ reason }),
  };
}

/** What kept the database from answering. Each kind is there from the start, so that the first fault is an increase. */
export function databaseMetrics(metrics: Metrics): DatabaseMetrics {
  const faults = metrics.counter('database_faults_total', 'Statements and transactions without an answer', ['kind']);
  for (const kind of databaseFaults) faults.inc({ kind }, 0);
  return { fault: (kind) => faults.inc({ kind }) };
}

/** Lines of the log that somebody may have to look at. */
export function logMetrics(metrics: Metrics): (level: 'warn' | 'error') => void {
  const lines = metrics.counter('log_lines_total', 'Lines of the log by level', ['level']);
  for (const level of ['warn', 'error'] as const) lines.inc({ level }, 0);
  return (level) => lines.inc({ level });
}

/** Connections of processes that died, announced as lost by this one. */
export function takeoverMetrics(metrics: Metrics): (connections: number) => void {
  const lost = metrics.counter('node_lost_connections_total', 'Connections of dead processes that were given up');
  return (connections) => lost.inc(connections);
}

/** Counts what this process's own clocks do; whoever asks for it starts and stops it. */
export function clockMetrics(metrics: Metrics): OwnClock {
  const stalls = metrics.counter('event_loop_stalls_total', 'Times when nothing ran for more than a second');
  const jumps = metrics.counter('clock_jumps_total', 'Times when the wall clock was set', ['direction']);
  for (const direction of ['forward', 'backward'] as const) jumps.inc({ direction }, 0);
  return createOwnClock({
    wallMs: () => Date.now(),
    monotonicMs: () => performance.now(),
    onStall: () => stalls.inc(),
    onJump: (direction) => jumps.inc({ direction }),
  });
}

/** What is read when somebody looks. */
export function readMetrics(
  metrics: Metrics,
  of: {
    readonly db: WatchedDatabase;
    readonly transport: Pick<Transport, 'size' | 'pressure'>;
    readonly ingestWaiting: () => number;
    readonly framesWaiting: () => number;
    readonly streamsOpen: () => number;
    readonly deliveriesInFlight: () => number;
    readonly oldestDueS: () => number;
    readonly isStopping: () => boolean;
  },
): void {
  const { db, transport } = of;
  const { pressure } = transport;
  metrics.total('sql_statements_total', 'SQL statements sent by this process', db.statements);
  metrics.gauge('database_silent_seconds', 'Since the database answered anything', () => db.silentMs() / 1000);
  metrics.gauges('database_connections', 'Connections to the database, and who waits for one', 'state', () =>
    Object.entries(db.connections()),
  );
  metrics.gauge('ocpp_connections', 'Chargers connected to this process', transport.size);
  metrics.gauge('ocpp_upgrades_waiting', 'Chargers that wait to be let in', () => pressure().upgradesWaiting);
  metrics.gauge('ocpp_connections_paused', 'Connections that are not read for the moment', () => pressure().paused);
  metrics.gauge('ocpp_waiting_messages', 'Messages that wait for their turn', () => pressure().messages);
  metrics.gauge('ocpp_unread_bytes', 'Bytes that chargers have not taken yet', () => pressure().unreadBytes);
  metrics.gauge('ingest_waiting_inputs', 'Inputs that wait or are in a transaction', of.ingestWaiting);
  metrics.gauge('frames_waiting', 'Frames that are not written yet', of.framesWaiting);
  metrics.gauge('http_streams', 'Streams of events that are open', of.streamsOpen);
  metrics.gauge('webhook_oldest_due_seconds', 'How long the most overdue delivery waits', of.oldestDueS);
  metrics.gauge('webhook_in_flight', 'Deliveries being sent', of.deliveriesInFlight);
  metrics.gauge('stopping', '1 while this process ends', () => Number(of.isStopping()));
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

/** Sharing the supply of sites: how long a look takes, how the site stands, and how many limits are sent. */
export function loadMetrics(metrics: Metrics): LoadMetrics {
  const seconds = metrics.histogram('load_look_seconds', 'Looks at a site, by how it stands (met, lowering, unmet)', {
    labels: ['state'],
  });
  const sent = metrics.counter(
    'load_limits_sent_total',
    'Limits that chargers were sent to share the supply of their site',
  );
  return {
    looked: (took, state, limits) => {
      seconds.observe({ state }, took);
      sent.inc(limits);
    },
  };
}

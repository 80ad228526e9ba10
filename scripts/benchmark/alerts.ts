/**
 * Alerts of a fleet: what the sweeps cost while all is well, and how soon it is told when a part of it goes silent, in one group and one by
 * one. In this process, on an embedded PostgreSQL: the same ingest, event writer and job as the server's, at the server's rhythm.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { alertsParticipant, createAlertJobs } from '../../src/alerts/index.ts';
import { stations } from '../../src/charge-points/index.ts';
import { isTransient, openDatabase } from '../../src/database/index.ts';
import { createIngest, participant } from '../../src/ingest/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { createLogger } from '../../src/telemetry/index.ts';
import { createWebhooks } from '../../src/webhooks/index.ts';
import { createRecorder } from './measure.ts';
import { postgresUnder } from './processes.ts';
import { type Row, rounded } from './rows.ts';

/** As the server's job: every 10 s. */
const RHYTHM_MS = 10_000;
/** Instead of five minutes: the bench does not wait for what changes nothing. */
const FOR_S = 5;
const QUIET_SWEEPS = 20;

type Told = (row: Row) => void;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export async function alertScenarios(folder: string, chargers: number, told: Told): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const dataDir = mkdtempSync(join(folder, 'alerts-'));
  const log = createLogger({ level: 'error' });
  const db = await openDatabase({
    dataDir,
    poolSize: 8,
    log,
    onFatal: (why) => log.error({ why }, 'the database is lost'),
  });
  const postgres = postgresUnder(process.pid);
  const now = () => new Date();
  const webhooks = createWebhooks({
    db,
    nodeId: 'node_bench',
    clock: { now },
    log,
    keyRing: { encrypt: (plain) => plain, decrypt: (sealed) => sealed },
    metrics: { attempted: () => {}, completed: () => {}, waited: () => {}, disabled: () => {} },
    allowSubnets: [],
    timeoutMs: 1000,
    retryOffsetsS: [3600],
    caPem: undefined,
    retentionDays: 30,
  });
  const ingest = createIngest({
    db,
    participants: [participant(stations), participant(alertsParticipant({ isMailing: true }))],
    eventWriter: webhooks.eventWriter,
    isTransient,
    onWake: () => {},
    now,
    log,
    metrics: { batch: () => {}, retried: () => {}, poisoned: () => {}, ignored: () => {} },
    lanes: 2,
  });
  const nodeId = newId('node');
  const jobs = createAlertJobs({ db, submit: ingest.submit, nodeId, now, log, mailer: undefined });
  const run = async (text: string, values: readonly unknown[]): Promise<void> => {
    await db.pool.query(text, [...values]);
  };

  /** An organization with that many chargers, all there and well. */
  async function fleet(): Promise<{ organizationId: string; ids: string[] }> {
    const organizationId = newId('org');
    const ids = Array.from({ length: chargers }, () => newId('cp'));
    await run('INSERT INTO organizations (id, name) VALUES ($1, $1)', [organizationId]);
    await run(
      `INSERT INTO charge_points (id, organization_id, identity) SELECT id, $1, id FROM unnest($2::text[]) AS u(id)`,
      [organizationId, ids],
    );
    await run('INSERT INTO charge_point_sequences (charge_point_id) SELECT unnest($1::text[])', [ids]);
    await run(
      `INSERT INTO charge_point_states (charge_point_id, organization_id, connected, generation, protocol, connected_at, last_seen_at, last_message_at)
       SELECT id, $1, true, 1, 'ocpp1.6', now(), now(), now() + interval '1 day' FROM unnest($2::text[]) AS u(id)`,
      [organizationId, ids],
    );
    await run(
      `INSERT INTO connectors (charge_point_id, organization_id, evse_id, connector_id, status, raw_status, status_at, received_at)
       SELECT id, $1, n, n, 'available', 'Available', now(), now() FROM unnest($2::text[]) AS u(id), generate_series(1, 2) AS n`,
      [organizationId, ids],
    );
    await run(
      `INSERT INTO webhook_endpoints (id, organization_id, url, events, active, created_at, updated_at)
       VALUES ($1, $2, 'https://receiver.invalid/', '{*}', false, now(), now())`,
      [newId('whe'), organizationId],
    );
    await run(
      `INSERT INTO alert_recipients (id, organization_id, email, min_severity, resolved, active, created_by, created_at, updated_at)
       VALUES ($1, $2, 'oncall@example.com', 'info', true, true, 'bench', now(), now())`,
      [newId('alt'), organizationId],
    );
    await run(
      `INSERT INTO alert_rules (organization_id, rule, scope_id, for_s, updated_at, updated_by) VALUES ($1, 'offline', '', $2, now(), 'bench')`,
      [organizationId, FOR_S],
    );
    return { organizationId, ids };
  }

  const row = (
    scenario: string,
    recorder: ReturnType<typeof createRecorder>,
    more: Pick<Row, 'messages' | 'databaseCpuS' | 'note'>,
  ): Row => ({
    ...{ scenario, target: 'server', chargers, perS: 0, errors: 0, serverCpuS: 0 },
    ...recorder.percentiles(),
    ...more,
  });

  /** Sweeps at the server's rhythm until `count` of that type are told; latencies from when they were due. */
  async function until(organizationId: string, type: string, count: number, dueAt: number) {
    const recorder = createRecorder();
    const sweeps = createRecorder();
    const cpu = postgres.cpuSeconds();
    const begun = Date.now();
    let found = 0;
    for (let turn = 1; found < count && turn <= 12; turn += 1) {
      const before = performance.now();
      await jobs.sweep();
      sweeps.add(performance.now() - before);
      const { rows } = await db.pool.query<{ at: Date }>(
        'SELECT created_at AS at FROM domain_events WHERE organization_id = $1 AND type = $2 ORDER BY id',
        [organizationId, type],
      );
      for (const { at } of rows.slice(found)) recorder.add(Math.max(0, at.getTime() - dueAt));
      found = rows.length;
      if (found < count) await pause(Math.max(0, begun + turn * RHYTHM_MS - Date.now()));
    }
    return { found, recorder, longestMs: sweeps.percentiles().max, cpuS: rounded(postgres.cpuSeconds() - cpu, 2) };
  }

  async function silence(
    name: string,
    { organizationId, ids }: { organizationId: string; ids: string[] },
    expected: number,
  ): Promise<void> {
    const silent = ids.slice(0, Math.floor(chargers / 10));
    const receivedAt = now();
    await Promise.all(
      silent.map((chargePointId) =>
        ingest.submit({
          room: 'stations',
          type: 'disconnected',
          chargePointId,
          receivedAt,
          generation: 1,
          reason: 'timeout',
        }),
      ),
    );
    const begun = await until(organizationId, 'alert.triggered', expected, receivedAt.getTime() + FOR_S * 1000);
    told(
      row(`alerts, ${name}`, begun.recorder, {
        messages: begun.found,
        databaseCpuS: begun.cpuS,
        note: `${silent.length} silent, ${begun.found} alerts; ms from due to committed; longest sweep ${begun.longestMs} ms`,
      }),
    );
    const backAt = now();
    await Promise.all(
      silent.map((chargePointId) =>
        ingest.submit({
          ...{ room: 'stations', type: 'connected', chargePointId, receivedAt: backAt, nodeId, protocol: 'ocpp1.6' },
          ...{ securityProfile: 1, remoteAddress: '127.0.0.1' },
        }),
      ),
    );
    const ended = await until(organizationId, 'alert.resolved', expected, backAt.getTime());
    told(
      row(`alerts, ${name}, over`, ended.recorder, {
        messages: ended.found,
        databaseCpuS: ended.cpuS,
        note: `${ended.found} resolved; ms from back to committed; longest sweep ${ended.longestMs} ms`,
      }),
    );
  }

  try {
    await run(
      `INSERT INTO nodes (id, host, pid, started_at, seen_at) VALUES ($1, 'bench', 1, now() - interval '1 day', now() + interval '1 day')`,
      [nodeId],
    );
    const first = await fleet();
    await run('ANALYZE', []);
    const quiet = createRecorder();
    const statements = db.statements();
    const cpu = postgres.cpuSeconds();
    for (let i = 0; i < QUIET_SWEEPS; i += 1) {
      const before = performance.now();
      await jobs.sweep();
      quiet.add(performance.now() - before);
    }
    const cpuS = rounded((postgres.cpuSeconds() - cpu) / QUIET_SWEEPS, 4);
    told(
      row('alerts, all is well', quiet, {
        messages: QUIET_SWEEPS,
        databaseCpuS: cpuS,
        note: `ms a sweep of the 10 s rules, ${rounded((db.statements() - statements) / QUIET_SWEEPS, 1)} statements; CPU of PostgreSQL a sweep`,
      }),
    );
    const slow = createRecorder();
    for (let i = 0; i < QUIET_SWEEPS / 2; i += 1) {
      const before = performance.now();
      await jobs.sweepSlow();
      slow.add(performance.now() - before);
    }
    told(
      row('alerts, all is well, slow rules', slow, {
        messages: QUIET_SWEEPS / 2,
        databaseCpuS: 0,
        note: 'ms a sweep of the rules of a minute',
      }),
    );
    await silence('one outage', first, 1);
    const second = await fleet();
    await run(
      `INSERT INTO alert_rules (organization_id, rule, scope_id, enabled, updated_at, updated_by) VALUES ($1, 'fleet_offline', '', false, now(), 'bench')`,
      [second.organizationId],
    );
    await run('ANALYZE', []);
    await silence('one by one', second, Math.floor(chargers / 10));
  } finally {
    await ingest.stop(2_000);
    await db.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

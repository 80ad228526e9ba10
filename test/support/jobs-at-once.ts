/**
 * Every periodic job, and how one sees that two processes that run it at once do once what is due. A job without a row fails the test
 * (test/commands/nodes.journey.test.ts), and so does a row without a job.
 */
import type { Database } from '../../src/database/index.ts';
import { firstIdAt, newId } from '../../src/platform/ids.ts';
import type { RunningApp } from './app.ts';
import { insertSession } from './rest.ts';

type World = { readonly app: RunningApp; readonly db: Database; readonly organizationId: string };
/** How much of it is done; of what is too old, how much is left. */
type Count = () => Promise<number>;

export type JobRow =
  | { readonly is: 'once' | 'forgotten'; readonly arrange: (world: World) => Promise<Count> }
  /** It does nothing that others see, or what each process has to do for itself. */
  | { readonly is: 'of_each_process' }
  /** It runs here at once too, with nothing due: `by` is what makes it once. */
  | { readonly is: 'unarranged'; readonly by: 'lock' | 'lease' | 'claim' | 'deletion' };

const DAY_MS = 86_400_000;
const ago = (ms: number): Date => new Date(Date.now() - ms);
const once = (arrange: (world: World) => Promise<Count>): JobRow => ({ is: 'once', arrange });
const forgotten = (arrange: (world: World) => Promise<Count>): JobRow => ({ is: 'forgotten', arrange });
const ownOfEach: JobRow = { is: 'of_each_process' };
/** Decided again under the lock of the charge point: who comes second finds nothing to do. */
const byLock: JobRow = { is: 'unarranged', by: 'lock' };
const byLease: JobRow = { is: 'unarranged', by: 'lease' };
const byClaim: JobRow = { is: 'unarranged', by: 'claim' };
const byDeletion: JobRow = { is: 'unarranged', by: 'deletion' };

async function place({ app, db, organizationId }: World) {
  const { id } = await app.chargePoint({ identity: newId('cp') });
  const { number } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id } });
  return { organizationId, chargePointId: id, number };
}
const events = ({ db }: World, chargePointId: string, type: string): Promise<number> =>
  db.prisma.domainEvent.count({ where: { chargePointId, type } });

async function endpoint({ app }: World): Promise<string> {
  const wanted = { url: 'https://127.0.0.1:1/', events: ['charge_point.connected'] }; // nobody is there
  return String((await app.api('POST', '/webhooks/endpoints', wanted)).body['id']);
}

export const jobsAtOnce: Readonly<Record<string, JobRow>> = {
  webhook_retries: once(async (world) => {
    const { body } = await world.app.api('POST', `/webhooks/endpoints/${await endpoint(world)}/test`, {});
    return () => world.db.prisma.webhookAttempt.count({ where: { deliveryId: String(body['id']) } });
  }),
  webhook_recoveries: once(async (world) => {
    const { organizationId, chargePointId } = await place(world);
    const at = ago(1000);
    const event = { id: newId('evt'), organizationId, chargePointId, type: 'charge_point.connected' };
    await world.db.prisma.domainEvent.create({ data: { ...event, occurredAt: at, createdAt: at, body: '{}' } });
    const endpointId = await endpoint(world);
    await world.app.api('POST', `/webhooks/endpoints/${endpointId}/recover`, {
      ...{ since: ago(60_000).toISOString(), kind: 'missed' },
    });
    return () => world.db.prisma.webhookDelivery.count({ where: { endpointId, eventId: event.id } });
  }),
  commands_overdue: once(async (world) => {
    const { organizationId, chargePointId } = await place(world);
    const about = {
      id: newId('cmd'),
      organizationId,
      chargePointId,
      action: 'Reset',
      payload: {},
      requestedBy: 'key_1',
    };
    const times = { createdAt: ago(60_000), sentAt: ago(60_000), dueAt: ago(1000) };
    await world.db.prisma.command.create({ data: { ...about, ...times, status: 'sent', timeoutS: 30 } });
    return () => events(world, chargePointId, 'command.completed');
  }),
  reservations: once(async (world) => {
    const { organizationId, chargePointId } = await place(world);
    const about = { id: newId('rsv'), organizationId, chargePointId, ocppId: 1, connectorId: 1, tokenUid: 'TAG' };
    const times = { expiresAt: ago(1000), dueAt: ago(1000), createdAt: ago(60_000), updatedAt: ago(60_000) };
    await world.db.prisma.reservation.create({ data: { ...about, ...times, status: 'active', requestedBy: 'system' } });
    return () => events(world, chargePointId, 'reservation.updated');
  }),
  session_reconciliation: once(async (world) => {
    const at = await place(world);
    await insertSession(world.db, at, { startedAt: ago(600_000), reconcileAt: ago(1000) });
    return () => events(world, at.chargePointId, 'session.ended');
  }),
  alerts: once(async (world) => {
    const at = await place(world);
    await insertSession(world.db, at, { status: 'ended', endedAt: new Date(), flags: ['meter_backwards'] });
    return () => events(world, at.chargePointId, 'alert.triggered');
  }),
  handovers: once(async (world) => {
    const { chargePointId } = await place(world);
    const asked = { mode: 'ownership_transfer' };
    const { body } = await world.app.api('POST', `/charge-points/${chargePointId}/handovers`, asked);
    const id = String(body['id']);
    await world.db.prisma.handover.update({ where: { id }, data: { expiresAt: ago(1000), dueAt: ago(1000) } });
    return () => world.db.prisma.handoverStep.count({ where: { handoverId: id, toStatus: 'expired' } });
  }),
  export_files: once(async (world) => {
    const { body } = await world.app.api('POST', '/exports/schedules', {
      name: 'All',
      kind: 'sessions',
      period: 'daily',
    });
    const id = String(body['id']);
    await world.db.prisma.exportSchedule.update({ where: { id }, data: { dueAt: ago(1000) } });
    return () => world.db.prisma.exportFile.count({ where: { scheduleId: id } });
  }),
  session_sums: once(async (world) => {
    const at = await place(world);
    const startedAt = ago(3 * DAY_MS);
    await insertSession(world.db, at, { status: 'ended', startedAt, endedAt: startedAt });
    const where = { chargePointId: at.chargePointId, by: 'started' };
    return async () =>
      (await world.db.prisma.sessionSum.aggregate({ where, _sum: { sessions: true } }))._sum.sessions ?? 0;
  }),

  alerts_retention: forgotten(async (world) => {
    const { organizationId, chargePointId } = await place(world);
    const [at, id] = [ago(500 * DAY_MS), newId('alr')];
    await world.db.prisma.alert.create({
      data: {
        ...{ id, organizationId, chargePointId, rule: 'offline', evseId: 0, connectorId: 0, subject: '' },
        ...{ status: 'resolved', severity: 'info', title: 'Old', reason: 'Old', evidence: {}, holds: false },
        ...{ since: at, lastAt: at, occurrences: 1, streak: 1, createdAt: at, resolvedAt: at, updatedAt: at },
      },
    });
    return () => world.db.prisma.alert.count({ where: { id } });
  }),
  unknown_tokens: forgotten(async ({ db, organizationId }) => {
    const [at, id] = [ago(100 * DAY_MS), newId('utk')];
    const said = { uid: id, uidKey: id.toLowerCase(), lastChargePointId: 'cp_1', count: 1 };
    await db.prisma.unknownToken.create({ data: { id, organizationId, ...said, firstSeenAt: at, lastSeenAt: at } });
    return () => db.prisma.unknownToken.count({ where: { id } });
  }),
  idempotency_keys: forgotten(async ({ db, organizationId }) => {
    const key = newId('key');
    await db.prisma.idempotencyKey.create({
      data: { organizationId, key, requestHash: '', createdAt: ago(3 * DAY_MS) },
    });
    return () => db.prisma.idempotencyKey.count({ where: { key } });
  }),
  commands_retention: forgotten(async (world) => {
    const { organizationId, chargePointId } = await place(world);
    const at = ago(400 * DAY_MS);
    const [id, bulkId] = [firstIdAt('cmd', at), firstIdAt('blk', at)];
    const about = { organizationId, requestedBy: 'key_1', timeoutS: 30, createdAt: at };
    await world.db.prisma.commandBulk.create({ data: { ...about, id: bulkId, request: {}, matched: 0 } });
    await world.db.prisma.command.create({
      data: { ...about, id, chargePointId, action: 'Reset', payload: {}, status: 'accepted', completedAt: at },
    });
    return async () =>
      (await world.db.prisma.command.count({ where: { id } })) +
      (await world.db.prisma.commandBulk.count({ where: { id: bulkId } }));
  }),
  quarantine_retention: forgotten(async (world) => {
    const about = await place(world);
    const [id, receivedAt] = [firstIdAt('qua', ago(15 * DAY_MS)), ago(15 * DAY_MS)];
    const { organizationId, chargePointId } = about;
    const message = { protocol: 'ocpp1.6', action: 'StartTransaction', payload: '{}', reason: 'beyond use' };
    await world.db.prisma.quarantinedMessage.create({
      data: { id, organizationId, chargePointId, ...message, receivedAt },
    });
    return () => world.db.prisma.quarantinedMessage.count({ where: { id } });
  }),
  security_events_retention: forgotten(async (world) => {
    const { organizationId, chargePointId } = await place(world);
    const at = ago(731 * DAY_MS);
    const [id, type] = [firstIdAt('sev', at), 'TamperDetectionActivated'];
    const told = { type, critical: true, severity: 'critical', at, receivedAt: at, historical: false };
    await world.db.prisma.securityEvent.create({ data: { id, organizationId, chargePointId, ...told } });
    return () => world.db.prisma.securityEvent.count({ where: { id } });
  }),
  // More than one statement takes, and no multiple of that: a run goes on until nothing is left.
  site_loads_history: forgotten(async ({ db, organizationId }) => {
    const siteId = newId('site');
    const at = ago(100 * DAY_MS);
    await db.rows(
      {
        name: 'test_load_history',
        text: `INSERT INTO load_history (id, organization_id, site_id, at, state, unit, cap, cap_reason, ceiling, charging, paused, offline, sent, sent_count)
               SELECT $1 || n, $2, $3, $4, 'held', 'A', 16, 'supply', 16, 0, 0, 0, '[]', 0 FROM generate_series(1, 23000) n`,
      },
      [firstIdAt('ldh', at), organizationId, siteId, at],
    );
    return () => db.prisma.loadHistory.count({ where: { siteId } });
  }),
  device_events_retention: forgotten(async (world) => {
    const { chargePointId } = await place(world);
    await world.db.rows(
      {
        name: 'test_stream_values',
        text: `INSERT INTO event_stream_values (charge_point_id, stream_id, at, value)
               SELECT $1, 1, $2::timestamptz + n * interval '1 second', '1' FROM generate_series(1, 12000) n`,
      },
      [chargePointId, ago(40 * DAY_MS)],
    );
    return () => world.db.prisma.eventStreamValue.count({ where: { chargePointId } });
  }),
  accounts_retention: forgotten(async ({ db }) => {
    const id = newId('aem');
    const mail = { kind: 'invitation', email: 'ada@example.com', status: 'sent', createdAt: ago(100 * DAY_MS) };
    await db.prisma.accountEmail.create({ data: { id, ...mail } });
    return () => db.prisma.accountEmail.count({ where: { id } });
  }),

  missed_commands: ownOfEach,
  missed_changes: ownOfEach,
  stale_connections: ownOfEach,
  strangers: ownOfEach,
  node_heartbeat: ownOfEach,
  tls_files: ownOfEach,
  webhook_backlog: ownOfEach,

  alerts_slow: byClaim,

  account_emails: byLease,
  alert_emails: byLease,
  certificates_due: byLease,
  command_bulks: byLease,
  firmware_rollouts: byLease,
  firmware_updates: byLease,

  commissioning: byLock,
  configuration_changes: byLock,
  customer_information: byLock,
  default_prices: byLock,
  device_models: byLock,
  display_messages_due: byLock,
  local_list_steps: byLock,
  local_list_syncs: byClaim,
  lost_connections: byLock,
  session_costs: byLock,
  session_limits: byLock,
  session_repricing: byLock,
  site_loads: byLock,
  site_loads_left: byLock,
  transaction_gaps: byLock,
  uploads_overdue: byLock,
  session_profiles: byLock,
  webhook_failing: byLock,
  webhook_groups: byLock,
  webhook_held: byLock,
  webhook_last_retries: byClaim,

  audit_retention: byDeletion,
  configuration_retention: byDeletion,
  device_reports_retention: byDeletion,
  ended_retention: byDeletion,
  export_files_retention: byDeletion,
  firmware_files: byDeletion,
  partitions: byDeletion,
  retention: byDeletion,
  session_limits_unused: byDeletion,
  uploads_retention: byDeletion,
};

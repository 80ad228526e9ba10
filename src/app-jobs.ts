/** Every periodic job of the server, in one table. The runs themselves are of their rooms. */
import type { createAlertJobs } from './alerts/index.ts';
import type { Servers } from './app-servers.ts';
import type { AuditLog } from './audit/index.ts';
import { type Certificates, forgetCertificateRequests } from './certificates/index.ts';
import { type Bulks, commandDeadlines, forgetCommands, type IssueCommand, sweepCommands } from './commands/index.ts';
import { forgetCommissioning, sweepCommissioning } from './commissioning/index.ts';
import type { Config } from './config/index.ts';
import { forgetConfigurationChanges, sweepConfiguration } from './configuration/index.ts';
import { forgetCustomerReports, sweepCustomerReports } from './customer-information/index.ts';
import { type Database, maintainPartitions } from './database/index.ts';
import { forgetDeviceReports, sweepDeviceModels } from './device-model/index.ts';
import { forgetRefreshes, sweepRefreshes } from './display-messages/index.ts';
import { type createScheduledExports, forgetExportFiles } from './exports/index.ts';
import { forgetFirmwareRequests } from './firmware/index.ts';
import type { FirmwareImages } from './firmware-images/index.ts';
import { type FirmwareRollouts, forgetRollouts } from './firmware-rollouts/index.ts';
import { type FirmwareUpdates, forgetFirmwareUpdates } from './firmware-updates/index.ts';
import { type SweepNeeds, sweepHandovers } from './handovers/index.ts';
import { cleanIdempotencyKeys } from './http/index.ts';
import type { Ingest } from './ingest/contract.ts';
import type { SpareIds } from './ingest/inputs.ts';
import { forgetLoadHistory, type LoadManager, releaseLeft } from './load-management/index.ts';
import { createListSyncs } from './local-list/index.ts';
import { forgetMonitoring } from './monitoring/index.ts';
import { forgetNetworkProfiles } from './network-profiles/index.ts';
import { createLostConnections, LOOK_EVERY_MS, type nodeStore, SIGN_EVERY_MS } from './nodes/index.ts';
import type { Transport } from './ocpp/index.ts';
import { forgetQuarantined } from './quarantine/index.ts';
import { sumSessions } from './reports/index.ts';
import { sweepReservations } from './reservations/index.ts';
import type { Job } from './schedules/index.ts';
import { forgetSecurityEvents } from './security-events/index.ts';
import { forgetUnusedLimits, sweepSessionLimits } from './session-limits/index.ts';
import { endGaps, reconcileSessions, repriceDoubtful, tellCosts } from './sessions/index.ts';
import { endLeftProfiles, forgetProfiles } from './smart-charging/index.ts';
import { keepDefaultPrices, type Plans } from './tariffs/index.ts';
import { forgetUnknownTokens } from './tokens/index.ts';
import { type createUploads, forgetUploads } from './uploads/index.ts';
import type { createWebhooks } from './webhooks/index.ts';

/** A session of which nothing was heard for so long, and that nothing else closes, is over (X7). */
const SILENT_AFTER_MS = 48 * 3_600_000;

type Needs = {
  readonly config: Pick<Config, 'retention'>;
  readonly db: Database;
  readonly ingest: Ingest;
  readonly issue: IssueCommand;
  readonly now: () => Date;
  readonly nodes: ReturnType<typeof nodeStore>;
  readonly nodeId: string;
  readonly signOfLife: () => Promise<unknown>;
  readonly webhooks: ReturnType<typeof createWebhooks>;
  readonly bulks: Bulks;
  readonly papers: Certificates;
  readonly files: ReturnType<typeof createUploads>;
  readonly images: FirmwareImages;
  readonly audit: AuditLog;
  readonly scheduledExports: ReturnType<typeof createScheduledExports>;
  readonly updates: FirmwareUpdates;
  readonly rollouts: FirmwareRollouts;
  readonly transport: Transport;
  readonly servers: Pick<Servers, 'reload'>;
  readonly spareIds: () => Promise<SpareIds>;
  readonly plans: Plans;
  readonly loads: LoadManager;
  /** Commands of which nobody was woken. */
  readonly lookForMissed: () => Promise<void>;
  readonly handovers: SweepNeeds;
  readonly alerting: ReturnType<typeof createAlertJobs>;
  readonly accounts: readonly Job[];
  /** For the metrics. */
  readonly backlog: { oldestDueS: number };
  readonly tookOver: (connections: number) => void;
};

/** What has ended goes, in rooms that have no days of their own to set. */
const ENDED = [
  forgetRollouts,
  forgetFirmwareUpdates,
  forgetFirmwareRequests,
  forgetProfiles,
  forgetCommissioning,
  forgetCertificateRequests,
  forgetNetworkProfiles,
  forgetCustomerReports,
  forgetRefreshes,
  forgetUploads,
  forgetExportFiles,
];

export function createJobs(needs: Needs): readonly Job[] {
  const { config, db, ingest, issue, now, nodes, nodeId, webhooks, bulks, papers, files, images, audit } = needs;
  const { transport, servers, spareIds, plans, lookForMissed, backlog } = needs;
  const { alerting } = needs;
  const { updates, rollouts } = needs;
  const { loads } = needs;
  const { submit } = ingest;
  const releaseLost = createLostConnections({ nodes, nodeId, ingest, now, monotonic: () => performance.now() });
  const lists = createListSyncs({ db, submit, issue, now, nodeId });
  return [
    { name: 'webhook_retries', cron: '* * * * * *', run: () => webhooks.dispatcher.sweep() },
    {
      name: 'commands_overdue',
      cron: '* * * * * *',
      run: () => sweepCommands({ deadlines: commandDeadlines(db), submit, now: now() }),
    },
    { name: 'command_bulks', cron: '*/2 * * * * *', run: bulks.run },
    {
      name: 'commands_retention',
      cron: '0 57 2 * * *',
      run: () => forgetCommands(db, now(), config.retention.commandDays),
    },
    { name: 'configuration_changes', cron: '*/2 * * * * *', run: () => sweepConfiguration({ db, submit, now: now() }) },
    { name: 'configuration_retention', cron: '0 53 2 * * *', run: () => forgetConfigurationChanges(db, now()) },
    { name: 'device_models', cron: '*/5 * * * * *', run: () => sweepDeviceModels({ db, submit, now: now() }) },
    { name: 'device_reports_retention', cron: '0 57 2 * * *', run: () => forgetDeviceReports(db, now()) },
    {
      name: 'device_events_retention',
      cron: '0 43 3 * * *',
      run: () => forgetMonitoring(db, now(), config.retention.eventDays),
    },
    { name: 'missed_commands', cron: '*/5 * * * * *', run: lookForMissed },
    { name: 'strangers', cron: '*/5 * * * * *', run: transport.lookAtStrangers },
    { name: 'stale_connections', cron: '12,42 * * * * *', run: transport.endStale },
    { name: 'missed_changes', cron: '35 * * * * *', run: transport.recheckAll },
    { name: 'certificates_due', cron: '*/2 * * * * *', run: papers.run },
    { name: 'uploads_overdue', cron: '*/5 * * * * *', run: files.sweep },
    { name: 'uploads_retention', cron: '0 47 * * * *', run: files.retain },
    { name: 'firmware_updates', cron: '*/2 * * * * *', run: updates.send },
    { name: 'firmware_rollouts', cron: '1-59/2 * * * * *', run: rollouts.run },
    { name: 'firmware_files', cron: '0 49 * * * *', run: images.clean },
    { name: 'export_files', cron: '4-59/10 * * * * *', run: () => needs.scheduledExports.write() },
    { name: 'export_files_retention', cron: '0 33 * * * *', run: () => needs.scheduledExports.retain() },
    { name: 'site_loads', cron: '* * * * * *', run: loads.run },
    { name: 'site_loads_left', cron: '7,37 * * * * *', run: () => releaseLeft({ db, issue, now }) },
    { name: 'site_loads_history', cron: '0 21 3 * * *', run: () => forgetLoadHistory(db, now()) },
    { name: 'local_list_steps', cron: '* * * * * *', run: lists.takeSteps },
    { name: 'local_list_syncs', cron: '1-59/2 * * * * *', run: lists.begin },
    {
      name: 'customer_information',
      cron: '*/5 * * * * *',
      run: () => sweepCustomerReports({ db, submit, now: now() }),
    },
    { name: 'display_messages_due', cron: '*/5 * * * * *', run: () => sweepRefreshes({ db, submit, now: now() }) },
    { name: 'commissioning', cron: '* * * * * *', run: () => sweepCommissioning({ db, submit, now: now() }) },
    { name: 'reservations', cron: '*/2 * * * * *', run: () => sweepReservations({ db, submit, issue, now }) },
    { name: 'handovers', cron: '*/2 * * * * *', run: () => sweepHandovers(needs.handovers) },
    { name: 'node_heartbeat', cron: `*/${SIGN_EVERY_MS / 1000} * * * * *`, run: needs.signOfLife },
    {
      name: 'lost_connections',
      cron: `2-59/${LOOK_EVERY_MS / 1000} * * * * *`,
      run: async () => needs.tookOver(await releaseLost()),
    },
    { name: 'transaction_gaps', cron: '*/5 * * * * *', run: () => endGaps({ db, ingest, now, spareIds }) },
    {
      name: 'session_reconciliation',
      cron: '20 * * * * *',
      run: () => reconcileSessions({ db, ingest, now, silentAfterMs: SILENT_AFTER_MS, issue }),
    },
    { name: 'session_costs', cron: '*/5 * * * * *', run: () => tellCosts({ db, ingest, now }) },
    { name: 'default_prices', cron: '3-59/5 * * * * *', run: () => keepDefaultPrices({ db, submit, now: now() }) },
    { name: 'session_repricing', cron: '*/5 * * * * *', run: () => repriceDoubtful({ db, ingest, plans, now }) },
    { name: 'session_limits', cron: '*/5 * * * * *', run: () => sweepSessionLimits({ db, submit, now: now() }) },
    { name: 'session_profiles', cron: '0 23 * * * *', run: () => endLeftProfiles(db, now()) },
    { name: 'session_limits_unused', cron: '0 13 3 * * *', run: () => forgetUnusedLimits(db, now()) },
    {
      name: 'session_sums',
      cron: '40 * * * * *',
      run: () => sumSessions({ db, nodeId, now, monotonic: () => performance.now() }),
    },
    { name: 'tls_files', cron: '50 * * * * *', run: () => Promise.resolve(servers.reload()) },
    { name: 'webhook_failing', cron: '15,45 * * * * *', run: webhooks.disableFailing },
    { name: 'webhook_last_retries', cron: '10,40 * * * * *', run: webhooks.bringLastForward },
    { name: 'webhook_recoveries', cron: '* * * * * *', run: webhooks.recover },
    { name: 'webhook_groups', cron: '4-59/10 * * * * *', run: webhooks.tellJoined },
    { name: 'webhook_held', cron: '*/30 * * * * *', run: webhooks.endHeld },
    {
      name: 'webhook_backlog',
      cron: '10,25,40,55 * * * * *',
      run: async () => {
        backlog.oldestDueS = await webhooks.oldestDueS();
      },
    },
    { name: 'audit_retention', cron: '0 7 4 * * *', run: () => audit.retain(config.retention.auditDays) },
    {
      name: 'security_events_retention',
      cron: '0 3 4 * * *',
      run: () => forgetSecurityEvents(db, now(), config.retention.auditDays),
    },
    {
      name: 'quarantine_retention',
      cron: '0 31 3 * * *',
      run: () => forgetQuarantined(db, now(), config.retention.frameDays),
    },
    { name: 'retention', cron: '0 17 * * * *', run: webhooks.retain },
    { name: 'unknown_tokens', cron: '0 47 2 * * *', run: () => forgetUnknownTokens(db, now()) },
    { name: 'alerts', cron: '*/10 * * * * *', run: alerting.sweep },
    { name: 'alerts_slow', cron: '25 * * * * *', run: alerting.sweepSlow },
    { name: 'alert_emails', cron: '*/5 * * * * *', run: alerting.mail },
    ...needs.accounts,
    {
      name: 'ended_retention',
      cron: '0 11 3 * * *',
      run: async () => {
        for (const forget of ENDED) await forget(db, now());
      },
    },
    { name: 'alerts_retention', cron: '0 7 3 * * *', run: alerting.forget },
    { name: 'idempotency_keys', cron: '0 27 * * * *', run: () => cleanIdempotencyKeys(db, now()) },
    {
      name: 'partitions',
      cron: '0 37 * * * *',
      run: () => maintainPartitions(db, { ...config.retention, now: now() }),
    },
  ];
}

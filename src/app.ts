/** Builds the whole server once, and reads like a table of contents. No rules here: who is handed what, what starts when. */
import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { createAlertJobs } from './alerts/index.ts';
import { createAccounts, outgoingOf } from './app-accounts.ts';
import { createJobs } from './app-jobs.ts';
import {
  clockMetrics,
  databaseMetrics,
  ingestMetrics,
  jobMetrics,
  loadMetrics,
  logMetrics,
  readMetrics,
  requestMetrics,
  takeoverMetrics,
  transportMetrics,
  webhookMetrics,
} from './app-metrics.ts';
import { createParticipants } from './app-participants.ts';
import { createRoutes } from './app-routes.ts';
import { createServers } from './app-servers.ts';
import { createAudit } from './audit/index.ts';
import { createCertificates } from './certificates/index.ts';
import { makeChargerKey } from './charge-points/index.ts';
import {
  type CallRules,
  chargePointsWaitingAt,
  commandReads,
  createBulks,
  createCommandWaiter,
  createIssueCommand,
  createSealing,
} from './commands/index.ts';
import type { Config } from './config/index.ts';
import { configurationReads, templateStore, wordsOf } from './configuration/index.ts';
import { createDataTransfers, type DataTransferHandler, dataTransfers } from './data-transfer/index.ts';
import { createMigrationCheck, type Database, isTransient, makePartitions, watchDatabase } from './database/index.ts';
import { createRequestReport, deviceReads } from './device-model/index.ts';
import { createScheduledExports } from './exports/index.ts';
import { createFirmwareImages } from './firmware-images/index.ts';
import { createFirmwareRollouts } from './firmware-rollouts/index.ts';
import { createFirmwareUpdates } from './firmware-updates/index.ts';
import { createDeviations, createFrameLog } from './frames/index.ts';
import {
  addressOf,
  createHttpApp,
  createIdempotency,
  createIsSecure,
  createReadiness,
  createRemoteAddressOf,
  createStreams,
} from './http/index.ts';
import type { Wake } from './ingest/contract.ts';
import { createIngest } from './ingest/index.ts';
import { createIso15118 } from './iso15118/index.ts';
import { createLoadManager } from './load-management/index.ts';
import { createMailer } from './mail/index.ts';
import { monitoringReads } from './monitoring/index.ts';
import { createNodeMessages, nodeStore } from './nodes/index.ts';
import { createCallRules } from './ocpp/call-rules.ts';
import { createCallValidator, createTransport, type Limits } from './ocpp/index.ts';
import * as v2Words from './ocpp/v2/index.ts';
import * as v16Words from './ocpp/v16/index.ts';
import { refuseAll, type ValidateVat, validateByForm } from './payments/index.ts';
import { systemClock } from './platform/clock.ts';
import { newId, nextRequestId } from './platform/ids.ts';
import { createSchedules, type Job } from './schedules/index.ts';
import type { KeyRing } from './secrets/index.ts';
import { createTransactionIds } from './sessions/index.ts';
import { createCheckProfile, createSetProfile, profileReads } from './smart-charging/index.ts';
import { createDriverTariff, createPlans } from './tariffs/index.ts';
import { countLines, createMetrics, type Logger } from './telemetry/index.ts';
import { auditRefusal, createRefusals } from './unknown-charge-points/index.ts';
import { createUploads, type UploadsOptions } from './uploads/index.ts';
import { createWebhooks } from './webhooks/index.ts';

/** What has waited for so long was perhaps told to nobody. */
const MISSED_AFTER_MS = 2_000;
const MOST_MISSED = 1_000;

export type AppOptions = {
  readonly config: Pick<
    Config,
    | 'http'
    | 'tls'
    | 'ingestLanes'
    | 'ocpp'
    | 'deviceModel'
    | 'uploads'
    | 'exports'
    | 'firmware'
    | 'certificateSigner'
    | 'v2gCertificateSigner'
    | 'iso15118'
    | 'vatValidation'
    | 'mail'
    | 'webhooks'
    | 'retention'
    | 'costs'
    | 'console'
    | 'metricsToken'
  >;
  readonly db: Database;
  readonly keyRing: KeyRing;
  readonly log: Logger;
  readonly version: string;
  /** Vendors' messages, beside those of src/data-transfer/installed.ts. */
  readonly dataTransfers?: readonly DataTransferHandler[];
  /** Who validates VAT numbers that drivers give at payment terminals; default: by VAT_VALIDATION. */
  readonly validateVat?: ValidateVat;
  /** Slower than this no file of a charger may come; default: src/uploads. */
  readonly uploadPace?: UploadsOptions['pace'];
  /** How long chargers may be silent, and what else src/ocpp/needs.ts counts; default: what stands there. */
  readonly ocppLimits?: Partial<Limits>;
  /** It is one of several: /metrics tells of all of them. */
  readonly worker?: { readonly number: number; readonly metricsOfAll: () => Promise<string> };
  /** Where scripts/build-console.mjs left the console; absent: there is none. */
  readonly consoleFolder?: string;
  /** False: what is compiled for the first message of a kind is not compiled before it comes. */
  readonly isWarm?: boolean;
};

export type App = {
  readonly server: Server;
  /** What runs by itself, whenever its time comes. */
  readonly jobs: readonly Job[];
  /** Resolves when requests and chargers are served. */
  start(): Promise<{ readonly port: number; readonly tlsPort: number | undefined }>;
  /** Of this process, in Prometheus' text format. */
  metrics(): Promise<string>;
  /** Takes nothing more, finishes what is in hand, within 10 s. The database is closed by whoever opened it. */
  stop(): Promise<void>;
};

export function createApp({
  config,
  db: database,
  keyRing,
  log: lines,
  version,
  dataTransfers: plugins = [],
  validateVat,
  uploadPace,
  ocppLimits,
  worker,
  consoleFolder,
  isWarm = true,
}: AppOptions): App {
  const clock = systemClock;
  const now = () => clock.now();
  const nodeId = newId('node');
  const metrics = createMetrics({ ...(worker && { labels: { worker: String(worker.number) } }) });
  const log = countLines(lines, logMetrics(metrics));
  const db = watchDatabase(database, databaseMetrics(metrics));
  const ownClock = clockMetrics(metrics);
  const nodes = nodeStore(db);
  let draining = false;

  // ------------------------------------------------------------------------------------------------ events and ingest
  const webhooks = createWebhooks({
    db,
    clock,
    log,
    keyRing: keyRing.cipher('webhook-secret'),
    metrics: webhookMetrics(metrics),
    allowSubnets: config.webhooks.allowSubnets,
    allowHosts: config.webhooks.allowHosts,
    timeoutMs: config.webhooks.timeoutMs,
    retryOffsetsS: config.webhooks.retryOffsetsS,
    caPem: config.webhooks.ca,
    retentionDays: config.retention.eventDays,
  });
  const translating: Pick<CallRules, 'translate'> = { translate: (...asked) => calls.translate(...asked) };
  const settingWords = wordsOf(translating);
  const plans = createPlans();
  const loads = createLoadManager({
    ...{ db, newId, nodeId, clock, log, metrics: loadMetrics(metrics), translate: translating.translate },
    ...{ submit: (...asked) => ingest.submit(...asked), events: webhooks.eventWriter },
  });
  const ingest = createIngest({
    db,
    participants: createParticipants({ config, keyRing, calls: translating, settingWords, plans }),
    eventWriter: loads.watching(webhooks.eventWriter),
    isTransient,
    onWake,
    now,
    log,
    metrics: ingestMetrics(metrics),
    lanes: config.ingestLanes,
  });
  const { submit } = ingest;

  // ---------------------------------------------------------------------------------------------------------- chargers
  const sealing = createSealing(keyRing.cipher('command-secret'));
  const outside = { ...config.webhooks, caPem: config.webhooks.ca };
  const papers = createCertificates({
    db,
    submit,
    issue: () => issue,
    newId,
    clock,
    log,
    cipher: keyRing.cipher('certificate-authority'),
    signer: config.certificateSigner,
    v2gSigner: config.v2gCertificateSigner,
    hook: outside,
  });
  const nextTransactionId = createTransactionIds(db);
  const spareIds = async () => ({ sessionId: newId('ses'), transactionId: await nextTransactionId() });
  const iso15118 = createIso15118({ db, newId, clock, log, config: config.iso15118, outside });
  const handlers = {
    signCertificate: papers.signCertificate,
    iso15118,
    submit,
    nextTransactionId,
    newId,
    clock,
    dataTransfers: createDataTransfers([...dataTransfers, ...plugins]),
    driverTariff: createDriverTariff(db),
    validateVat: validateVat ?? (config.vatValidation === 'refuse' ? refuseAll : validateByForm),
  };
  const v16 = v16Words.createV16(handlers);
  const v201 = v2Words.createV2({ ...handlers, protocol: 'ocpp2.0.1' });
  const v21 = v2Words.createV2({ ...handlers, protocol: 'ocpp2.1' });
  const versions = [v16, v201, v21];
  const framesDropped = metrics.counter('frames_dropped_total', 'Frames that were not kept');
  const frames = createFrameLog({ db, log, isTransient, onDropped: (count) => framesDropped.inc(count) });
  const deviations = createDeviations({ db, log });
  const refusals = createRefusals({ db, log });
  const transport = createTransport({
    versions,
    db,
    submit,
    peppers: keyRing.peppers('charger-key'),
    unseal: sealing.unseal,
    nodeId,
    frames,
    deviations,
    recordRefusal: (knock) => {
      refusals.record(knock);
      auditRefusal(audit, knock);
    },
    recordRaise: (raise) => audit.profileRaised(raise),
    clock,
    log,
    metrics: transportMetrics(metrics),
    remoteAddressOf: (request) => remoteAddressOf(request),
    isSecure: (request) => isSecure(request),
    unknownIdentity: config.ocpp.unknownIdentity,
    isWarm,
    ...(ocppLimits !== undefined && { limits: ocppLimits }),
  });

  // ---------------------------------------------------------------------------------------------------------- commands
  const reads = commandReads(db);
  const waiter = createCommandWaiter({ isOpen: reads.isOpen });
  const calls = createCallRules(
    [
      { version: v16, ...v16Words },
      { version: v201, ...v2Words },
      { version: v21, ...v2Words },
    ],
    createCallValidator(versions),
    config.ocpp.transferSchemes,
  );
  const issue = createIssueCommand({
    reads,
    submit,
    calls,
    waiter,
    newId,
    seal: sealing.seal,
    nodeId,
    clock,
  });
  function keyCall(spoken: string, value: string) {
    const protocol = versions.find((each) => each.protocol === spoken)?.protocol;
    if (protocol === undefined) return undefined;
    // 1.6 security whitepaper A01; 2.0.1 A01.FR.01
    const key = protocol === v16.protocol ? 'AuthorizationKey' : 'SecurityCtrlr.BasicAuthPassword';
    return calls.translate(protocol, { do: 'change_configuration', settings: [{ key, value }] });
  }
  const settings = configurationReads(db);
  const templates = templateStore(db);
  const changeWaiter = createCommandWaiter({ isOpen: settings.isOpen });
  const models = deviceReads(db);
  const reportWaiter = createCommandWaiter({ isOpen: models.isOpen });
  const requestReport = createRequestReport({ reads: models, issue, waiter: reportWaiter, newId, nodeId, clock });
  const monitoring = monitoringReads(db);
  const bulks = createBulks({ db, submit, calls, newId, clock, log });
  const profiles = profileReads(db);
  const checkProfile = createCheckProfile({ reads: profiles, settingsOf: settings.settings });
  const setProfile = createSetProfile({ reads: profiles, issue, submit, check: checkProfile, newId, clock });
  function onWake(wake: Wake): void {
    wakeHere(wake);
    if (wake.wake === 'connection') messages.send(wake.nodeId ?? 'all', wake);
    else if (wake.wake === 'commands' && wake.nodeId) messages.send(wake.nodeId, wake);
  }
  function wakeHere(wake: Wake): void {
    transport.wake(wake);
    if (wake.wake === 'local_list') schedules.soon('local_list_steps');
    if (wake.wake === 'connection') loads.moved(wake.chargePointId);
    if (wake.wake === 'repricing') schedules.soon('session_repricing');
    if (wake.wake !== 'commands') return;
    waiter.notify(wake.chargePointId);
    loads.notify(wake.chargePointId);
    changeWaiter.notify(wake.chargePointId);
    reportWaiter.notify(wake.chargePointId);
  }
  const messages = createNodeMessages({ db, nodeId, log, onWake: wakeHere, onGap });
  function onGap(): void {
    lookForMissed().catch((cause: unknown) => {
      log.warn({ err: cause }, 'what was missed could not be looked for; the next look will find it');
    });
  }
  /** A wake is no promise: what was missed is found by looking. */
  async function lookForMissed(): Promise<void> {
    const since = new Date(now().getTime() - MISSED_AFTER_MS);
    for (const chargePointId of await chargePointsWaitingAt(db, nodeId, since, MOST_MISSED)) {
      wakeHere({ wake: 'commands', chargePointId });
    }
  }

  const files = createUploads({
    db,
    submit,
    issue,
    newId,
    clock,
    isTransient,
    log,
    config: config.uploads,
    ...(uploadPace !== undefined && { pace: uploadPace }),
    schemes: config.ocpp.transferSchemes,
    publicUrl: () => config.http.publicUrl ?? `http://localhost:${servers.port()}`,
  });

  const images = createFirmwareImages({
    db,
    newId,
    clock,
    config: config.firmware,
    schemes: config.ocpp.transferSchemes,
    ...(uploadPace !== undefined && { pace: uploadPace }),
  });
  const updates = createFirmwareUpdates({
    db,
    submit,
    calls,
    images,
    newId,
    nextRequestId,
    clock,
    baseUrl: () => config.firmware.url ?? config.http.publicUrl ?? `http://localhost:${servers.port()}`,
  });
  const rollouts = createFirmwareRollouts({ db, submit, image: images.find, newId, clock });

  // -------------------------------------------------------------------------------------------------------------- REST
  const mailer = config.mail === undefined ? undefined : createMailer(config.mail);
  const publicUrl = () => config.http.publicUrl ?? `http://localhost:${servers.port()}`;
  const outgoing = outgoingOf(config.webhooks);
  const accounts = createAccounts({ db, keyRing, clock, log, mailer, publicUrl, addressOf, outgoing });
  const streams = createStreams({ log });
  const audit = createAudit({ db, keys: keyRing.peppers('audit'), clock, log });
  const scheduledExports = createScheduledExports({ db, clock, log, config: config.exports });
  const http = createHttpApp({
    version,
    ...(consoleFolder !== undefined && { consoleFolder }),
    consoleMap: config.console.map,
    streams,
    audit,
    log,
    isTransient,
    metricsToken: config.metricsToken,
    trustedProxies: config.http.trustedProxies,
    metrics: { contentType: metrics.contentType, metrics: worker?.metricsOfAll ?? metrics.metrics },
    observe: requestMetrics(metrics),
    authenticate: accounts.authenticate,
    beside: [files.reception, updates.links],
    idempotency: createIdempotency({ db, cipher: keyRing.cipher('idempotency'), clock, log }),
    readiness: createReadiness({
      db,
      areMigrationsApplied: createMigrationCheck(db),
      isDraining: () => draining,
      isRefusingChanges: ingest.isRefused,
    }),
    routes: createRoutes({
      accounts,
      bulks,
      calls,
      changeWaiter,
      checkProfile,
      clock,
      config,
      db,
      files,
      images,
      issue,
      keyCall,
      keyRing,
      loads,
      models,
      monitoring,
      nodeId,
      onWake,
      papers,
      plans,
      profiles,
      reads,
      requestReport,
      rollouts,
      scheduledExports,
      sealing,
      tlsPort: () => servers.tlsPort(),
      setProfile,
      settingWords,
      settings,
      submit,
      templates,
      updates,
      waiter,
      webhooks,
    }),
  });
  const remoteAddressOf = createRemoteAddressOf(http);
  const isSecure = createIsSecure(http);
  const servers = createServers({ app: http, config, transport, devCa: papers.devCa, log });

  // -------------------------------------------------------------------------------------------------- every periodic job
  const backlog = { oldestDueS: 0 };
  const jobs = createJobs({
    config,
    db,
    ingest,
    issue,
    now,
    nodes,
    nodeId,
    webhooks,
    bulks,
    papers,
    files,
    scheduledExports,
    images,
    audit,
    updates,
    rollouts,
    transport,
    servers,
    spareIds,
    plans,
    loads,
    lookForMissed,
    handovers: {
      ...{ db, submit, now, newId, keyCall, seal: sealing.seal },
      translate: (...asked) => calls.translate(...asked),
      makeKey: () => makeChargerKey(keyRing.peppers('charger-key')),
    },
    backlog,
    tookOver: takeoverMetrics(metrics),
    alerting: createAlertJobs({ ...{ db, submit, nodeId, now, log }, mailer }),
    accounts: accounts.jobs,
  });
  const schedules = createSchedules(jobs, { log, measure: jobMetrics(metrics) });

  readMetrics(metrics, {
    ...{ db, transport },
    ingestWaiting: ingest.waiting,
    framesWaiting: frames.waiting,
    streamsOpen: streams.open,
    deliveriesInFlight: webhooks.dispatcher.inFlight,
    oldestDueS: () => backlog.oldestDueS,
    isStopping: () => draining,
  });

  return {
    server: servers.plain,
    metrics: metrics.metrics,
    jobs,
    async start() {
      await makePartitions(db, { now: now(), log });
      await webhooks.settleLog();
      await nodes.register(nodeId, hostname(), process.pid, now());
      const ports = await servers.start();
      deviations.start();
      refusals.start();
      audit.start();
      transport.start();
      webhooks.dispatcher.start();
      messages.start();
      schedules.start();
      ownClock.start();
      return ports;
    },
    async stop() {
      draining = true;
      ownClock.stop();
      waiter.stop();
      changeWaiter.stop();
      reportWaiter.stop();
      streams.stop();
      servers.refuse();
      await Promise.all([schedules.stop(2_000), messages.stop(), loads.stop()]);
      await transport.stop(4_000);
      await ingest.stop(2_000);
      await webhooks.dispatcher.stop(3_000);
      await Promise.all([frames.stop(1_000), deviations.stop(), refusals.stop()]);
      await servers.stop();
      await audit.stop();
      await nodes.stopped(nodeId, now());
    },
  };
}

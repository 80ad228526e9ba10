/** Builds the whole server once, and reads like a table of contents. No rules here: who is handed what, what starts when. */
import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { createAlertJobs } from './alerts/index.ts';
import { createAccounts, outgoingOf } from './app-accounts.ts';
import { createCommanding } from './app-commands.ts';
import { createFiles } from './app-files.ts';
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
import { type CallRules, chargePointsWaitingAt } from './commands/index.ts';
import type { Config } from './config/index.ts';
import { wordsOf } from './configuration/index.ts';
import { createDataTransfers, type DataTransferHandler, dataTransfers } from './data-transfer/index.ts';
import { createMigrationCheck, type Database, isTransient, makePartitions, watchDatabase } from './database/index.ts';
import { createScheduledExports } from './exports/index.ts';
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
import { createNodeMessages, nodeStore } from './nodes/index.ts';
import { createTransport, type Limits } from './ocpp/index.ts';
import { createV2 } from './ocpp/v2/index.ts';
import { createV16 } from './ocpp/v16/index.ts';
import { refuseAll, type ValidateVat, validateByForm } from './payments/index.ts';
import { systemClock } from './platform/clock.ts';
import { newId } from './platform/ids.ts';
import { within } from './platform/within.ts';
import { createSchedules, type Job } from './schedules/index.ts';
import type { KeyRing } from './secrets/index.ts';
import { createTransactionIds } from './sessions/index.ts';
import { createDriverTariff, createPlans } from './tariffs/index.ts';
import { countLines, createMetrics, type Logger } from './telemetry/index.ts';
import { auditRefusal, createRefusals } from './unknown-charge-points/index.ts';
import type { UploadsOptions } from './uploads/index.ts';
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
  let startedAt = now();
  const signOfLife = () => nodes.seen({ id: nodeId, host: hostname(), pid: process.pid, startedAt }, now());

  // ------------------------------------------------------------------------------------------------ events and ingest
  const webhooks = createWebhooks({
    db,
    nodeId,
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
  const translating: Pick<CallRules, 'translate'> = { translate: (...asked) => commanding.calls.translate(...asked) };
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
  const outside = { ...config.webhooks, caPem: config.webhooks.ca };
  const papers = createCertificates({
    db,
    submit,
    issue: () => commanding.issue,
    ...{ newId, clock, log },
    cipher: keyRing.cipher('certificate-authority'),
    signer: config.certificateSigner,
    v2gSigner: config.v2gCertificateSigner,
    hook: outside,
  });
  const nextTransactionId = createTransactionIds(db);
  const spareIds = async () => ({ sessionId: newId('ses'), transactionId: await nextTransactionId() });
  const handlers = {
    ...{ submit, nextTransactionId, newId, clock, signCertificate: papers.signCertificate },
    iso15118: createIso15118({ db, newId, clock, log, config: config.iso15118, outside }),
    dataTransfers: createDataTransfers([...dataTransfers, ...plugins]),
    driverTariff: createDriverTariff(db),
    validateVat: validateVat ?? (config.vatValidation === 'refuse' ? refuseAll : validateByForm),
  };
  const versions = [
    createV16(handlers),
    createV2({ ...handlers, protocol: 'ocpp2.0.1' }),
    createV2({ ...handlers, protocol: 'ocpp2.1' }),
  ] as const;
  const commanding = createCommanding({ config, db, submit, versions, keyRing, nodeId, clock, log });
  const { issue, sealing } = commanding;
  const framesDropped = metrics.counter('frames_dropped_total', 'Frames that were not kept');
  const frames = createFrameLog({ db, log, isTransient, onDropped: (count) => framesDropped.inc(count) });
  const deviations = createDeviations({ db, log });
  const refusals = createRefusals({ db, log });
  const transport = createTransport({
    ...{ versions, db, submit, nodeId, frames, deviations, clock, log, isWarm },
    peppers: keyRing.peppers('charger-key'),
    unseal: sealing.unseal,
    recordRefusal: (knock) => {
      refusals.record(knock);
      auditRefusal(audit, knock);
    },
    recordRaise: (raise) => audit.profileRaised(raise),
    metrics: transportMetrics(metrics),
    remoteAddressOf: (request) => remoteAddressOf(request),
    isSecure: (request) => isSecure(request),
    unknownIdentity: config.ocpp.unknownIdentity,
    ...(ocppLimits !== undefined && { limits: ocppLimits }),
  });

  // ---------------------------------------------------------------------------------------------------------- who is woken
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
    commanding.notify(wake.chargePointId);
    loads.notify(wake.chargePointId);
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

  /** The others need not wait for signs of life; without it they do. */
  async function goodbye(): Promise<void> {
    try {
      await nodes.stopped(nodeId, now());
    } catch (cause) {
      log.warn({ err: cause }, 'the others could not be told of the end of this process; they will find out');
    }
  }

  const publicUrl = () => config.http.publicUrl ?? `http://localhost:${servers.port()}`;
  const filing = createFiles({ ...{ config, db, submit, clock, log, publicUrl, pace: uploadPace }, ...commanding });

  // -------------------------------------------------------------------------------------------------------------- REST
  const mailer = config.mail === undefined ? undefined : createMailer(config.mail);
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
    beside: [filing.files.reception, filing.updates.links],
    idempotency: createIdempotency({
      db,
      cipher: keyRing.cipher('idempotency'),
      peppers: keyRing.peppers('idempotency'),
      clock,
      log,
    }),
    readiness: createReadiness({
      db,
      areMigrationsApplied: createMigrationCheck(db),
      isDraining: () => draining,
      isRefusingChanges: ingest.isRefused,
    }),
    routes: createRoutes({
      ...{
        commanding,
        ...filing,
        accounts,
        clock,
        config,
        db,
        keyRing,
        loads,
        nodeId,
        onWake,
        papers,
        plans,
        scheduledExports,
      },
      ...{ settingWords, submit, submitHandover: submit, webhooks, tlsPort: () => servers.tlsPort() },
    }),
  });
  const remoteAddressOf = createRemoteAddressOf(http);
  const isSecure = createIsSecure(http);
  const servers = createServers({ app: http, config, transport, devCa: papers.devCa, log });

  // -------------------------------------------------------------------------------------------------- every periodic job
  const backlog = { oldestDueS: 0 };
  const jobs = createJobs({
    ...{ config, db, ingest, issue, now, nodes, nodeId, webhooks, papers, scheduledExports, audit, transport, servers },
    signOfLife,
    ...{ ...filing, bulks: commanding.bulks, spareIds, plans, loads, lookForMissed },
    handovers: {
      ...{ db, submit, now, newId, keyCall: commanding.keyCall, seal: sealing.seal },
      ...translating,
      makeKey: () => makeChargerKey(keyRing.peppers('charger-key')),
    },
    backlog,
    tookOver: takeoverMetrics(metrics),
    alerting: createAlertJobs({ ...{ db, submit, nodeId, now, log }, mailer }),
    accounts: accounts.jobs,
  });
  const schedules = createSchedules(jobs, { log, measure: jobMetrics(metrics), isTransient });

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
      startedAt = now();
      await signOfLife();
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
      commanding.stop();
      streams.stop();
      servers.refuse();
      // where everything is waited for to the last, as of a database that does not answer, it is 9.5 s in all
      const endsAt = performance.now() + 8_000;
      const left = (mostMs: number) => Math.max(0, Math.min(mostMs, endsAt - performance.now()));
      await Promise.all([transport.stop(4_000), schedules.stop(2_000), messages.stop(), loads.stop(2_000)]);
      await ingest.stop(left(2_000));
      await Promise.all([
        webhooks.dispatcher.stop(left(3_000)),
        ...[frames.stop(1_000), within(1_000, deviations.stop()), within(1_000, refusals.stop())],
      ]);
      await within(100, servers.stop());
      // what nobody else has used: a database that is only slow loses nothing of the audit log
      await within(400 + left(2_000), Promise.all([audit.stop(), goodbye()]));
    },
  };
}

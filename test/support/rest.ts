/** The REST interface of all rooms on a fresh database, with two organizations that must never see each other. */
import { randomBytes } from 'node:crypto';
import type { Express } from 'express';
import request from 'supertest';
import { alertRoutes, alertsParticipant } from '../../src/alerts/index.ts';
import { createAccounts, outgoingOf } from '../../src/app-accounts.ts';
import { auditRoutes, createAudit } from '../../src/audit/index.ts';
import {
  createPasswords,
  insertUser,
  type LoginLimits,
  type Passwords,
  type Role,
  type UserRow,
} from '../../src/auth/index.ts';
import { batterySwapRoutes, batterySwaps, createRequestSwap } from '../../src/battery-swaps/index.ts';
import { billingRoutes } from '../../src/billing/index.ts';
import { certificates, createCertificates } from '../../src/certificates/index.ts';
import {
  chargePointRoutes,
  chargerKeys,
  createOcppUrl,
  knownChargePoint,
  stations,
} from '../../src/charge-points/index.ts';
import {
  chargingNeedsParticipant,
  chargingNeedsRoutes,
  needsReads,
  smartChargingSettingsRoutes,
} from '../../src/charging-needs/index.ts';
import type { FriendlyCommand } from '../../src/commands/index.ts';
import {
  commandBulkRoutes,
  commandHistoryRoutes,
  commandReads,
  commandRoutes,
  commandSchemaRoutes,
  commandsParticipant,
  createBulks,
  createIssueCommand,
  createStopSession,
  deviceCommandRoutes,
} from '../../src/commands/index.ts';
import { commissioningParticipant, commissioningRoutes } from '../../src/commissioning/index.ts';
import {
  configurationParticipant,
  configurationReads,
  configurationRoutes,
  configurationTemplateRoutes,
  templateStore,
  wordsOf,
} from '../../src/configuration/index.ts';
import {
  createAskCustomer,
  createCollect,
  customerInformation,
  customerInformationRoutes,
} from '../../src/customer-information/index.ts';
import { type Database, isTransient } from '../../src/database/index.ts';
import { derControl, derControlRoutes, derReads, derReportRoutes } from '../../src/der-control/index.ts';
import {
  createRequestReport,
  deviceModelParticipant,
  deviceModelRoutes,
  deviceReads,
  deviceWordsOf,
} from '../../src/device-model/index.ts';
import { createRefresh, displayMessageRoutes, displayMessages } from '../../src/display-messages/index.ts';
import { createPlaces, createScheduledExports, exportRoutes } from '../../src/exports/index.ts';
import { externalLimitRoutes, externalLimits } from '../../src/external-limits/index.ts';
import { firmware, firmwareRoutes } from '../../src/firmware/index.ts';
import { createFirmwareImages } from '../../src/firmware-images/index.ts';
import { createFirmwareRollouts } from '../../src/firmware-rollouts/index.ts';
import { createFirmwareUpdates, firmwareUpdates } from '../../src/firmware-updates/index.ts';
import { frameRoutes } from '../../src/frames/index.ts';
import { deletions, handoverRoutes, handovers } from '../../src/handovers/index.ts';
import {
  addressOf,
  createHttpApp,
  createIdempotency,
  createStreams,
  type HttpAppOptions,
  type StreamLimits,
} from '../../src/http/index.ts';
import type { AnyRoute } from '../../src/http/kit/route.ts';
import { createIngest, participant } from '../../src/ingest/index.ts';
import { loadRoutes } from '../../src/load-management/index.ts';
import { localListRoutes, localLists } from '../../src/local-list/index.ts';
import type { Mail, Mailer } from '../../src/mail/index.ts';
import { meter } from '../../src/meter/index.ts';
import { monitoringParticipant, monitoringReads, monitoringRoutes, monitorRoutes } from '../../src/monitoring/index.ts';
import { networkProfileReads, networkProfileRoutes, networkProfiles } from '../../src/network-profiles/index.ts';
import { createCallSchemas } from '../../src/ocpp/call-schemas.ts';
import { organizationRoutes } from '../../src/organizations/index.ts';
import { directPaymentRoutes, paymentRoutes, payments, webPaymentRoutes } from '../../src/payments/index.ts';
import { nextRequestId } from '../../src/platform/ids.ts';
import { scopes as allScopes, type Scope } from '../../src/platform/principal.ts';
import { idInRequest as newId } from '../../src/platform/request-ids.ts';
import { reportRoutes } from '../../src/reports/index.ts';
import { createReserve, reservationRoutes, reservations } from '../../src/reservations/index.ts';
import { type KeyRing, openKeyRing } from '../../src/secrets/index.ts';
import { securityEventRoutes } from '../../src/security-events/index.ts';
import { sessionLimitRoutes, sessionLimitsParticipant } from '../../src/session-limits/index.ts';
import { recordedTimeline, sessionById, sessionRoutes, sessionsParticipant } from '../../src/sessions/index.ts';
import { siteRoutes } from '../../src/sites/index.ts';
import {
  createCheckProfile,
  createSetProfile,
  dynamicProfileRoutes,
  profileReads,
  profileReportRoutes,
  reportReads,
  smartChargingParticipant,
  smartChargingRoutes,
  startRoutes,
} from '../../src/smart-charging/index.ts';
import { stationCostRoutes, stationCosts } from '../../src/station-costs/index.ts';
import {
  createPlans,
  stationTariffRoutes,
  tariffAssignmentRoutes,
  tariffPreviewRoutes,
  tariffRoutes,
} from '../../src/tariffs/index.ts';
import {
  createDescribeToken,
  tokenGroupRoutes,
  tokenRoutes,
  tokens,
  unknownTokenRoutes,
} from '../../src/tokens/index.ts';
import { unknownChargePointRoutes } from '../../src/unknown-charge-points/index.ts';
import { createUploads, type UploadsOptions, uploads } from '../../src/uploads/index.ts';
import { createEventFeed, eventRoutes, webhookRoutes } from '../../src/webhooks/index.ts';
import { quiet } from './quiet-log.ts';
import { exportsConfig, firmwareConfig, uploadsConfig } from './uploads.ts';

export type Rest = Awaited<ReturnType<typeof createRest>>;

export type RestOptions = {
  readonly limits?: HttpAppOptions['limits'];
  readonly streamLimits?: Partial<StreamLimits>;
  readonly loginLimits?: LoginLimits;
  /** Of another one on the same database: what it made is good here too. */
  readonly keyRing?: KeyRing;
  /** How long refusals gather before they are written into the audit log. */
  readonly auditEveryMs?: number;
  /** Default: at a third of the work. */
  readonly passwords?: Passwords;
  /** Default: true. */
  readonly isMailing?: boolean;
  /** Instead of one that takes every mail (`mails`). */
  readonly mailer?: Mailer;
  /** Beside those of the rooms. */
  readonly extraRoutes?: readonly AnyRoute[];
  /** Called when a route has done its work and has not answered; what it throws is what the caller gets. */
  readonly beforeAnswer?: (operationId: string) => void;
  readonly log?: HttpAppOptions['log'];
  readonly readiness?: HttpAppOptions['readiness'];
  readonly metrics?: HttpAppOptions['metrics'];
  readonly metricsToken?: string;
  readonly trustedProxies?: readonly string[];
  readonly uploads?: UploadsOptions['config'];
  /** How identity providers are asked. Default: at public addresses only. */
  readonly outgoing?: Parameters<typeof outgoingOf>[0];
};

export async function createRest(db: Database, options: RestOptions = {}) {
  let offsetMs = 0;
  const clock = { now: () => new Date(Date.now() + offsetMs) };
  const keyRing =
    options.keyRing ?? openKeyRing({ keys: `test:${randomBytes(32).toString('base64')}`, dataDir: '/nowhere' });
  /** What was sent by e-mail. */
  const mails: Mail[] = [];
  const accounts = createAccounts({
    ...{ db, keyRing, clock, addressOf, log: quiet, loginLimits: options.loginLimits },
    mailer:
      options.isMailing === false ? undefined : (options.mailer ?? { send: async (mail) => void mails.push(mail) }),
    passwords: options.passwords ?? createPasswords({ parallelism: 1 }),
    publicUrl: () => 'https://csms.example.com',
    outgoing: outgoingOf(
      options.outgoing ?? { allowSubnets: [], allowHosts: [], ca: undefined, retryOffsetsS: [], timeoutMs: 1_000 },
    ),
  });
  const { accessTokens, passwords, createApiKey } = accounts;
  const changed: string[] = [];

  const translating: Parameters<typeof wordsOf>[0] = { translate: (...asked) => calls.translate(...asked) };
  const ingest = createIngest({
    db,
    participants: [
      stations,
      tokens,
      sessionsParticipant(),
      stationCosts,
      sessionLimitsParticipant((...asked) => calls.translate(...asked)),
      meter,
      localLists,
      reservations,
      commandsParticipant(),
      uploads,
      smartChargingParticipant((...asked) => calls.translate(...asked)),
      externalLimits,
      derControl,
      chargingNeedsParticipant((...asked) => calls.translate(...asked)),
      firmware,
      firmwareUpdates,
      batterySwaps,
      payments,
      displayMessages,
      customerInformation(keyRing.cipher('customer-information')),
      certificates,
      chargerKeys,
      handovers,
      deletions,
      configurationParticipant(wordsOf(translating)),
      deviceModelParticipant({ words: deviceWordsOf(translating), automatic: false }),
      monitoringParticipant({ mostStreams: 2 }),
      networkProfiles,
      commissioningParticipant(translating),
      alertsParticipant({ isMailing: true }),
    ].map((each) => participant(each as Parameters<typeof participant>[0])),
    eventWriter: { prepare: () => ({ write: async () => ({ committed: () => {} }) }) },
    isTransient,
    onWake: ({ wake, chargePointId }) => void (wake === 'connection' && changed.push(chargePointId)),
    now: clock.now,
    log: quiet,
    metrics: { batch: () => {}, retried: () => {}, poisoned: () => {}, ignored: () => {} },
    lanes: 2,
  });
  const reads = commandReads(db);
  const models = deviceReads(db);
  const calls = {
    actions: () => [
        'Reset', 'device', 'start', 'stop', 'reset', 'unlock', 'trigger', 'availability', 'clear_cache', 'data_transfer',
      'set_charging_profile', 'clear_charging_profiles', 'composite_schedule',
        'reserve', 'upload', 'request_battery_swap', 'customer_information', ], // biome-ignore format: a list of words
    examples: () => [],
    validate: () => [],
    refuse: () => undefined,
    translate: (_protocol: unknown, command: FriendlyCommand) => ({ action: command.do, payload: { ...command } }),
  } satisfies Parameters<typeof createIssueCommand>[0]['calls'];
  const bulks = createBulks({ db, submit: ingest.submit, calls, newId, clock, log: quiet });
  const issue = createIssueCommand({
    reads,
    submit: ingest.submit,
    calls,
    waiter: { settled: async () => {} },
    newId,
    seal: (fields) => JSON.stringify(fields),
    nodeId: 'node_1',
    clock,
  });
  const requestReport = createRequestReport({
    reads: models,
    issue,
    waiter: { settled: async () => {} },
    newId,
    nodeId: 'node_1',
    clock,
  });
  const papers = createCertificates({
    db,
    submit: ingest.submit,
    issue: () => issue,
    newId,
    clock,
    log: quiet,
    cipher: keyRing.cipher('certificate-authority'),
    signer: { kind: 'none' },
    v2gSigner: { kind: 'none' },
    hook: { allowSubnets: [], caPem: undefined, timeoutMs: 1000 },
  });
  const uploadsOf = options.uploads ?? uploadsConfig();
  const files = createUploads({
    db,
    submit: ingest.submit,
    issue,
    newId,
    clock,
    isTransient,
    log: quiet,
    config: uploadsOf,
    schemes: ['https', 'ftp'],
    publicUrl: () => 'http://localhost',
  });
  const imagesOf = firmwareConfig();
  const images = createFirmwareImages({ db, newId, clock, config: imagesOf, schemes: ['https', 'http'] });
  const updates = createFirmwareUpdates({
    ...{ db, submit: ingest.submit, calls, images, newId, nextRequestId, clock },
    baseUrl: () => 'http://localhost',
  });
  const rollouts = createFirmwareRollouts({ db, submit: ingest.submit, image: images.find, newId, clock });
  const profiles = profileReads(db);
  const check = createCheckProfile({ reads: profiles, settingsOf: configurationReads(db).settings });
  const setProfile = createSetProfile({ reads: profiles, issue, check, newId, clock });
  const feed = createEventFeed({ db, log: quiet });
  const leaving = { db, clock, takePlace: createPlaces() };
  const scheduledExports = createScheduledExports({ db, clock, log: quiet, config: exportsConfig() });
  const routes: AnyRoute[] = [
    ...exportRoutes(leaving),
    ...scheduledExports.routes,
    ...billingRoutes(leaving),
    ...reportRoutes(leaving),
    ...accounts.routes,
    ...auditRoutes(leaving),
    ...organizationRoutes({ db }),
    ...siteRoutes({ db, clock }),
    // Nobody looks at sites here; test/load-management does.
    ...loadRoutes({ db, clock, loads: { soon: () => undefined, knows: () => undefined } }),
    ...alertRoutes({ db, submit: ingest.submit, clock, isMailing: true }),
    ...chargePointRoutes({
      db,
      peppers: keyRing.peppers('charger-key'),
      ocppUrl: createOcppUrl({ publicUrl: undefined, tlsPort: () => undefined }),
      onChanged: (id) => changed.push(id),
      submit: ingest.submit,
      seal: (fields) => JSON.stringify(fields),
      keyCall: (_protocol, value) => ({ action: 'key', payload: { value } }),
      settled: async () => {},
      findCommand: reads.find,
      nodeId: 'node_1',
      newId,
      clock,
    }),
    ...commissioningRoutes({ db, submit: ingest.submit, newId, clock }),
    ...handoverRoutes({ db, submit: ingest.submit, newId, clock }),
    ...tokenRoutes({ db, clock }),
    ...tokenGroupRoutes({ db, clock }),
    ...unknownTokenRoutes({ db, clock }),
    ...localListRoutes({ db, submit: ingest.submit, clock }),
    ...customerInformationRoutes({
      db,
      ask: createAskCustomer({ db, issue, newId, clock }),
      collect: createCollect({ submit: ingest.submit, clock }),
    }),
    ...displayMessageRoutes({ db, issue, clock, refresh: createRefresh({ db, issue, newId, clock }) }),
    ...batterySwapRoutes({ db, requestSwap: createRequestSwap({ db, issue, newId, clock }) }),
    ...paymentRoutes({ db, issue }),
    ...webPaymentRoutes({ db, issue, cipher: keyRing.cipher('web-payment'), clock }),
    ...directPaymentRoutes({ db, issue, clock, newId }),
    ...firmwareRoutes({ db, issue, nextRequestId }),
    ...reservationRoutes({ clock, db, issue, reserve: createReserve({ db, reads, issue, newId, clock }) }),
    ...sessionRoutes({
      db,
      submit: ingest.submit,
      stopSession: createStopSession({ issue }),
      plans: createPlans(),
      clock,
    }),
    ...startRoutes({ issue, check, describeToken: createDescribeToken(db), clock, newId }),
    ...stationCostRoutes({ db }),
    ...sessionLimitRoutes({
      db,
      submit: ingest.submit,
      clock,
      newId,
      findSession: (...asked) => sessionById(db, ...asked),
    }),
    ...commandRoutes({ reads, issue, calls }),
    ...commandSchemaRoutes({ reads, calls, schemaOf: createCallSchemas() }),
    ...commandHistoryRoutes({ reads, submit: ingest.submit, clock }),
    ...commandBulkRoutes({ db, bulks }),
    ...configurationRoutes({
      mustBeKnown: (organizationId, chargePointId) => knownChargePoint(db, organizationId, chargePointId),
      reads: configurationReads(db),
      templates: templateStore(db),
      submit: ingest.submit,
      waiter: { settled: async () => {} },
      words: wordsOf(calls),
      seal: (fields) => JSON.stringify(fields),
      newId,
      nodeId: 'node_1',
      clock,
    }),
    ...configurationTemplateRoutes({ templates: templateStore(db), newId, clock }),
    ...deviceCommandRoutes({ issue }),
    ...deviceModelRoutes({ db, reads: models, requestReport }),
    ...tariffRoutes({ db, clock }),
    ...tariffPreviewRoutes({ db, clock, recordedTimeline }),
    ...tariffAssignmentRoutes({ db, clock }),
    ...stationTariffRoutes({ db, issue, sessionById }),
    ...monitorRoutes({ reads: monitoringReads(db), issue, requestReport }),
    ...monitoringRoutes({ reads: monitoringReads(db), issue }),
    ...networkProfileRoutes({ db, reads: networkProfileReads(db), issue, newId, clock }),
    ...unknownChargePointRoutes({ db }),
    ...frameRoutes({ db, isTransient, now: clock.now }),
    ...securityEventRoutes({ db }),
    ...smartChargingRoutes({ db, reads: profiles, setProfile, issue, clock }),
    ...profileReportRoutes({ db, issue, newId, clock, reads: reportReads(db) }),
    ...dynamicProfileRoutes({ issue, submit: ingest.submit, clock, reads: profiles }),
    ...externalLimitRoutes({ db }),
    ...chargingNeedsRoutes({ db, issue, bulks, clock, reads: needsReads(db) }),
    ...smartChargingSettingsRoutes({ db, clock, reads: needsReads(db) }),
    ...derControlRoutes({ db, issue, newId, clock, reads: derReads(db) }),
    ...derReportRoutes({ db, issue, newId, clock, reads: derReads(db) }),
    ...files.routes,
    ...images.routes,
    ...updates.routes,
    ...rollouts.routes,
    ...papers.routes(issue),
    ...webhookRoutes({
      db,
      keyRing: keyRing.cipher('webhook'),
      guard: { faultOf: () => Promise.resolve(undefined) } as Parameters<typeof webhookRoutes>[0]['guard'],
      endpointChanged: async () => {},
      wake: () => {},
      timeoutMs: 1000,
      retentionDays: 30,
      clock,
    }),
    ...eventRoutes({ db, feed, clock }),
    ...(options.extraRoutes ?? []),
  ];
  const audit = createAudit({
    db,
    keys: keyRing.peppers('audit'),
    clock,
    log: quiet,
    everyMs: options.auditEveryMs ?? 50,
  });
  audit.start();
  const streams = createStreams({ log: quiet, limits: options.streamLimits ?? {} });
  const { beforeAnswer } = options;
  const watched = (each: AnyRoute): AnyRoute => ({
    ...each,
    handle: async (input) => {
      const result = await each.handle(input);
      beforeAnswer?.(each.operationId);
      return result;
    },
  });
  const app: Express = createHttpApp({
    routes: beforeAnswer === undefined ? routes : routes.map(watched),
    streams,
    audit,
    beside: [files.reception],
    authenticate: accounts.authenticate,
    idempotency: createIdempotency({
      db,
      cipher: keyRing.cipher('idempotency'),
      peppers: keyRing.peppers('idempotency'),
      clock,
      log: quiet,
    }),
    readiness: options.readiness ?? (async () => ({ ready: true, checks: {} })),
    isTransient,
    log: options.log ?? quiet,
    version: '0.0.0',
    ...(options.limits !== undefined && { limits: options.limits }),
    ...(options.metrics !== undefined && { metrics: options.metrics }),
    metricsToken: options.metricsToken,
    ...(options.trustedProxies !== undefined && { trustedProxies: options.trustedProxies }),
  });

  /** One for all requests: supertest would open one for each. */
  const server = app.listen(0, '127.0.0.1');
  // On a slow machine the default (5 s) cuts off a kept connection in the moment in which the test uses it again.
  server.keepAliveTimeout = 300_000;

  async function createOrganization(name = 'Test'): Promise<string> {
    const id = newId('org');
    await db.prisma.organization.create({ data: { id, name } });
    return id;
  }
  const keyOf = async (
    organizationId: string,
    scopes: readonly Scope[] = allScopes,
    expiresAt: Date | null = null,
  ): Promise<{ id: string; key: string }> =>
    createApiKey({ organizationId, name: 'Test', scopes, expiresAt, createdBy: null });
  const password = 'correct horse battery staple';
  let hashed: Promise<string> | undefined;
  /** With the password of all; hashed once, as that takes long on purpose. */
  async function userOf(
    organizationId: string,
    role: Role,
    email = `${newId('usr').toLowerCase()}@example.com`,
    siteIds: readonly string[] = [],
  ): Promise<UserRow> {
    hashed ??= passwords.hash(password);
    const account = { id: newId('usr'), organizationId, email, name: null, passwordHash: await hashed };
    const user = await insertUser(db, {
      ...account,
      role,
      siteIds,
      createdBy: null,
      addressProven: true,
      now: clock.now(),
    });
    if (user === undefined) throw new Error(`there is a user ${email} already`);
    return user;
  }

  return {
    db,
    app,
    server,
    routes,
    ingest,
    accessTokens,
    accounts,
    mails,
    keyRing,
    streams,
    feed,
    passwords,
    clock,
    scheduledExports,
    /** Where the files of chargers lie. */
    uploadsDir: uploadsOf.dir,
    /** Where images of firmware lie. */
    imagesDir: imagesOf.dir,
    /** Charge points that onChanged was called for. */
    changed,
    password,
    createOrganization,
    keyOf,
    userOf,
    advance(ms: number): void {
      offsetMs += ms;
    },
    /** Requests with this credential. */
    as: (credential: string) => {
      const call = (method: 'get' | 'post' | 'put' | 'patch' | 'delete') => (path: string) =>
        request(server)[method](path).set('Authorization', `Bearer ${credential}`);
      return {
        get: call('get'),
        post: call('post'),
        put: call('put'),
        patch: call('patch'),
        delete: call('delete'),
      };
    },
    /** Writes what the audit log has gathered. */
    audit,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await ingest.stop(1000);
      await audit.stop();
    },
  };
}

/** A session straight into the table. */
export async function insertSession(
  db: Database,
  of: { organizationId: string; chargePointId: string; number?: number },
  more: Partial<Parameters<Database['prisma']['session']['create']>[0]['data']> = {},
): Promise<{ id: string; transactionId: number }> {
  const transactionId = Math.floor(Math.random() * 2_000_000_000) + 1;
  const id = newId('ses');
  const at = new Date();
  await db.prisma.session.create({
    data: {
      id,
      transactionId,
      startKey: id,
      organizationId: of.organizationId,
      chargePointId: of.chargePointId,
      chargePointNumber: of.number ?? 1,
      chargePointIdentity: 'CP-1',
      evseId: 1,
      connectorId: 1,
      status: 'active',
      tokenUid: 'TAG',
      authorization: 'accepted',
      startedAt: at,
      meterStartWh: 0,
      lastRegisterWh: 0,
      energyWh: 0,
      flags: [],
      updatedAt: at,
      createdAt: at,
      ...more,
    },
  });
  return { id, transactionId };
}

/** Every route of REST, and what each room's are handed. */

import { alertRoutes } from './alerts/index.ts';
import type { Accounts } from './app-accounts.ts';
import type { Commanding } from './app-commands.ts';
import type { createFiles } from './app-files.ts';
import { auditRoutes } from './audit/index.ts';
import { batterySwapRoutes, createRequestSwap } from './battery-swaps/index.ts';
import { billingRoutes } from './billing/index.ts';
import type { Certificates } from './certificates/index.ts';
import { chargePointRoutes, createOcppUrl, knownChargePoint } from './charge-points/index.ts';
import { chargingNeedsRoutes, needsReads, smartChargingSettingsRoutes } from './charging-needs/index.ts';
import {
  commandBulkRoutes,
  commandHistoryRoutes,
  commandRoutes,
  commandSchemaRoutes,
  createStopSession,
  deviceCommandRoutes,
} from './commands/index.ts';
import { commissioningRoutes } from './commissioning/index.ts';
import type { Config } from './config/index.ts';
import { configurationRoutes, configurationTemplateRoutes, type wordsOf } from './configuration/index.ts';
import { createAskCustomer, createCollect, customerInformationRoutes } from './customer-information/index.ts';
import { type Database, isTransient } from './database/index.ts';
import { derControlRoutes, derReads, derReportRoutes } from './der-control/index.ts';
import { deviceModelRoutes } from './device-model/index.ts';
import { createRefresh, displayMessageRoutes } from './display-messages/index.ts';
import { createPlaces, type createScheduledExports, exportRoutes } from './exports/index.ts';
import { externalLimitRoutes } from './external-limits/index.ts';
import { firmwareRoutes } from './firmware/index.ts';
import { frameRoutes } from './frames/index.ts';
import { handoverRoutes, type SubmitHandover } from './handovers/index.ts';
import type { AnyRoute } from './http/index.ts';
import type { SubmitFor, Wake } from './ingest/contract.ts';
import { type LoadManager, loadRoutes } from './load-management/index.ts';
import { localListRoutes } from './local-list/index.ts';
import { monitoringRoutes, monitorRoutes } from './monitoring/index.ts';
import { networkProfileReads, networkProfileRoutes } from './network-profiles/index.ts';
import { createCallSchemas } from './ocpp/call-schemas.ts';
import { organizationRoutes } from './organizations/index.ts';
import { directPaymentRoutes, paymentRoutes, webPaymentRoutes } from './payments/index.ts';
import type { Clock } from './platform/clock.ts';
import { nextRequestId } from './platform/ids.ts';
import { idInRequest as newId } from './platform/request-ids.ts';
import { reportRoutes } from './reports/index.ts';
import { createReserve, reservationRoutes } from './reservations/index.ts';
import type { KeyRing } from './secrets/index.ts';
import { securityEventRoutes } from './security-events/index.ts';
import { sessionLimitRoutes } from './session-limits/index.ts';
import { recordedTimeline, sessionById, sessionRoutes } from './sessions/index.ts';
import { siteRoutes } from './sites/index.ts';
import {
  dynamicProfileRoutes,
  profileReportRoutes,
  reportReads,
  smartChargingRoutes,
  startRoutes,
} from './smart-charging/index.ts';
import { stationCostRoutes } from './station-costs/index.ts';
import {
  type Plans,
  stationTariffRoutes,
  tariffAssignmentRoutes,
  tariffPreviewRoutes,
  tariffRoutes,
} from './tariffs/index.ts';
import { createDescribeToken, tokenGroupRoutes, tokenRoutes, unknownTokenRoutes } from './tokens/index.ts';
import { unknownChargePointRoutes } from './unknown-charge-points/index.ts';
import type { createWebhooks } from './webhooks/index.ts';

type Needs = ReturnType<typeof createFiles> & {
  readonly commanding: Commanding;
  readonly accounts: Pick<Accounts, 'routes'>;
  readonly clock: Clock;
  readonly config: Pick<Config, 'http' | 'mail'>;
  readonly db: Database;
  readonly keyRing: KeyRing;
  readonly loads: LoadManager;
  readonly nodeId: string;
  readonly onWake: (wake: Wake) => void;
  readonly papers: Certificates;
  readonly plans: Plans;
  readonly scheduledExports: ReturnType<typeof createScheduledExports>;
  readonly settingWords: ReturnType<typeof wordsOf>;
  readonly submit: SubmitFor;
  readonly submitHandover: SubmitHandover;
  readonly tlsPort: () => number | undefined;
  readonly webhooks: ReturnType<typeof createWebhooks>;
};

export function createRoutes({ commanding, ...needs }: Needs): readonly AnyRoute[] {
  const { accounts, clock, config, db, keyRing, loads, nodeId, onWake, papers, plans, scheduledExports } = needs;
  const { settingWords, submit, tlsPort, webhooks, files, images, updates, rollouts } = needs;
  const { calls, keyCall, sealing, reads, waiter, issue, bulks, settings, templates, changeWaiter } = commanding;
  const { models, requestReport, monitoring, profiles, checkProfile, setProfile } = commanding;
  const now = () => clock.now();
  const leaving = { db, clock, takePlace: createPlaces() };
  return [
    ...accounts.routes,
    ...auditRoutes(leaving),
    ...organizationRoutes({ db }),
    ...siteRoutes({ db, clock }),
    ...loadRoutes({ db, clock, loads }),
    ...alertRoutes({ db, submit, clock, isMailing: config.mail !== undefined }),
    ...chargePointRoutes({
      db,
      peppers: keyRing.peppers('charger-key'),
      ocppUrl: createOcppUrl({ publicUrl: config.http.publicUrl, tlsPort }),
      onChanged: (chargePointId) => onWake({ wake: 'connection', chargePointId }),
      submit,
      seal: sealing.seal,
      keyCall,
      settled: (command, withinMs) => waiter.settled(command, { withinMs }),
      findCommand: reads.find,
      nodeId,
      newId,
      clock,
    }),
    ...commissioningRoutes({ db, submit, newId, clock }),
    ...handoverRoutes({ db, submit: needs.submitHandover, newId, clock }),
    ...tokenRoutes({ db, clock }),
    ...tokenGroupRoutes({ db, clock }),
    ...unknownTokenRoutes({ db, clock }),
    ...localListRoutes({ db, submit, clock }),
    ...reservationRoutes({ db, issue, clock, reserve: createReserve({ db, reads, issue, newId, clock }) }),
    ...customerInformationRoutes({
      db,
      ask: createAskCustomer({ db, issue, newId, clock }),
      collect: createCollect({ submit, clock }),
    }),
    ...displayMessageRoutes({ db, issue, clock, refresh: createRefresh({ db, issue, newId, clock }) }),
    ...batterySwapRoutes({ db, requestSwap: createRequestSwap({ db, issue, newId, clock }) }),
    ...paymentRoutes({ db, issue }),
    ...webPaymentRoutes({ db, issue, cipher: keyRing.cipher('web-payment'), clock }),
    ...directPaymentRoutes({ db, issue, clock, newId }),
    ...firmwareRoutes({ db, issue, nextRequestId }),
    ...sessionRoutes({ db, submit, stopSession: createStopSession({ issue }), plans, clock }),
    ...startRoutes({ issue, check: checkProfile, describeToken: createDescribeToken(db), clock, newId }),
    ...stationCostRoutes({ db }),
    ...sessionLimitRoutes({ db, submit, clock, newId, findSession: (...asked) => sessionById(db, ...asked) }),
    ...commandRoutes({ reads, issue, calls }),
    ...commandSchemaRoutes({ reads, calls, schemaOf: createCallSchemas() }),
    ...commandHistoryRoutes({ reads, submit, clock }),
    ...commandBulkRoutes({ db, bulks }),
    ...configurationRoutes({
      mustBeKnown: (organizationId, chargePointId) => knownChargePoint(db, organizationId, chargePointId),
      reads: settings,
      templates,
      submit,
      waiter: changeWaiter,
      words: settingWords,
      seal: sealing.seal,
      newId,
      nodeId,
      clock,
    }),
    ...configurationTemplateRoutes({ templates, newId, clock }),
    ...deviceCommandRoutes({ issue }),
    ...tariffRoutes({ db, clock }),
    ...tariffPreviewRoutes({ db, clock, recordedTimeline }),
    ...tariffAssignmentRoutes({ db, clock }),
    ...stationTariffRoutes({ db, issue, sessionById }),
    ...deviceModelRoutes({ db, reads: models, requestReport }),
    ...monitorRoutes({ reads: monitoring, issue, requestReport }),
    ...monitoringRoutes({ reads: monitoring, issue }),
    ...networkProfileRoutes({ db, reads: networkProfileReads(db), issue, newId, clock }),
    ...unknownChargePointRoutes({ db }),
    ...frameRoutes({ db, isTransient, now }),
    ...securityEventRoutes({ db }),
    ...smartChargingRoutes({ db, issue, clock, reads: profiles, setProfile }),
    ...profileReportRoutes({ db, issue, newId, clock, reads: reportReads(db) }),
    ...dynamicProfileRoutes({ issue, submit, clock, reads: profiles }),
    ...externalLimitRoutes({ db }),
    ...chargingNeedsRoutes({ db, issue, bulks, clock, reads: needsReads(db) }),
    ...smartChargingSettingsRoutes({ db, clock, reads: needsReads(db) }),
    ...derControlRoutes({ db, issue, newId, clock, reads: derReads(db) }),
    ...derReportRoutes({ db, issue, newId, clock, reads: derReads(db) }),
    ...exportRoutes(leaving),
    ...scheduledExports.routes,
    ...billingRoutes(leaving),
    ...reportRoutes(leaving),
    ...files.routes,
    ...images.routes,
    ...updates.routes,
    ...rollouts.routes,
    ...papers.routes(issue),
    ...webhooks.routes,
  ];
}

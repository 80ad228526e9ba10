/** How requests come to chargers: who may ask for what, what is known of a charger before it is asked, and who waits for the answer. */
import type { KeyCall } from './charge-points/index.ts';
import { commandReads, createBulks, createCommandWaiter, createIssueCommand, createSealing } from './commands/index.ts';
import type { Config } from './config/index.ts';
import { configurationReads, templateStore } from './configuration/index.ts';
import type { Database } from './database/index.ts';
import { createRequestReport, deviceReads } from './device-model/index.ts';
import type { Ingest } from './ingest/contract.ts';
import { monitoringReads } from './monitoring/index.ts';
import { createCallRules } from './ocpp/call-rules.ts';
import { createCallValidator } from './ocpp/index.ts';
import * as v2Words from './ocpp/v2/index.ts';
import * as v16Words from './ocpp/v16/index.ts';
import type { Clock } from './platform/clock.ts';
import { idInRequest as newId } from './platform/request-ids.ts';
import type { KeyRing } from './secrets/index.ts';
import { createCheckProfile, createSetProfile, profileReads } from './smart-charging/index.ts';
import type { Logger } from './telemetry/index.ts';

type Needs = {
  readonly config: Pick<Config, 'ocpp'>;
  readonly db: Database;
  readonly submit: Ingest['submit'];
  readonly versions: readonly [
    v16: ReturnType<typeof v16Words.createV16>,
    v201: ReturnType<typeof v2Words.createV2>,
    v21: ReturnType<typeof v2Words.createV2>,
  ];
  readonly keyRing: KeyRing;
  readonly nodeId: string;
  readonly clock: Clock;
  readonly log: Logger;
};
export type Commanding = ReturnType<typeof createCommanding>;

export function createCommanding({ config, db, submit, versions, keyRing, nodeId, clock, log }: Needs) {
  const [v16, v201, v21] = versions;
  const calls = createCallRules(
    [
      { version: v16, ...v16Words },
      { version: v201, ...v2Words },
      { version: v21, ...v2Words },
    ],
    createCallValidator(versions),
    config.ocpp.transferSchemes,
  );
  const keyCall: KeyCall = (spoken, value) => {
    const protocol = versions.find((each) => each.protocol === spoken)?.protocol;
    if (protocol === undefined) return undefined;
    // 1.6 security whitepaper A01; 2.0.1 A01.FR.01
    const key = protocol === v16.protocol ? 'AuthorizationKey' : 'SecurityCtrlr.BasicAuthPassword';
    return calls.translate(protocol, { do: 'change_configuration', settings: [{ key, value }] });
  };
  const sealing = createSealing(keyRing.cipher('command-secret'));
  const reads = commandReads(db);
  const waiter = createCommandWaiter({ isOpen: reads.isOpen });
  const issue = createIssueCommand({ reads, submit, calls, waiter, newId, seal: sealing.seal, nodeId, clock });
  const bulks = createBulks({ db, submit, calls, newId, clock, log });

  const settings = configurationReads(db);
  const templates = templateStore(db);
  const changeWaiter = createCommandWaiter({ isOpen: settings.isOpen });
  const models = deviceReads(db);
  const reportWaiter = createCommandWaiter({ isOpen: models.isOpen });
  const requestReport = createRequestReport({ reads: models, issue, waiter: reportWaiter, newId, nodeId, clock });
  const monitoring = monitoringReads(db);
  const profiles = profileReads(db);
  const checkProfile = createCheckProfile({ reads: profiles, settingsOf: settings.settings });
  const setProfile = createSetProfile({ reads: profiles, issue, check: checkProfile, newId, clock });
  return {
    ...{ calls, keyCall, sealing, reads, waiter, issue, bulks },
    ...{ settings, templates, changeWaiter, models, requestReport, monitoring, profiles, checkProfile, setProfile },
    /** A command for this charge point has ended. */
    notify(chargePointId: string): void {
      waiter.notify(chargePointId);
      changeWaiter.notify(chargePointId);
      reportWaiter.notify(chargePointId);
    },
    /** Whoever waits is told that nobody knows. */
    stop(): void {
      waiter.stop();
      changeWaiter.stop();
      reportWaiter.stop();
    },
  };
}

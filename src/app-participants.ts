/** Every room that takes part in ingest's transactions. */
import { alertsParticipant } from './alerts/index.ts';
import { batterySwaps } from './battery-swaps/index.ts';
import { certificates } from './certificates/index.ts';
import { chargerKeys, stations } from './charge-points/index.ts';
import { chargingNeedsParticipant } from './charging-needs/index.ts';
import { type CallRules, commandsParticipant } from './commands/index.ts';
import { commissioningParticipant } from './commissioning/index.ts';
import type { Config } from './config/index.ts';
import { configurationParticipant, type wordsOf } from './configuration/index.ts';
import { customerInformation } from './customer-information/index.ts';
import { derControl } from './der-control/index.ts';
import { deviceModelParticipant, deviceWordsOf } from './device-model/index.ts';
import { displayMessages } from './display-messages/index.ts';
import { externalLimits } from './external-limits/index.ts';
import { firmware } from './firmware/index.ts';
import { firmwareUpdates } from './firmware-updates/index.ts';
import { deletions, handovers } from './handovers/index.ts';
import type { AnyParticipant } from './ingest/index.ts';
import { participant } from './ingest/index.ts';
import { localLists } from './local-list/index.ts';
import { meter } from './meter/index.ts';
import { monitoringParticipant } from './monitoring/index.ts';
import { networkProfiles } from './network-profiles/index.ts';
import { payments } from './payments/index.ts';
import { quarantine } from './quarantine/index.ts';
import { reservations } from './reservations/index.ts';
import type { KeyRing } from './secrets/index.ts';
import { securityEvents } from './security-events/index.ts';
import { sessionLimitsParticipant } from './session-limits/index.ts';
import { sessionsParticipant } from './sessions/index.ts';
import { smartChargingParticipant } from './smart-charging/index.ts';
import { stationCosts } from './station-costs/index.ts';
import type { Plans } from './tariffs/index.ts';
import { tokens } from './tokens/index.ts';
import { uploads } from './uploads/index.ts';

type Needs = {
  readonly config: Pick<Config, 'costs' | 'deviceModel' | 'mail'>;
  readonly keyRing: KeyRing;
  readonly calls: Pick<CallRules, 'translate'>;
  readonly settingWords: ReturnType<typeof wordsOf>;
  readonly plans: Plans;
};

export const createParticipants = ({
  config,
  keyRing,
  calls,
  settingWords,
  plans,
}: Needs): readonly AnyParticipant[] => [
  participant(stations),
  participant(tokens),
  participant(sessionsParticipant({ plans, costEveryMs: config.costs.updateEveryS * 1000, calls })),
  participant(stationCosts),
  participant(sessionLimitsParticipant((...asked) => calls.translate(...asked))),
  participant(meter),
  participant(localLists),
  participant(reservations),
  participant(firmware),
  participant(firmwareUpdates),
  participant(batterySwaps),
  participant(payments),
  participant(displayMessages),
  participant(customerInformation(keyRing.cipher('customer-information'))),
  participant(commandsParticipant()),
  participant(uploads),
  participant(chargerKeys),
  participant(handovers),
  participant(deletions),
  participant(configurationParticipant(settingWords)),
  participant(monitoringParticipant({ mostStreams: config.deviceModel.mostStreams })),
  participant(networkProfiles),
  participant(
    deviceModelParticipant({
      words: deviceWordsOf(calls),
      automatic: config.deviceModel.inventory === 'auto',
    }),
  ),
  participant(certificates),
  participant(quarantine),
  participant(securityEvents),
  participant(smartChargingParticipant((...asked) => calls.translate(...asked))),
  participant(externalLimits),
  participant(chargingNeedsParticipant((...asked) => calls.translate(...asked))),
  participant(derControl),
  participant(commissioningParticipant(calls)),
  participant(alertsParticipant({ isMailing: config.mail !== undefined })),
];

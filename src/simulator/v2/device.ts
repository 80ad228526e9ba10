/** All that a 2.x station has and remembers: its device model, its tokens, its transactions, and what the CSMS gave it. */
import { createFirmware, type Firmware } from '../firmware.ts';
import { type Certificates, createCertificates } from './certificates.ts';
import { type ChargingProfiles, createChargingProfiles } from './charging-profiles.ts';
import { createDerControls, type DerControls } from './der-controls.ts';
import { createDisplays, type Displays } from './displays.ts';
import { createLogs, type Logs } from './logs.ts';
import type { Model } from './model/index.ts';
import { createMonitors, type Monitors } from './monitors.ts';
import { createNeeds, type Needs } from './needs.ts';
import { createNetwork, type Network } from './network.ts';
import { createPublishing, type Publishing } from './publishing.ts';
import { createStreams, type Streams } from './streams.ts';
import { createTariffs, type Tariffs } from './tariffs.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { createTransactionLog, type TransactionLog } from './transaction-log.ts';
import type { V2Transactions } from './transactions.ts';
import type { V2Version } from './words.ts';

export type Device = {
  readonly version: V2Version;
  readonly model: Model;
  readonly tokens: Tokens;
  readonly log: TransactionLog;
  readonly transactions: () => V2Transactions;
  readonly profiles: ChargingProfiles;
  readonly needs: Needs;
  readonly monitors: Monitors;
  readonly streams: Streams;
  readonly certificates: Certificates;
  readonly logs: Logs;
  readonly firmware: Firmware;
  readonly publishing: Publishing;
  readonly displays: Displays;
  readonly network: Network;
  readonly tariffs: Tariffs;
  readonly derControls: DerControls;
  /** What the next boot will be told to come of. */
  bootReason: string;
  /** Resets that wait until nobody charges: of the station (0) or of an EVSE. */
  readonly scheduledResets: Set<number>;
  /** Connectors out of order by themselves, as `evse.connector`. */
  readonly plugsOut: Set<string>;
  /** Whether the last boot was accepted. */
  isRegistered: boolean;
  /** 2.1: EVSEs that somebody is paying for elsewhere, and until when. */
  readonly webPayments: Map<number, number>;
  /** 2.1: the grid's last signal. */
  afrrSignal: number | undefined;
  /** 2.1: transactions go on after this reboot. */
  resumes: boolean;
};

export function createDevice(version: V2Version, model: Model, transactions: () => V2Transactions): Device {
  const log = createTransactionLog();
  const profiles = createChargingProfiles({ model, log, version, transactions });
  const device: Device = {
    version,
    model,
    log,
    transactions,
    profiles,
    tokens: createTokens(model),
    needs: createNeeds(() => profiles, log, version),
    monitors: createMonitors(model, log, version),
    streams: createStreams(),
    certificates: createCertificates(model, version),
    logs: createLogs(),
    firmware: createFirmware({
      tellsAll: true,
      status: ({ status, requestId }) => ({
        action: 'FirmwareStatusNotification',
        payload: { status, ...(requestId === undefined ? {} : { requestId }) },
      }),
      rebooting: () => {
        device.bootReason = 'FirmwareUpdate';
      },
    }),
    publishing: createPublishing(),
    displays: createDisplays(model, log, version === '2.1'),
    network: createNetwork(model, version),
    tariffs: createTariffs(),
    derControls: createDerControls(),
    bootReason: 'PowerUp',
    scheduledResets: new Set(),
    plugsOut: new Set(),
    isRegistered: false,
    webPayments: new Map(),
    afrrSignal: undefined,
    resumes: false,
  };
  return device;
}

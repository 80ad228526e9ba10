/** Why a transaction ends, in 2.x's words: the trigger of the event, and the reason told with it (2.0.1 E06–E08, TriggerReasonEnumType). */
import type { StopReason } from '../types.ts';

export type V2Version = '2.0.1' | '2.1';
export type ChargingState = 'Charging' | 'EVConnected' | 'SuspendedEV' | 'SuspendedEVSE' | 'Idle';

const TRIGGERS: Readonly<Record<StopReason, string>> = {
  DeAuthorized: 'Deauthorized',
  EmergencyStop: 'AbnormalCondition',
  EVDisconnected: 'EVCommunicationLost',
  HardReset: 'ResetCommand',
  Local: 'StopAuthorized',
  Other: 'AbnormalCondition',
  PowerLoss: 'AbnormalCondition',
  Reboot: 'AbnormalCondition',
  Remote: 'RemoteStop',
  SoftReset: 'ResetCommand',
  UnlockCommand: 'UnlockCommand',
  EnergyLimitReached: 'EnergyLimitReached',
  GroundFault: 'AbnormalCondition',
  ImmediateReset: 'ResetCommand',
  LocalOutOfCredit: 'ChargingStateChanged',
  MasterPass: 'StopAuthorized',
  OvercurrentFault: 'AbnormalCondition',
  PowerQuality: 'AbnormalCondition',
  SOCLimitReached: 'EnergyLimitReached',
  StoppedByEV: 'ChargingStateChanged',
  TimeLimitReached: 'TimeLimitReached',
  Timeout: 'EVConnectTimeout',
};

export const triggerOf = (reason: StopReason, version: V2Version): string =>
  reason === 'SOCLimitReached' && version === '2.1' ? 'SoCLimitReached' : TRIGGERS[reason];

const STOPPED: Readonly<Partial<Record<StopReason, string>>> = {
  HardReset: 'ImmediateReset',
  SoftReset: 'ImmediateReset',
  UnlockCommand: 'Other',
};
export const stoppedReasonOf = (reason: StopReason): string => STOPPED[reason] ?? reason;

/** What started a boot, by what took the station down (2.0.1 BootReasonEnumType). */
const BOOTS: Readonly<Partial<Record<StopReason, string>>> = {
  HardReset: 'RemoteReset',
  SoftReset: 'RemoteReset',
  ImmediateReset: 'RemoteReset',
  PowerLoss: 'PowerUp',
  Local: 'LocalReset',
  Reboot: 'Watchdog',
};
export const bootReasonOf = (reason: StopReason): string => BOOTS[reason] ?? 'Unknown';

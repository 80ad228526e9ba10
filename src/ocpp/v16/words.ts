/** OCPP 1.6's words and ours, side by side. No rules. */
import type { Authorization, AuthorizeReply, ConnectorStatus } from '../../ingest/inputs.ts';
import { enumReader, wordReader } from '../reading.ts';

/** OCPP 1.6 §7.7 ChargePointStatus. Occupied is OCPP 1.5's word, which some chargers still use. */
const readStatus = wordReader<ConnectorStatus>([
  ['Available', 'available'],
  ['Preparing', 'preparing'],
  ['Charging', 'charging'],
  ['SuspendedEV', 'suspended_ev'],
  ['SuspendedEVSE', 'suspended_evse'],
  ['Finishing', 'finishing'],
  ['Reserved', 'reserved'],
  ['Unavailable', 'unavailable'],
  ['Faulted', 'faulted'],
  ['Occupied', 'occupied'],
]);
export const statusOf = (raw: string): ConnectorStatus => readStatus(raw) ?? 'unknown';

/** OCPP 1.6 §7.6 ChargePointErrorCode. */
export const readErrorCode = enumReader([
  'ConnectorLockFailure',
  'EVCommunicationError',
  'GroundFailure',
  'HighTemperature',
  'InternalError',
  'LocalListConflict',
  'NoError',
  'OtherError',
  'OverCurrentFailure',
  'PowerMeterFailure',
  'PowerSwitchFailure',
  'ReaderFailure',
  'ResetFailure',
  'UnderVoltage',
  'OverVoltage',
  'WeakSignal',
]);

/** OCPP 1.6 §7.36 Reason. */
export const readReason = enumReader([
  'EmergencyStop',
  'EVDisconnected',
  'HardReset',
  'Local',
  'Other',
  'PowerLoss',
  'Reboot',
  'Remote',
  'SoftReset',
  'UnlockCommand',
  'DeAuthorized',
]);

export const readFirmwareStatus = enumReader([
  'Downloaded',
  'DownloadFailed',
  'Downloading',
  'Idle',
  'InstallationFailed',
  'Installing',
  'Installed',
]);
export const readDiagnosticsStatus = enumReader(['Idle', 'Uploaded', 'UploadFailed', 'Uploading']);

const AUTHORIZATION = {
  accepted: 'Accepted',
  blocked: 'Blocked',
  expired: 'Expired',
  invalid: 'Invalid',
  // §7.2: "Not allowed for charging"; the word for a place is 2.x's.
  not_at_this_location: 'Invalid',
  concurrent_tx: 'ConcurrentTx',
  // It has no word for it, and the token may charge again later.
  no_credit: 'Blocked',
} as const satisfies Record<Authorization, string>;

/** OCPP 1.6 §7.27 IdTagInfo. parentIdTag is an IdToken of at most 20 characters: a longer group cannot be said and is left out. */
export function idTagInfo(reply: AuthorizeReply): Record<string, unknown> {
  return {
    status: AUTHORIZATION[reply.authorization],
    // What is prepaid must not be cached; here that would read as an expiry.
    ...(reply.expiresAt === undefined || reply.credit !== undefined
      ? {}
      : { expiryDate: reply.expiresAt.toISOString() }),
    ...(reply.groupId === undefined || reply.groupId.length > 20 ? {} : { parentIdTag: reply.groupId }),
  };
}

/** OCPP 2.x's words and ours, side by side. No rules. */
import type { BootReply, ConnectorStatus } from '../../ingest/inputs.ts';
import { enumReader, folded } from '../reading.ts';

/** ConnectorStatusEnumType: five of ours. The finer states of OCPP 1.6 are told by TransactionEvent. */
const STATUSES: ReadonlyMap<string, ConnectorStatus> = new Map([
  ['available', 'available'],
  ['occupied', 'occupied'],
  ['reserved', 'reserved'],
  ['unavailable', 'unavailable'],
  ['faulted', 'faulted'],
]);
export const statusOf = (raw: string): ConnectorStatus => STATUSES.get(folded(raw)) ?? 'unknown';

/** RegistrationStatusEnumType */
export const REGISTRATION = {
  accepted: 'Accepted',
  pending: 'Pending',
  rejected: 'Rejected',
} as const satisfies Record<BootReply['status'], string>;

/** UploadLogStatusEnumType */
export const readLogStatus = enumReader([
  'BadMessage',
  'Idle',
  'NotSupportedOperation',
  'PermissionDenied',
  'Uploaded',
  'UploadFailure',
  'Uploading',
  'AcceptedCanceled',
]);

/** FirmwareStatusEnumType */
export const readFirmwareStatus = enumReader([
  'Downloaded',
  'DownloadFailed',
  'Downloading',
  'DownloadScheduled',
  'DownloadPaused',
  'Idle',
  'InstallationFailed',
  'Installing',
  'Installed',
  'InstallRebooting',
  'InstallScheduled',
  'InstallVerificationFailed',
  'InvalidSignature',
  'SignatureVerified',
]);

/** PublishFirmwareStatusEnumType */
export const readPublishStatus = enumReader([
  'Idle',
  'DownloadScheduled',
  'Downloading',
  'Downloaded',
  'Published',
  'DownloadFailed',
  'DownloadPaused',
  'InvalidChecksum',
  'ChecksumVerified',
  'PublishFailed',
]);

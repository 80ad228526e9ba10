/** Words and answers that OCPP 1.6 (with its security extension) and 2.x have alike. No rules. */
import type { BootReply, Learned } from '../ingest/inputs.ts';
import { enumReader, MOST_INT32, readInteger, readText } from './reading.ts';

const REGISTRATION = {
  accepted: 'Accepted',
  pending: 'Pending',
  rejected: 'Rejected',
} as const satisfies Record<BootReply['status'], string>;

/** BootNotification.conf (1.6 §6.4), BootNotificationResponse: an interval of 0 is left to the charger; below that is no interval. */
export const bootAnswer = ({ status, intervalS }: BootReply, now: Date) => ({
  status: REGISTRATION[status],
  currentTime: now.toISOString(),
  interval: Math.max(0, Math.trunc(intervalS)),
});

/** Not Accepted: what it said could not be taken in, so it is asked to say it again. */
export const bootAgain = (now: Date) => bootAnswer({ status: 'pending', intervalS: 60 }, now);

/** Of an upload or an update that we asked for; the specifications say no more than integer. */
export const readRequestId = (value: unknown): number | undefined => readInteger(value, -MOST_INT32 - 1, MOST_INT32);

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

/** FirmwareStatusEnumType of the security extension and of 2.x. */
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

/** UpdateFirmwareStatusEnumType, passed on as said: an update that was accepted has begun (2.x L01.FR.01). */
export function firmwareAnswer(_payload: unknown, { status }: Readonly<Record<string, unknown>>): Learned | undefined {
  const said = readText(status, 50);
  return said === undefined ? undefined : { about: 'firmware_answer', said };
}

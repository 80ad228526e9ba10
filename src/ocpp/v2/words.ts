/** OCPP 2.x's words and ours, side by side. No rules. */

import type { Authorization, AuthorizeReply, ChargingState, ConnectorStatus } from '../../ingest/inputs.ts';
import type { ContractVerdict } from '../../iso15118/index.ts';
import { enumReader, wordReader } from '../reading.ts';

/** ConnectorStatusEnumType: five of ours. The finer states of OCPP 1.6 are told by TransactionEvent. */
export const readStatus = wordReader<ConnectorStatus>([
  ['Available', 'available'],
  ['Occupied', 'occupied'],
  ['Reserved', 'reserved'],
  ['Unavailable', 'unavailable'],
  ['Faulted', 'faulted'],
]);
export const statusOf = (raw: string): ConnectorStatus => readStatus(raw) ?? 'unknown';

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
/** AuthorizationStatusEnumType. `invalid` is said here of tokens that nobody knows. */
const AUTHORIZATION = {
  accepted: 'Accepted',
  blocked: 'Blocked',
  expired: 'Expired',
  invalid: 'Unknown',
  not_at_this_location: 'NotAtThisLocation',
  concurrent_tx: 'ConcurrentTx',
  no_credit: 'NoCredit',
} as const satisfies Record<Authorization, string>;

/** IdTokenInfoType. A group is an account of ours, so its token is Central (2.0.1 C09); a name that is too long is left out. */
export function idTokenInfo({ authorization, expiresAt, groupId }: AuthorizeReply): Record<string, unknown> {
  return {
    status: AUTHORIZATION[authorization],
    ...(expiresAt !== undefined && { cacheExpiryDateTime: expiresAt.toISOString() }),
    ...(groupId !== undefined && groupId.length <= 36 && { groupIdToken: { idToken: groupId, type: 'Central' } }),
  };
}

/** AuthorizeCertificateStatusEnumType */
export const CERTIFICATE_STATUS = {
  accepted: 'Accepted',
  signature_error: 'SignatureError',
  expired: 'CertificateExpired',
  revoked: 'CertificateRevoked',
  no_certificate: 'NoCertificateAvailable',
  chain_error: 'CertChainError',
  contract_cancelled: 'ContractCancelled',
} as const satisfies Record<ContractVerdict, string>;

/** ChargingStateEnumType */
export const chargingStateOf = wordReader<ChargingState>([
  ['Charging', 'charging'],
  ['EVConnected', 'ev_connected'],
  ['SuspendedEV', 'suspended_ev'],
  ['SuspendedEVSE', 'suspended_evse'],
  ['Idle', 'idle'],
]);

/** ReasonEnumType of both; another word is kept as it was said. */
export const readReason = enumReader([
  'DeAuthorized',
  'EmergencyStop',
  'EnergyLimitReached',
  'EVDisconnected',
  'GroundFault',
  'ImmediateReset',
  'Local',
  'LocalOutOfCredit',
  'MasterPass',
  'Other',
  'OvercurrentFault',
  'PowerLoss',
  'PowerQuality',
  'Reboot',
  'Remote',
  'SOCLimitReached',
  'StoppedByEV',
  'TimeLimitReached',
  'Timeout',
  'ReqEnergyTransferRejected',
]);

/** TransactionEventEnumType */
const KINDS = { Started: 'started', Updated: 'updated', Ended: 'ended' } as const;
const readKind = enumReader(Object.keys(KINDS) as (keyof typeof KINDS)[]);
export function eventKindOf(said: unknown): (typeof KINDS)[keyof typeof KINDS] | undefined {
  const kind = readKind(said);
  return kind === undefined ? undefined : KINDS[kind];
}

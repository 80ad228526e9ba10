/** OCPP 2.x's words and ours, side by side. No rules. */
import type { BootReply, ConnectorStatus } from '../../ingest/inputs.ts';
import { folded } from '../reading.ts';

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

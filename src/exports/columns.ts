/** What the files of sessions and meter values hold, column by column. Names are those of the REST interface. */
import { contextName } from '../meter/index.ts';
import type { Columns } from '../platform/row-text.ts';
import type { ExportedSample } from './meter-store.ts';
import type { ExportedSession } from './session-store.ts';

const costColumns: Columns<ExportedSession> = [
  { name: 'tariff_id', of: (row) => row.tariffId },
  { name: 'tariff_version', of: (row) => row.tariffVersion },
  { name: 'currency', of: (row) => row.currency },
  { name: 'cost_excl_tax', of: (row) => row.exclTax },
  { name: 'cost_tax', of: (row) => row.tax },
  { name: 'cost_incl_tax', of: (row) => row.inclTax },
  { name: 'cost_is_final', of: (row) => row.isFinal },
  { name: 'review', of: (row) => row.reviewStatus },
];

/** Of a session that still runs: until `now`. `withCost`: for whoever may read money. */
export const sessionColumns = (now: Date, withCost: boolean): Columns<ExportedSession> => [
  { name: 'id', of: (row) => row.id },
  { name: 'transaction_id', of: (row) => row.transactionId },
  { name: 'ocpp_transaction_id', of: (row) => row.ocppTransactionId },
  { name: 'charge_point_id', of: (row) => row.chargePointId },
  { name: 'charge_point_identity', of: (row) => row.chargePointIdentity },
  { name: 'site_id', of: (row) => row.siteId },
  { name: 'evse_id', of: (row) => row.evseId },
  { name: 'connector_id', of: (row) => row.connectorId },
  { name: 'status', of: (row) => row.status },
  { name: 'token', of: (row) => row.tokenUid },
  { name: 'token_id', of: (row) => row.tokenId },
  { name: 'authorization', of: (row) => row.authorization },
  { name: 'command_id', of: (row) => row.commandId },
  { name: 'reservation_id', of: (row) => row.reservationId },
  { name: 'free_of_charge', of: (row) => row.freeOfCharge },
  { name: 'started_at', of: (row) => row.startedAt },
  { name: 'ended_at', of: (row) => row.endedAt },
  {
    name: 'duration_s',
    of: (row) => Math.max(0, Math.round(((row.endedAt ?? now).getTime() - row.startedAt.getTime()) / 1000)),
  },
  { name: 'meter_start_wh', of: (row) => row.meterStartWh },
  { name: 'meter_stop_wh', of: (row) => row.meterStopWh },
  { name: 'energy_wh', of: (row) => row.energyWh },
  { name: 'stop_reason', of: (row) => row.stopReason },
  { name: 'stop_token', of: (row) => row.stopTokenUid },
  { name: 'flags', of: (row) => row.flags },
  ...(withCost ? costColumns : []),
];

export const sampleColumns: Columns<ExportedSample> = [
  { name: 'session_id', of: ({ session }) => session.id },
  { name: 'charge_point_id', of: ({ session }) => session.chargePointId },
  { name: 'charge_point_identity', of: ({ session }) => session.chargePointIdentity },
  { name: 'evse_id', of: ({ session }) => session.evseId },
  { name: 'connector_id', of: ({ session }) => session.connectorId },
  { name: 'at', of: (row) => row.at },
  { name: 'context', of: (row) => contextName(row.context) },
  { name: 'energy_wh', of: (row) => row.energyWh },
  { name: 'power_w', of: (row) => row.powerW },
  { name: 'current_a', of: (row) => row.currentA },
  { name: 'voltage_v', of: (row) => row.voltageV },
  { name: 'soc_percent', of: (row) => row.socPercent },
  { name: 'extra', of: (row) => row.extra ?? [] },
];

/** What events of the charge point itself tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';

export const connectorStatuses = [
  'available',
  'preparing',
  'charging',
  'suspended_ev',
  'suspended_evse',
  'finishing',
  'reserved',
  'unavailable',
  'faulted',
  'occupied',
  'unknown',
] as const;
const connectorStatus = z.enum(connectorStatuses);

export const chargePointData = {
  'charge_point.connected': z.object({
    protocol: z.enum(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']),
    security_profile: z.int().min(0).max(3),
    remote_address: z.string(),
  }),
  'charge_point.disconnected': z.object({
    reason: z.string().describe('closed, timeout, error, node_lost, kicked, charge_point_deleted, …'),
    connected_for_s: z.int().nonnegative(),
  }),
  'charge_point.status_changed': z.object({
    evse_id: z.int().nonnegative(),
    connector_id: z.int().nonnegative().describe('0: the charge point itself'),
    previous_status: connectorStatus.nullable(),
    status: connectorStatus,
    error_code: z.string().nullable(),
    info: z.string().nullable(),
    vendor_error_code: z.string().nullable(),
  }),
} as const;

export const chargePointWords = {
  'charge_point.connected': {
    description: 'A charge point establishes a WebSocket connection',
    example: { sequence: 1, protocol: 'ocpp1.6', security_profile: 1, remote_address: '203.0.113.7' },
  },
  'charge_point.disconnected': {
    description: 'A charge point loses its connection',
    example: { sequence: 9, reason: 'timeout', connected_for_s: 86400 },
  },
  'charge_point.status_changed': {
    description: 'Connector status changes',
    example: {
      sequence: 2,
      evse_id: 1,
      connector_id: 1,
      previous_status: 'available',
      status: 'preparing',
      error_code: null,
      info: null,
      vendor_error_code: null,
    },
  },
} as const;

/** What events of reservations tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';
import { instant } from './fields.ts';

export const reservationStatuses = ['requested', 'active', 'used', 'expired', 'cancelled', 'failed'] as const;

export const reservationData = {
  'reservation.updated': z.object({
    reservation_id: z.string(),
    ocpp_reservation_id: z.int(),
    connector_id: z.int().nonnegative().describe('0: any connector'),
    token: z.string(),
    previous_status: z.enum(reservationStatuses).nullable().describe('null: it is new'),
    status: z.enum(reservationStatuses),
    reason: z
      .string()
      .nullable()
      .describe(
        'Why it failed or was cancelled: occupied, faulted, no_answer, requested, handed_over, charge_point_deleted, …',
      ),
    expires_at: instant,
    session_id: z.string().nullable().describe('The session that used it'),
  }),
} as const;

export const reservationWords = {
  'reservation.updated': {
    description: 'A reservation changes its status (additive)',
    example: {
      sequence: 14,
      reservation_id: 'rsv_01KAT3Z6Y8Q0000000000000AG',
      ocpp_reservation_id: 7,
      connector_id: 1,
      token: '04A1B2C3',
      previous_status: 'requested',
      status: 'active',
      reason: null,
      expires_at: '2026-11-23T13:00:00.000Z',
      session_id: null,
    },
  },
} as const;

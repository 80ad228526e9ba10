/** OCPP 2.0.1 H01: ReserveNow. */
import type { ToCharger } from '../../contract.ts';

export const reserveNow: ToCharger = {
  action: 'ReserveNow',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    id: 4711,
    expiryDateTime: '2026-11-30T18:00:00.000Z',
    idToken: { idToken: '04A2B3C4D5E6', type: 'ISO14443' },
    evseId: 1,
  },
};

/** OCPP 2.0.1 K08: GetCompositeSchedule. */
import type { ToCharger } from '../../contract.ts';

export const getCompositeSchedule: ToCharger = {
  action: 'GetCompositeSchedule',
  accepted: ({ status }) => status === 'Accepted',
  example: { duration: 3600, evseId: 1 },
};

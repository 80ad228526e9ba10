/** OCPP 2.1 I09: GetTariffs. */
import type { ToCharger } from '../../contract.ts';

export const getTariffs: ToCharger = {
  action: 'GetTariffs',
  accepted: ({ status }) => status === 'Accepted' || status === 'NoTariff',
  example: { evseId: 1 },
};

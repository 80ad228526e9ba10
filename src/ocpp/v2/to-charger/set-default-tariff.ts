/** OCPP 2.1 I08: SetDefaultTariff. */
import type { ToCharger } from '../../contract.ts';

export const setDefaultTariff: ToCharger = {
  action: 'SetDefaultTariff',
  accepted: ({ status }) => status === 'Accepted',
  example: { evseId: 0, tariff: { tariffId: 'day-1', currency: 'EUR', energy: { prices: [{ priceKwh: 0.42 }] } } },
};

/** OCPP 2.1 I11: ChangeTransactionTariff. */
import type { ToCharger } from '../../contract.ts';

export const changeTransactionTariff: ToCharger = {
  action: 'ChangeTransactionTariff',
  accepted: ({ status }) => status === 'Accepted',
  example: {
    transactionId: '7f3c0d9e-5b1a-4e9e-9f0b-3a1b2c3d4e5f',
    tariff: { tariffId: 'day-1', currency: 'EUR', energy: { prices: [{ priceKwh: 0.42 }] } },
  },
};

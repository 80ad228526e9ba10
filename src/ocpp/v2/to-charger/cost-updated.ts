/** OCPP 2.0.1 I02: CostUpdated. */
import type { ToCharger } from '../../contract.ts';

export const costUpdated: ToCharger = {
  action: 'CostUpdated',
  accepted: () => true,
  example: { totalCost: 4.2, transactionId: '7f3c0d9e-5b1a-4e9e-9f0b-3a1b2c3d4e5f' },
};

/** OCPP 2.0.1 E14: GetTransactionStatus. */
import type { ToCharger } from '../../contract.ts';

export const getTransactionStatus: ToCharger = {
  action: 'GetTransactionStatus',
  accepted: () => true,
  example: { transactionId: '7f3c0d9e-5b1a-4e9e-9f0b-3a1b2c3d4e5f' },
};

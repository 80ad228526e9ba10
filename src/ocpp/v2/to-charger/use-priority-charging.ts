/** OCPP 2.1 K22: UsePriorityCharging. */
import type { ToCharger } from '../../contract.ts';
import { readText } from '../../reading.ts';

export const usePriorityCharging: ToCharger = {
  action: 'UsePriorityCharging',
  accepted: ({ status }) => status === 'Accepted',
  learn({ transactionId, activate }) {
    const ocppTransactionId = readText(transactionId, 36);
    return ocppTransactionId === undefined
      ? undefined
      : { about: 'priority_asked', ocppTransactionId, active: activate === true };
  },
  example: { transactionId: '7f3c0d9e-5b1a-4e9e-9f0b-3a1b2c3d4e5f', activate: true },
};

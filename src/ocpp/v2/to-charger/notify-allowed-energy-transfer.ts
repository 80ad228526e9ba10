/** OCPP 2.1 Q: NotifyAllowedEnergyTransfer. */
import type { ToCharger } from '../../contract.ts';
import { readList, readText } from '../../reading.ts';
import { transferModeFromWire } from '../transfer-modes.ts';

export const notifyAllowedEnergyTransfer: ToCharger = {
  action: 'NotifyAllowedEnergyTransfer',
  accepted: ({ status }) => status === 'Accepted',
  learn({ transactionId, allowedEnergyTransfer }) {
    const ocppTransactionId = readText(transactionId, 36);
    const modes = readList(allowedEnergyTransfer).flatMap((each) => transferModeFromWire(each) ?? []);
    return ocppTransactionId === undefined ? undefined : { about: 'energy_transfer_allowed', ocppTransactionId, modes };
  },
  example: { transactionId: '7f3c0d9e-5b1a-4e9e-9f0b-3a1b2c3d4e5f', allowedEnergyTransfer: ['DC_BPT'] },
};

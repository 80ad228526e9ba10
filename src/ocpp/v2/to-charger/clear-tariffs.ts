/** OCPP 2.1 I10: ClearTariffs. */
import type { ToCharger } from '../../contract.ts';
import { ACCEPTED, allAre } from '../results.ts';

export const clearTariffs: ToCharger = {
  action: 'ClearTariffs',
  accepted: ({ clearTariffsResult }) => allAre(clearTariffsResult, 'status', ACCEPTED),
  example: { tariffIds: ['day-1'] },
};

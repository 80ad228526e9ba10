/** OCPP 2.0.1 N06: ClearVariableMonitoring. */
import type { ToCharger } from '../../contract.ts';
import { ACCEPTED, allAre } from '../results.ts';

export const clearVariableMonitoring: ToCharger = {
  action: 'ClearVariableMonitoring',
  accepted: ({ clearMonitoringResult }) => allAre(clearMonitoringResult, 'status', ACCEPTED),
  example: { id: [1] },
};

/** OCPP 2.0.1 N05: SetMonitoringLevel. */
import type { ToCharger } from '../../contract.ts';

export const setMonitoringLevel: ToCharger = {
  action: 'SetMonitoringLevel',
  accepted: ({ status }) => status === 'Accepted',
  example: { severity: 4 },
};

/** OCPP 2.0.1 N03: SetMonitoringBase. */
import type { ToCharger } from '../../contract.ts';

export const setMonitoringBase: ToCharger = {
  action: 'SetMonitoringBase',
  accepted: ({ status }) => status === 'Accepted',
  example: { monitoringBase: 'All' },
};

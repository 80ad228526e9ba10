/** OCPP 2.0.1 N04: SetVariableMonitoring. */
import type { ToCharger } from '../../contract.ts';
import { ACCEPTED, allAre } from '../results.ts';

export const setVariableMonitoring: ToCharger = {
  action: 'SetVariableMonitoring',
  accepted: ({ setMonitoringResult }) => allAre(setMonitoringResult, 'status', ACCEPTED),
  example: {
    setMonitoringData: [
      {
        type: 'UpperThreshold',
        value: 70,
        severity: 4,
        component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
        variable: { name: 'Temperature' },
      },
    ],
  },
};

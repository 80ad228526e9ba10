/** OCPP 2.0.1 N05: SetMonitoringLevel. */
import type { ToCharger } from '../../contract.ts';
import { readSeverity } from '../monitor-words.ts';

export const setMonitoringLevel: ToCharger = {
  action: 'SetMonitoringLevel',
  accepted: ({ status }) => status === 'Accepted',
  learn({ severity: said }) {
    const severity = readSeverity(said);
    return severity === undefined ? undefined : { about: 'monitoring_level', severity };
  },
  example: { severity: 4 },
};

/** OCPP 2.0.1 N03: SetMonitoringBase. */
import type { ToCharger } from '../../contract.ts';
import { readBase } from '../monitor-words.ts';

export const setMonitoringBase: ToCharger = {
  action: 'SetMonitoringBase',
  accepted: ({ status }) => status === 'Accepted',
  learn({ monitoringBase }) {
    const base = readBase(monitoringBase);
    return base === undefined ? undefined : { about: 'monitoring_base', base };
  },
  example: { monitoringBase: 'All' },
};

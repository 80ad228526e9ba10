/** OCPP 2.0.1 N02: GetMonitoringReport. */
import type { ToCharger } from '../../contract.ts';

export const getMonitoringReport: ToCharger = {
  action: 'GetMonitoringReport',
  accepted: ({ status }) => status === 'Accepted' || status === 'EmptyResultSet',
  example: { requestId: 1, monitoringCriteria: ['ThresholdMonitoring'] },
};

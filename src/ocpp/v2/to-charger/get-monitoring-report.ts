/** OCPP 2.0.1 N02: GetMonitoringReport. */
import type { ToCharger } from '../../contract.ts';
import { promisedReport } from '../report-promise.ts';

export const getMonitoringReport: ToCharger = {
  action: 'GetMonitoringReport',
  accepted: ({ status }) => status === 'Accepted' || status === 'EmptyResultSet',
  learn: promisedReport('monitors'),
  example: { requestId: 1, monitoringCriteria: ['ThresholdMonitoring'] },
};

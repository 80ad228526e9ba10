/** OCPP 2.0.1 B08: GetReport. */
import type { ToCharger } from '../../contract.ts';
import { promisedReport } from '../report-promise.ts';

export const getReport: ToCharger = {
  action: 'GetReport',
  accepted: ({ status }) => status === 'Accepted' || status === 'EmptyResultSet',
  learn: promisedReport('variables'),
  example: { requestId: 1, componentCriteria: ['Problem'] },
};

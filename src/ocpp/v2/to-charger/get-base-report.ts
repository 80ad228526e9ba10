/** OCPP 2.0.1 B07: GetBaseReport. */
import type { ToCharger } from '../../contract.ts';
import { promisedReport } from '../report-promise.ts';

export const getBaseReport: ToCharger = {
  action: 'GetBaseReport',
  accepted: ({ status }) => status === 'Accepted' || status === 'EmptyResultSet',
  learn: promisedReport('variables'),
  example: { requestId: 1, reportBase: 'FullInventory' },
};

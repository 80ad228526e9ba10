/** OCPP 2.0.1 B07: GetBaseReport. */
import type { ToCharger } from '../../contract.ts';

export const getBaseReport: ToCharger = {
  action: 'GetBaseReport',
  accepted: ({ status }) => status === 'Accepted' || status === 'EmptyResultSet',
  example: { requestId: 1, reportBase: 'FullInventory' },
};

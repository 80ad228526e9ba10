/** OCPP 2.0.1 N09, N10: CustomerInformation. */
import type { ToCharger } from '../../contract.ts';

export const customerInformation: ToCharger = {
  action: 'CustomerInformation',
  accepted: ({ status }) => status === 'Accepted',
  example: { requestId: 1, report: true, clear: false, customerIdentifier: 'customer-17' },
};

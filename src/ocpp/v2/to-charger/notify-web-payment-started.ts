/** OCPP 2.1 C24, C25: NotifyWebPaymentStarted. */
import type { ToCharger } from '../../contract.ts';

export const notifyWebPaymentStarted: ToCharger = {
  action: 'NotifyWebPaymentStarted',
  accepted: () => true,
  example: { evseId: 1, timeout: 120 },
};

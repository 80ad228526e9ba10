/** The door of the room: payments at charging stations. */
import type { Participant } from '../ingest/contract.ts';
import type { PaymentInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadPayments, savePayments } from './store.ts';
import type { PaymentState } from './types.ts';

export { directPaymentRoutes } from './direct-payment-routes.ts';
export { paymentRoutes } from './routes.ts';
export { refuseAll, tidyVat, type ValidateVat, validateByForm } from './vat.ts';
export { webPaymentRoutes } from './web-payment-routes.ts';

export const payments: Participant<PaymentState, PaymentInput> = {
  room: 'payments',
  load: loadPayments,
  decide: (state, input, { now }) => decide(state, input, now),
  save: savePayments,
};

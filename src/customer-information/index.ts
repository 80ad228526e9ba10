/** The door of the room: what charging stations hold of persons. */
import type { Participant } from '../ingest/contract.ts';
import type { CustomerInformationInput } from '../ingest/inputs.ts';
import type { Cipher } from '../secrets/index.ts';
import { decide } from './machine.ts';
import { loadReports, saveReports } from './store.ts';
import type { CustomerState } from './types.ts';

export { createAskCustomer, createCollect, sweepCustomerReports } from './ask.ts';
export { forgetCustomerReports } from './retention-store.ts';
export { customerInformationRoutes } from './routes.ts';

/** `cipher`: keyRing.cipher('customer-information') */
export const customerInformation = (cipher: Cipher): Participant<CustomerState, CustomerInformationInput> => ({
  room: 'customer_information',
  load: loadReports(cipher),
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveReports(cipher),
});

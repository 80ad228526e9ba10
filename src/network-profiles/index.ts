/** The door of the network-profiles room: how stations of OCPP 2.x reach their CSMS. */
import type { Participant } from '../ingest/contract.ts';
import { decide } from './machine.ts';
import { loadNetworkProfiles, saveNetworkProfiles } from './store.ts';
import type { NetworkProfileInput, ProfileState } from './types.ts';

export { forgetNetworkProfiles } from './retention-store.ts';
export { networkProfileRoutes } from './routes.ts';
export { networkProfileReads } from './store.ts';

export const networkProfiles: Participant<ProfileState, NetworkProfileInput> = {
  room: 'network_profiles',
  load: loadNetworkProfiles,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveNetworkProfiles,
};

/** The door of the security-events room: what chargers report of attacks, tampering and restarts. */
import type { Participant } from '../ingest/contract.ts';
import { decide } from './machine.ts';
import { loadSecurityEvents, saveSecurityEvents } from './store.ts';
import type { SecurityEventInput, SecurityEventState } from './types.ts';

export { securityEventRoutes } from './routes.ts';
export { forgetSecurityEvents } from './store.ts';

export const securityEvents: Participant<SecurityEventState, SecurityEventInput> = {
  room: 'security_events',
  load: loadSecurityEvents,
  decide,
  save: saveSecurityEvents,
};

/** What chargers report of attacks, tampering, restarts. Types only. */
import type { ChargerInstant, Common } from './common.ts';

/** What a charger reports of attacks on it, of tampering, of restarts. */
export type SecurityEventInput = Common & {
  readonly room: 'security_events';
  readonly type: 'security_event_reported';
  readonly securityEventId: string;
  /** As the charger said it. */
  readonly eventType: string;
  readonly techInfo?: string | undefined;
  readonly at: ChargerInstant;
};

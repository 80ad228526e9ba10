/** The statuses of a reservation and what moves them: the whole table. docs/authorization.md shows it as a diagram. */
import type { ReservationStatus } from '../types.ts';

export type Happening =
  /** The charger holds it. */
  | 'accepted'
  /** The charger refuses it, or was never asked. */
  | 'refused'
  /** A session began on it. */
  | 'used'
  /** Somebody, or the charger, gave it up. */
  | 'cancelled'
  | 'expired';

export const rules: Readonly<Record<ReservationStatus, Readonly<Partial<Record<Happening, ReservationStatus>>>>> = {
  requested: { accepted: 'active', refused: 'failed', used: 'used', cancelled: 'cancelled', expired: 'expired' },
  // Refused while active: the charger rebooted, was asked for it again, and cannot keep it.
  active: { used: 'used', expired: 'expired', cancelled: 'cancelled', refused: 'failed' },
  // A charger that was offline tells of the session afterwards. Accepted after its end, by an answer that crossed it: the charger keeps it,
  // and is asked to let go of it.
  failed: { accepted: 'active', used: 'used' },
  expired: { used: 'used', accepted: 'active' },
  cancelled: { accepted: 'active' },
  used: {},
};

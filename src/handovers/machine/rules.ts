/** The statuses of a handover and what moves them: the whole table. docs/handover.md shows it as a diagram. */
export type HandoverStatus =
  | 'initiated'
  | 'awaiting_acceptance'
  | 'accepted'
  | 'cutover'
  | 'completed'
  | 'declined'
  | 'cancelled'
  | 'expired'
  | 'failed';

export type Happening =
  /** Its token was made. */
  | 'offered'
  /** Somebody with the token takes it. */
  | 'accepted'
  /** Nothing stands in the way any more. */
  | 'ready'
  /** The charge point has changed hands. */
  | 'handed_over'
  /** The receiving side does not want it. */
  | 'declined'
  /** The giving side does not want it. */
  | 'cancelled'
  /** Nobody took it in time. */
  | 'expired'
  /** It cannot be done: never idle, decommissioned, deleted. */
  | 'failed';

export const rules: Readonly<Record<HandoverStatus, Readonly<Partial<Record<Happening, HandoverStatus>>>>> = {
  initiated: { offered: 'awaiting_acceptance' },
  awaiting_acceptance: {
    accepted: 'accepted',
    declined: 'declined',
    cancelled: 'cancelled',
    expired: 'expired',
    failed: 'failed',
  },
  accepted: { ready: 'cutover', declined: 'declined', cancelled: 'cancelled', failed: 'failed' },
  // Both edges of the cutover are taken in one transaction: nobody ever finds a row in this status.
  cutover: { handed_over: 'completed' },
  completed: {},
  declined: {},
  cancelled: {},
  expired: {},
  failed: {},
};

export const handoverStatuses = [
  'initiated',
  'awaiting_acceptance',
  'accepted',
  'cutover',
  'completed',
  'declined',
  'cancelled',
  'expired',
  'failed',
] as const satisfies readonly HandoverStatus[];

export const isOpen = (status: HandoverStatus): boolean => Object.keys(rules[status]).length > 0;

/** The door of the room: charging sessions from start to stop. */
export { createTransactionIds } from './due-store.ts';
export { billedUntil } from './machine/billed-until.ts';
export { transactionKeySql } from './machine/shared.ts';
export { sessionsParticipant } from './participant.ts';
export { readingsSince, readingsUntil, type SampleView, type SessionView, sessionById } from './read-store.ts';
export { endGaps, reconcileSessions } from './reconcile.ts';
export { repriceDoubtful, tellCosts } from './reprice.ts';
export { sessionRoutes } from './routes.ts';
export { recordedTimeline } from './timeline-store.ts';

/** The door of the room: charging sessions from start to stop. */
export { createTransactionIds } from './due-store.ts';
export { sessions } from './participant.ts';
export { sessionById } from './read-store.ts';
export { endGaps, reconcileSessions } from './reconcile.ts';
export { type SessionRoutesNeeds, sessionRoutes } from './routes.ts';
export { recordedTimeline } from './timeline-store.ts';

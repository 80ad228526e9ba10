/** The door of the room: charging sessions from start to stop. */
export { sessions } from './participant.ts';
export { reconcileSessions } from './reconcile.ts';
export { createTransactionIds } from './store.ts';
export { sessionRoutes, type SessionRoutesNeeds } from './routes.ts';

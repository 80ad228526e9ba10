/** The door of the room: charging sessions from start to stop. */
export { sessions } from './participant.ts';
export { reconcileSessions } from './reconcile.ts';
export { type SessionRoutesNeeds, sessionRoutes } from './routes.ts';
export { createTransactionIds } from './store.ts';

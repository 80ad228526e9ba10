/** The door of the room: sessions added up, and how the time of EVSEs was spent. It writes nothing but sums of what is there. */
export { reportRoutes } from './routes.ts';
export { sumSessions } from './sums.ts';
export { type EvseUsage, measureUsage } from './uptimes.ts';
export { uptimeOf } from './usage.ts';

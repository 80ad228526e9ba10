/** The door of the room: sessions added up, and how the time of EVSEs was spent. It only reads. */
export { reportRoutes } from './routes.ts';
export { type EvseUsage, measureUsage } from './uptimes.ts';
export { uptimeOf } from './usage.ts';

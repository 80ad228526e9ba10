/** The door of the room: what leaves the house as files. */
export { createPlaces } from './places.ts';
export { forgetExportFiles } from './retention-store.ts';
export { exportRoutes } from './routes.ts';
export { createScheduledExports } from './scheduled.ts';

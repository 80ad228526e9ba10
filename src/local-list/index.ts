/** The door of the room: the lists by which chargers know tokens without asking. */
export { localLists } from './participant.ts';
export { localListRoutes } from './routes.ts';
export { createListSyncs } from './sync.ts';

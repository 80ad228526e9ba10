/** The door of the room: who may charge. */
export { tokens } from './participant.ts';
export { tokenRoutes } from './routes.ts';

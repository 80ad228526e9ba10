/** The door of the room: who belongs to an organization, and who is asked to. */
export { invitationRoutes } from './invitation-routes.ts';
export { createInvitations, type Invitations } from './invitations.ts';
export { memberRoutes } from './routes.ts';

/** The door of the room: who belongs to an organization, and who is asked to. */
export { createAddPerson } from './add-person.ts';
export { rankOf } from './change-members.ts';
export { invitationRoutes } from './invitation-routes.ts';
export { createInvitations, type Invitations } from './invitations.ts';
export { lockMembers } from './member-store.ts';
export { memberRoutes } from './routes.ts';

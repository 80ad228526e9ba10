/** The door of the outbox of accounts: invitations and new passwords by e-mail. */
export { type Compose, type Composed, createAccountEmails } from './send.ts';
export { type AccountEmailKind, dropAccountEmails, writeAccountEmail } from './store.ts';

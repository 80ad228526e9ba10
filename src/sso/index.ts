/** The door of the room: single sign-on by OpenID Connect, one identity provider for each organization. */
export { unlinkEverywhere } from './people-store.ts';
export { createProviders, type ProvidersOptions } from './providers.ts';
export { ssoRoutes } from './routes.ts';
export { createSettings } from './settings.ts';
export { createSignOn } from './sign-on.ts';
export { signOnRoutes } from './sign-on-routes.ts';
export { createTickets } from './tickets.ts';

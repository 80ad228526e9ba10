/** The door of the room: who may what. */
export { type AccessTokens, createAccessTokens } from './access-tokens.ts';
export { apiKeyRoutes } from './api-key-routes.ts';
export { generateApiKey } from './api-keys.ts';
export { createAuthenticate } from './authenticate.ts';
export { type BootstrapConfig, type Bootstrapped, ensureFirstOrganization } from './bootstrap.ts';
export { type ChangePassword, createChangePassword } from './change-password.ts';
export { type CreateApiKey, createCreateApiKey } from './create-api-key.ts';
export { type CreateUser, createCreateUser } from './create-user.ts';
export { createFoundOrganization } from './found-organization.ts';
export { createLogin, type Login } from './login.ts';
export { endLogins, endSsoLogins, forgetLogins, isLoginOpen } from './login-store.ts';
export { createLoginThrottle, defaultLoginLimits, type LoginLimits, type LoginThrottle } from './login-throttle.ts';
export { createLogins, type LoggedIn, type Logins } from './logins.ts';
export { createOneTimeToken, MOST_TOKEN } from './one-time-token.ts';
export { ownAccountRoutes } from './own-account-routes.ts';
export { checkPassword, MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS } from './password-rules.ts';
export { createPasswords, type Passwords } from './passwords.ts';
export { type Credentials, createProvePerson, type ProvePerson } from './prove-person.ts';
export { type Role, roles, scopesFor } from './roles.ts';
export { createRotateApiKey } from './rotate-api-key.ts';
export { authRoutes, keepLogin, refreshHashOf } from './routes.ts';
export { createSecondFactor, type SecondFactor } from './second-factor.ts';
export { createThrottle, type Throttle } from './throttle.ts';
export { forPersons, personOf, userRoutes } from './user-routes.ts';
export {
  emailKey,
  insertUser,
  MOST_MEMBERSHIPS,
  membershipsOf,
  proveAddress,
  standingOf,
  type UserRow,
  userByEmail,
  userById,
} from './user-store.ts';

/** People and keys: who asks, what they may, how they come and go. Everything of it that has state or routes is made here. */
import type { Request } from 'express';
import { createAccountEmails } from './account-emails/index.ts';
import {
  apiKeyRoutes,
  authRoutes,
  createAccessTokens,
  createAuthenticate,
  createChangePassword,
  createCreateApiKey,
  createCreateUser,
  createLogin,
  createLogins,
  createLoginThrottle,
  createPasswords,
  createProvePerson,
  createRotateApiKey,
  createSecondFactor,
  createThrottle,
  forgetLogins,
  type LoginLimits,
  ownAccountRoutes,
  type Passwords,
  userById,
  userRoutes,
} from './auth/index.ts';
import type { Config } from './config/index.ts';
import type { Database } from './database/index.ts';
import type { AnyRoute } from './http/index.ts';
import type { Mailer } from './mail/index.ts';
import { createInvitations, invitationRoutes, memberRoutes } from './members/index.ts';
import type { Clock } from './platform/clock.ts';
import { AppError } from './platform/errors.ts';
import type { KeyRing } from './secrets/index.ts';
import {
  createProviders,
  createSettings,
  createSignOn,
  createTickets,
  type ProvidersOptions,
  signOnRoutes,
  ssoRoutes,
  unlinkEverywhere,
} from './sso/index.ts';

import { createResolve, createTargetGuard } from './webhooks/index.ts';

type Needs = {
  readonly db: Database;
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly log: { warn(fields: object, message: string): void };
  /** undefined: no SMTP server is configured. */
  readonly mailer: Mailer | undefined;
  /** What people open in their browsers: no slash at its end. */
  readonly publicUrl: () => string;
  /** src/http addressOf */
  readonly addressOf: (req: Request) => string;
  readonly loginLimits?: LoginLimits | undefined;
  /** Default: as people's are hashed. */
  readonly passwords?: Passwords | undefined;
  /** How identity providers are asked. */
  readonly outgoing: ProvidersOptions;
};

export type Accounts = ReturnType<typeof createAccounts>;

export function createAccounts({
  db,
  keyRing,
  clock,
  log,
  mailer,
  publicUrl,
  addressOf,
  loginLimits,
  outgoing,
  passwords = createPasswords(),
}: Needs) {
  const peppers = keyRing.peppers('api-key');
  const accessTokens = createAccessTokens({ keys: keyRing.jwtKeys(), clock });
  const createApiKey = createCreateApiKey({ db, peppers, clock });
  const throttle = createLoginThrottle(loginLimits);
  const logins = createLogins({ db, accessTokens, clock });
  const secondFactor = createSecondFactor({ db, cipher: keyRing.cipher('second-factor'), clock });
  const changePassword = createChangePassword({ db, passwords, throttle, clock, publicUrl, unlinkEverywhere });
  const provePerson = createProvePerson({ db, passwords, secondFactor, throttle });
  const invitations = createInvitations({
    ...{ db, passwords, provePerson, clock, publicUrl, isMailing: mailer !== undefined },
  });
  const providers = createProviders(outgoing);
  const ssoSettings = createSettings({ db, cipher: keyRing.cipher('sso-secret'), providers, clock });
  const tickets = createTickets({ keys: keyRing.jwtKeys(), clock });
  const signOn = createSignOn({
    ...{ db, settings: ssoSettings, providers, tickets, passwords, logins, publicUrl, clock, log },
  });
  const emails = createAccountEmails({
    ...{ db, mailer, log, now: () => clock.now() },
    compose: { invitation: invitations.compose, password_reset: changePassword.compose },
  });
  const routes: AnyRoute[] = [
    ...authRoutes({
      ...{ db, addressOf, logins },
      login: createLogin({ db, provePerson, passwords, logins }),
      throttle: createThrottle({ points: 60, seconds: 60 }),
    }),
    ...ownAccountRoutes({ db, logins, passwords: changePassword, secondFactor, addressOf, clock }),
    ...userRoutes({ db }),
    ...ssoRoutes({ settings: ssoSettings, signOn }),
    ...signOnRoutes({
      ...{ signOn, addressOf },
      demandPassword: async (userId, password, address) => {
        const user = await userById(db, userId);
        if (user === undefined) throw new AppError('not_found', 'There is no such user');
        await changePassword.demand(user, password, address);
      },
    }),
    ...apiKeyRoutes({ db, createApiKey, rotateApiKey: createRotateApiKey({ db, peppers, clock }), clock }),
    ...memberRoutes({ db, secondFactor, clock }),
    ...invitationRoutes({
      ...{ db, invitations, addressOf, publicUrl, clock },
      throttle: createThrottle({ points: 60, seconds: 60 }),
    }),
  ];
  return {
    authenticate: createAuthenticate({ db, peppers, accessTokens, clock, log }),
    routes,
    accessTokens,
    passwords,
    createApiKey,
    createUser: createCreateUser({ db, passwords, clock }),
    jobs: [
      { name: 'account_emails', cron: '*/2 * * * * *', run: emails.send },
      {
        name: 'accounts_retention',
        cron: '0 19 3 * * *',
        run: async () => {
          await emails.forget();
          await invitations.forget();
          await forgetLogins(db, clock.now());
        },
      },
    ],
  };
}

/** As webhooks are sent: to the same addresses, trusting the same authorities, as patiently. */
export function outgoingOf(webhooks: Config['webhooks']): ProvidersOptions {
  const { allowSubnets, allowHosts, ca: caPem, timeoutMs } = webhooks;
  const resolve = createResolve();
  return { guard: createTargetGuard({ allowSubnets, allowHosts, resolve }), resolve, caPem, timeoutMs };
}

/**
 * The first organization, its owner and an API key with all scopes, on an empty database only. What was generated is returned
 * once and can never be read again.
 */
import { randomBytes } from 'node:crypto';
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { newId } from '../platform/ids.ts';
import { scopes } from '../platform/principal.ts';
import type { Peppers } from '../secrets/index.ts';
import { generateApiKey, hashApiKey, publicPart } from './api-keys.ts';
import { insertFirstRows, isInstallationEmpty } from './bootstrap-store.ts';
import { MIN_PASSWORD_CHARS } from './password-rules.ts';
import type { Passwords } from './passwords.ts';
import { emailKey } from './user-store.ts';

/** BOOTSTRAP_*; what is undefined is generated. */
export type BootstrapConfig = {
  readonly organization?: string | undefined;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
  readonly apiKey?: string | undefined;
};

export type Bootstrapped =
  | { readonly created: false }
  | {
      readonly created: true;
      readonly organizationId: string;
      readonly organizationName: string;
      readonly email: string;
      /** Only what was generated: to be printed once. */
      readonly generatedPassword: string | undefined;
      readonly generatedApiKey: string | undefined;
    };

export async function ensureFirstOrganization(needs: {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly config: BootstrapConfig;
  readonly peppers: Peppers;
  readonly passwords: Passwords;
  readonly clock: Clock;
}): Promise<Bootstrapped> {
  const { db, config, peppers, passwords, clock } = needs;
  if (!(await isInstallationEmpty(db))) return { created: false };

  const generatedPassword = config.password === undefined ? randomBytes(15).toString('base64url') : undefined;
  const password = config.password ?? generatedPassword ?? '';
  if (password.length < MIN_PASSWORD_CHARS)
    throw refused('BOOTSTRAP_PASSWORD', `needs at least ${MIN_PASSWORD_CHARS} characters`);
  const generatedApiKey = config.apiKey === undefined ? generateApiKey() : undefined;
  const apiKey = config.apiKey ?? generatedApiKey ?? '';
  const prefix = publicPart(apiKey);
  if (prefix === undefined)
    throw refused(
      'BOOTSTRAP_API_KEY',
      'must be a generated dyn_live_… key, or 32 to 256 printable characters of your own',
    );

  const organization = { id: newId('org'), name: config.organization ?? 'My organization' };
  const user = {
    id: newId('usr'),
    email: emailKey(config.email ?? 'owner@localhost'),
    passwordHash: await passwords.hash(password),
  };
  const key = { id: newId('key'), prefix, ...hashApiKey(peppers, apiKey), scopes };
  const created = await insertFirstRows(db, { organization, user, apiKey: key, now: clock.now() });
  if (!created) return { created: false };
  const { id: organizationId, name: organizationName } = organization;
  return { created, organizationId, organizationName, email: user.email, generatedPassword, generatedApiKey };
}

const refused = (variable: string, what: string): AppError =>
  new AppError('validation_failed', `${variable} ${what}`, { details: [{ field: variable, message: what }] });

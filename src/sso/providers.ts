/**
 * Identity providers, as OpenID Connect Core 1.0 and Discovery 1.0 describe them, by openid-client: where to send a browser, and who it
 * is that comes back. Must never take an ID token whose signature was not verified by a key of the issuer, nor a symmetric one.
 */
import * as oidc from 'openid-client';
import type { TargetGuard } from '../webhooks/index.ts';
import { createGuardedFetch, type GuardedFetchOptions, Unreachable } from './guarded-fetch.ts';

export type Client = {
  readonly organizationId: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Another one: what is known of the provider is asked anew. */
  readonly version: string;
};
export type Asked = { readonly state: string; readonly nonce: string; readonly verifier: string };
export type Said = {
  readonly subject: string;
  readonly email: unknown;
  readonly emailVerified: unknown;
  readonly name: unknown;
  readonly amr: unknown;
};
export type Providers = ReturnType<typeof createProviders>;
export type ProvidersOptions = Omit<GuardedFetchOptions, 'guard'> & { readonly guard: TargetGuard };

/** Asymmetric ones: whoever holds the client's secret signs nothing. */
const ALGORITHMS = ['RS', 'PS', 'ES']
  .flatMap((kind) => [256, 384, 512].map((bits) => `${kind}${bits}`))
  .concat('EdDSA');
const KEPT_MS = 10 * 60_000;
const MOST_KEPT = 200;
const SCOPE = 'openid email profile';

/** What is wrong with a provider, for who set it up. */
export class ProviderFault extends Error {
  override readonly name = 'ProviderFault';
}

export function createProviders(options: ProvidersOptions) {
  const { guard, timeoutMs } = options;
  const fetch = createGuardedFetch(options);
  const kept = new Map<string, { readonly at: number; readonly found: Promise<oidc.Configuration> }>();

  /** Throws ProviderFault. */
  async function find({ issuer, clientId, clientSecret }: Client): Promise<oidc.Configuration> {
    const fault = await guard.faultOf(issuer);
    if (fault !== undefined) throw new ProviderFault(fault);
    const settings = { [oidc.customFetch]: fetch, timeout: timeoutMs / 1000 };
    let server: oidc.ServerMetadata;
    try {
      const found = await oidc.discovery(new URL(issuer), clientId, undefined, oidc.None(), settings);
      server = { ...found.serverMetadata() };
    } catch (cause) {
      throw new ProviderFault(`its discovery document cannot be used: ${whyOf(cause)}`, { cause });
    }
    check(server);
    const offered = server.id_token_signing_alg_values_supported ?? ['RS256'];
    const algorithms = offered.filter((each) => ALGORITHMS.includes(each));
    if (algorithms.length === 0) throw new ProviderFault(`must sign ID tokens with one of ${ALGORITHMS.join(', ')}`);
    const ways = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const isPost = !ways.includes('client_secret_basic') && ways.includes('client_secret_post');
    const config = new oidc.Configuration(
      { ...server, id_token_signing_alg_values_supported: algorithms },
      clientId,
      undefined,
      isPost ? oidc.ClientSecretPost(clientSecret) : oidc.ClientSecretBasic(clientSecret),
    );
    config[oidc.customFetch] = fetch;
    config.timeout = timeoutMs / 1000;
    oidc.enableNonRepudiationChecks(config); // the signature, also of what came straight from the provider
    return config;
  }

  /** With its keys, for some minutes. Those who ask at once ask once; a failure is not kept. */
  function known(client: Client): Promise<oidc.Configuration> {
    const key = `${client.organizationId} ${client.version}`;
    const now = performance.now();
    const before = kept.get(key);
    if (before !== undefined && now - before.at < KEPT_MS) return before.found;
    const found = find(client);
    kept.delete(key);
    kept.set(key, { at: now, found });
    const oldest = kept.keys().next();
    if (kept.size > MOST_KEPT && oldest.done !== true) kept.delete(oldest.value);
    found.catch(() => {
      if (kept.get(key)?.found === found) kept.delete(key);
    });
    return found;
  }

  return {
    /** Throws ProviderFault: it cannot be used, and why. */
    check: async (client: Client): Promise<void> => void (await find(client)),

    /** Where to send the browser, and what to keep of it. Throws ProviderFault. */
    async leave(client: Client, redirectUri: string): Promise<Asked & { readonly url: string }> {
      const config = await known(client);
      const asked = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        verifier: oidc.randomPKCECodeVerifier(),
      };
      const url = oidc.buildAuthorizationUrl(config, {
        ...{ redirect_uri: redirectUri, scope: SCOPE, state: asked.state, nonce: asked.nonce },
        code_challenge: await oidc.calculatePKCECodeChallenge(asked.verifier),
        code_challenge_method: 'S256',
      });
      return { ...asked, url: url.href };
    },

    /** Who came back. Throws whatever is wrong with it: {@link whyOf} tells. */
    async return(client: Client, cameBack: URL, { state, nonce, verifier }: Asked): Promise<Said> {
      const config = await known(client);
      const tokens = await oidc.authorizationCodeGrant(config, cameBack, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      });
      const claims = tokens.claims();
      if (claims === undefined) throw new Error('there is no ID token');
      const { sub: subject, amr } = claims;
      const hasMore = claims['email'] === undefined && config.serverMetadata().userinfo_endpoint !== undefined;
      const from = hasMore ? await oidc.fetchUserInfo(config, tokens.access_token, subject) : claims;
      return { subject, amr, email: from['email'], emailVerified: from['email_verified'], name: from['name'] };
    },
  };
}

/** Throws ProviderFault. */
function check(server: oidc.ServerMetadata): void {
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    const text = server[name];
    if (text === undefined || !URL.canParse(text) || new URL(text).protocol !== 'https:')
      throw new ProviderFault(`its discovery document has no ${name} that begins with https://`);
  }
  const challenges = server.code_challenge_methods_supported;
  if (challenges !== undefined && !challenges.includes('S256'))
    throw new ProviderFault('must support PKCE with S256 (code_challenge_methods_supported)');
}

/** The chain of causes, outermost first. */
function* causesOf(cause: unknown): Generator<Error> {
  for (let each = cause, depth = 0; each instanceof Error && depth < 6; each = each.cause, depth += 1) yield each;
}
/** The provider could not be asked, or not as it was set up: nothing is known of who came. */
export const isUnreachable = (cause: unknown): boolean =>
  [...causesOf(cause)].some((each) => each instanceof Unreachable || each instanceof ProviderFault);

/** In a few words, for the audit log and for who sets it up: never for who tries to log in. */
export function whyOf(cause: unknown): string {
  const all = [...causesOf(cause)];
  const own = all.find((each) => each instanceof Unreachable || each instanceof ProviderFault);
  if (own !== undefined) return own.message;
  const told = all.find((each) => 'error' in each && typeof each.error === 'string');
  if (told !== undefined && 'error' in told) return `the provider answered ${String(told.error).slice(0, 100)}`;
  const words = all.map(({ message }) => message).join(': ');
  return words === '' ? 'unknown' : words.slice(0, 250);
}

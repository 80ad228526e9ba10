/** A real OpenID provider in a process of its own, and a browser that goes there and comes back: redirects and cookies, no page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import { installationRoot } from '../../src/config/index.ts';
import type { TestCertificate } from '../webhooks/support/certificate.ts';

export type Person = {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: unknown;
  readonly name?: unknown;
};
export type Told = {
  readonly person?: Person;
  /** Claims of the next ID token; null: without it. */
  readonly token?: Readonly<Record<string, unknown>>;
  readonly sign?: 'none' | 'HS256' | 'foreign';
  readonly discovery?: Readonly<Record<string, unknown>>;
  readonly denies?: boolean;
  readonly away?: boolean;
};
export type Provider = Awaited<ReturnType<typeof startProvider>>;
export const SECRET = 'a secret between us and the provider';

export async function startProvider({ caPem, cert, key }: TestCertificate, redirectUris: Record<string, string[]>) {
  const clients = Object.entries(redirectUris).map(([id, uris]) => ({
    ...{ client_id: id, client_secret: SECRET, redirect_uris: uris },
    id_token_signed_response_alg: id === 'elliptic' ? 'ES256' : 'RS256',
    token_endpoint_auth_method: id === 'elliptic' ? 'client_secret_post' : 'client_secret_basic',
  }));
  const child = spawn(process.execPath, [join(installationRoot(), 'test/support/identity-provider.mjs')], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, OIDC_CERT: cert, OIDC_KEY: key, OIDC_CLIENTS: JSON.stringify(clients) },
  });
  const lines = createInterface({ input: child.stdout });
  const [issuer] = (await once(lines, 'line')) as [string]; // as: what readline emits
  const dispatcher = new Agent({ connect: { ca: caPem } });

  /** As a browser that nobody has logged in with: from the first address on until one that is not the provider's. */
  async function follow(start: string): Promise<URL> {
    const cookies = new Map<string, string>();
    let url = new URL(start);
    for (let step = 0; step < 10 && url.origin === issuer; step += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await request(url, { dispatcher, headers: { cookie } });
      for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
        cookies.set(name, value);
      }
      const text = await answer.body.text();
      const { location } = answer.headers;
      if (typeof location !== 'string')
        throw new Error(`the provider answered ${answer.statusCode}: ${text.slice(0, 500)}`);
      url = new URL(location, url);
    }
    return url;
  }

  return {
    issuer,
    follow,
    /** What it does from now on; nothing else of what it was told before holds. */
    async tell(told: Told): Promise<void> {
      const answer = await request(`${issuer}/control`, { dispatcher, method: 'POST', body: JSON.stringify(told) });
      await answer.body.dump();
    },
    async stop(): Promise<void> {
      await dispatcher.destroy();
      child.kill();
    },
  };
}

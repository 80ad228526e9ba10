/** Looks for secrets of a running world where none may be: lines of the log, all that REST reads, metrics, deliveries, every column. */
import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import { codeAt, stepAt } from '../../src/auth/totp.ts';
import type { Database } from '../../src/database/index.ts';
import { SECRET, startProvider } from '../sso/support.ts';
import type { TestCertificate } from '../webhooks/support/certificate.ts';
import type { RunningApp } from './app.ts';

/** What the secret is, and its text. */
export type Secrets = Readonly<Record<string, string>>;
export type Place = { readonly name: string; readonly text: string };

/** As itself, in hexadecimal, and in base64 wherever it may begin within a group of three bytes. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .slice(before === 0 ? 0 : before + 1)
      .replace(/=+$/, '')
      .slice(0, -1),
  );
  return [secret, bytes.toString('hex'), ...base64, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** "what in where", for each that was found. */
export function found(secrets: Secrets, places: readonly Place[]): string[] {
  const wanted = Object.entries(secrets).map(([what, secret]) => ({ what, forms: formsOf(secret) }));
  return places.flatMap(({ name, text }) =>
    wanted.filter(({ forms }) => forms.some((form) => text.includes(form))).map(({ what }) => `${what} in ${name}`),
  );
}

/** Every row of every table, as PostgreSQL writes it. */
export async function allRows(db: Pick<Database, 'pool'>): Promise<Place[]> {
  const { rows } = await db.pool.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind = 'r' AND n.nspname = current_schema()`,
  );
  const places: Place[] = [];
  for (const { name } of rows) {
    const { rows: texts } = await db.pool.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
    places.push({ name: `table ${name}`, text: texts.map(({ row }) => row).join('\n') });
  }
  return places;
}

type Described = { paths: Record<string, { get?: { responses: Record<string, { content?: object }> } }> };

/** What every GET of the OpenAPI document answers that needs no other id than one of the lists before it. */
export async function allReads(app: RunningApp): Promise<Place[]> {
  const read = async (path: string): Promise<string> =>
    (await fetch(`${app.url}${path}`, { headers: { Authorization: `Bearer ${app.apiKey}` } })).text();
  const described = JSON.parse(await read('/api/v1/openapi.json')) as Described;
  const paths = Object.entries(described.paths)
    .filter(([, { get }]) => get !== undefined && !JSON.stringify(get.responses['200'] ?? {}).includes('event-stream'))
    .map(([path]) => path.replace(/^\/api\/v1/, ''))
    .sort((a, b) => a.split('/').length - b.split('/').length);
  const ids = new Map<string, string>();
  const places: Place[] = [{ name: 'GET /metrics', text: await read('/metrics') }];
  for (const path of paths) {
    let isKnown = true;
    const actual = path.replace(/(\/[^{]+)\/\{\w+\}/g, (_all, list: string) => {
      const id = ids.get(list);
      isKnown &&= id !== undefined;
      return `${list}/${id}`;
    });
    if (!isKnown || actual.includes('{')) continue;
    const text = await read(`/api/v1${actual}`);
    places.push({ name: `GET ${path}`, text });
    const id = /^\{"data":\[\{"id":"([^"]+)"/.exec(text)?.[1];
    if (id !== undefined && !path.includes('{')) ids.set(path, id);
  }
  return places;
}

/** Whatever this server makes for one holder and shows once (API keys, tokens of invitations, resets, logins, …), by its look alone. */
export const tokensIn = (places: readonly Place[]): string[] =>
  places.flatMap(({ name, text }) =>
    [...text.matchAll(/dyn_[a-z]{2,20}_[\w-]{32,}/g)].map(([token]) => `${token.slice(0, 16)}… in ${name}`),
  );

const canary = (what: string): string => `${what}-canary-${randomBytes(12).toString('hex')}`;

/** RFC 4648 §6 */
export function bytesOf(base32: string): Buffer {
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...base32].map((sign) => signs.indexOf(sign).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

/** Every secret by which a person or a program comes in, used once as it is meant, and wrong ones too. */
export async function plantOfPersons(app: RunningApp): Promise<Secrets> {
  const scopes = ['read:charge_points'];
  const apiKey = (await app.api<{ key: string }>('POST', '/api-keys', { name: 'canary', scopes })).body.key;
  const wrongKey = `${apiKey.slice(0, -1)}${apiKey.endsWith('A') ? 'B' : 'A'}`;
  const listed = async (path: string, credential: string): Promise<number> =>
    (await app.api('GET', path, undefined, { Authorization: `Bearer ${credential}` })).status;
  expect([await listed('/charge-points', apiKey), await listed('/sites', wrongKey)]).toEqual([200, 401]);

  const [email, password, guess] = ['canary@example.org', canary('password'), canary('guess')];
  const wanted = { email, role: 'operator', delivery: 'link' };
  const invitation = (await app.api<{ token: string }>('POST', '/invitations', wanted)).body.token;
  const accepted = { token: invitation, name: 'Canary', password };
  expect((await app.api('POST', '/invitations/accept', accepted)).status).toBe(201);
  const login = await app.api<{ access_token: string }>('POST', '/auth/login', { email, password });
  const accessToken = login.body.access_token;
  const refreshToken = /dyn_refresh=([^;]{40,})/.exec(login.headers.get('set-cookie') ?? '')?.[1] ?? '';
  expect(await listed('/sites', accessToken)).toBe(200);

  const as = { Authorization: `Bearer ${accessToken}` };
  const factor = await app.api<{ secret: string }>('POST', '/users/me/second-factor', { password }, as);
  const seed = bytesOf(factor.body.secret);
  const code = { code: codeAt(seed, stepAt(new Date())) };
  type Confirmed = { recovery_codes: string[] };
  const confirmed = await app.api<Confirmed>('POST', '/users/me/second-factor/confirm', code, as);
  const [used = '', unused = ''] = confirmed.body.recovery_codes;
  expect((await app.api('POST', '/auth/login', { email, password, code: used })).status).toBe(200);
  expect((await app.api('POST', '/auth/login', { email, password: guess })).status).toBe(401);
  const cookie = { Cookie: `dyn_refresh=${refreshToken}` };
  const refreshed = await app.api('POST', '/auth/refresh', {}, cookie);
  expect(refreshed.status).toBe(200);
  const next = /dyn_refresh=([^;]{40,})/.exec(refreshed.headers.get('set-cookie') ?? '')?.[1] ?? '';
  expect((await app.api('POST', '/auth/password-reset', { email })).status).toBe(202);
  return {
    'the next refresh token': next,
    ...{ 'an API key': apiKey, 'a wrong API key': wrongKey, "a person's password": password, 'a guess': guess },
    ...{ 'an invitation': invitation, 'an access token': accessToken, 'a refresh token': refreshToken },
    ...{ 'a second factor': factor.body.secret, 'a second factor, in bytes': seed.toString('hex') },
    ...{ 'a recovery code': used, 'another recovery code': unused },
  };
}

/** Single sign-on at a real provider, from its setting up to the login of somebody new. */
export async function plantOfSso(app: RunningApp, certificate: TestCertificate): Promise<Secrets> {
  const { organizationId } = await app.db.prisma.user.findUniqueOrThrow({ where: { email: 'owner@example.org' } });
  const provider = await startProvider(certificate, {
    dynamo: [`${app.url.replace('127.0.0.1', 'localhost')}/api/v1/auth/sso/${organizationId}/callback`],
  });
  try {
    const owner = { email: 'owner@example.org', password: 'correct horse battery' };
    const login = await app.api<{ access_token: string }>('POST', '/auth/login', owner);
    const settings = { issuer: provider.issuer, client_id: 'dynamo', client_secret: SECRET, default_role: 'viewer' };
    const as = { Authorization: `Bearer ${login.body.access_token}` };
    const set = await app.api('PUT', '/organization/sso', { ...settings, email_domains: ['example.org'] }, as);
    expect(set).toMatchObject({ status: 200, body: { issuer: provider.issuer } });
    await provider.tell({ person: { sub: 'sub-canary', email: 'new@example.org', email_verified: true } });
    const browse = (url: string, cookie = '') => fetch(url, { redirect: 'manual', headers: { cookie } });
    const left = await browse(`${app.url}/api/v1/auth/sso/${organizationId}/start`);
    const ticket = /dyn_sso=([^;]*)/.exec(left.headers.get('set-cookie') ?? '')?.[1] ?? '';
    const back = await provider.follow(left.headers.get('location') ?? '');
    const came = await browse(`${app.url}${back.pathname}${back.search}`, `dyn_sso=${ticket}`);
    expect(came.status).toBe(303);
    return {
      ...{ 'a client secret of single sign-on': SECRET, 'the cookie of single sign-on under way': ticket },
      'an authorization code': back.searchParams.get('code') ?? 'none came',
      'a refresh token by single sign-on':
        /dyn_refresh=([^;]{40,})/.exec(came.headers.get('set-cookie') ?? '')?.[1] ?? '',
    };
  } finally {
    await provider.stop();
  }
}

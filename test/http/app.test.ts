/** What the server answers beside its API: health, metrics, documents; and how often one may ask. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as askRaw, createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import express from 'express';
import request from 'supertest';
import { installationRoot } from '../../src/config/index.ts';
import { consolePages } from '../../src/http/console.ts';
import { landingPage } from '../../src/http/docs.ts';
import { createReadiness } from '../../src/http/index.ts';
import { createMetrics } from '../../src/telemetry/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const fine = {
  migrated: true,
  draining: false,
  refusing: false,
  ping: (): Promise<unknown[]> => db.rows({ name: 't', text: 'SELECT 1' }, []),
};
let state = fine;
const readiness = createReadiness({
  db: { rows: () => state.ping() as Promise<never[]> },
  areMigrationsApplied: () => state.migrated,
  isDraining: () => state.draining,
  isRefusingChanges: () => state.refusing,
  timeoutMs: 2000,
});
const metrics = createMetrics({ processMetrics: false });
metrics.counter('things_total', 'Things').inc();
const rest = await createRest(db, { readiness, metrics, metricsToken: 'metrics-token-of-some-length' });
const get = (path: string) => request(rest.app).get(path);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

describe('health', () => {
  test('/livez answers without looking at anything', async () => {
    expect((await get('/livez')).body).toEqual({ status: 'ok' });
  });

  test('/readyz says ready, and what was looked at', async () => {
    const answer = await get('/readyz');
    expect([answer.status, answer.body]).toEqual([
      200,
      { status: 'ok', checks: { database: 'ok', migrations: 'ok', changes: 'ok', draining: 'ok' } },
    ]);
  });

  test.each<[string, Partial<typeof fine>, object]>([
    ['migrations are missing', { migrated: false }, { migrations: 'pending' }],
    ['the database takes no changes', { refusing: true }, { changes: 'refused by the database' }],
    ['it is draining', { draining: true }, { draining: 'draining' }],
    [
      'the database refuses',
      { ping: () => Promise.reject(new Error('10.0.0.7 refused')) },
      { database: 'unreachable' },
    ],
    ['the database swallows', { ping: () => new Promise(() => {}) }, { database: 'no answer in time' }],
  ])('/readyz is 503 when %s', async (_why, trouble, checks) => {
    state = { ...fine, ...trouble };
    const answer = await get('/readyz');
    state = fine;
    expect(answer.status).toBe(503);
    expect(answer.body.checks).toMatchObject(checks);
    expect(answer.text).not.toContain('10.0.0.7');
  });

  test('/metrics wants its token where one is configured', async () => {
    expect((await get('/metrics')).status).toBe(401);
    expect((await get('/metrics').set('Authorization', 'Bearer wrong')).status).toBe(401);
    const answer = await get('/metrics').set('Authorization', 'Bearer metrics-token-of-some-length');
    expect([answer.status, answer.headers['content-type']]).toEqual([200, expect.stringContaining('text/plain')]);
    expect(answer.text).toContain('dynamo_things_total 1');
  });
});

describe('the console', () => {
  // what scripts/setup.mjs built, which npm test does first
  const consoleFolder = join(installationRoot(), 'dist', 'console');
  const app = express();
  app.use(consolePages(consoleFolder, landingPage));
  const page = (path: string) => request(app).get(path).set('Accept', 'text/html,*/*;q=0.8');
  const built = JSON.parse(readFileSync(join(consoleFolder, '.vite', 'manifest.json'), 'utf8')) as Record<
    string,
    { file: string; css?: string[]; imports?: string[] }
  >;

  test('a deep link gives the page, under a policy without inline script, never to be kept', async () => {
    const answer = await page('/charge-points/cp_1?q=x');
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-cache']);
    expect(answer.text).not.toMatch(/<script(?![^>]* src=)/);
    const [, nonce = ''] = /name="csp-nonce" content="([^"]+)"/.exec(answer.text) ?? [];
    const policy = answer.headers['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`style-src 'self' 'nonce-${nonce}';`);
    expect(policy).not.toContain('unsafe');
    expect((await page('/')).text).not.toContain(nonce);
    expect(policy).toContain("img-src 'self' data:;");
    expect(answer.text).toContain('<meta name="map" content="">');
  });

  test('a map server that is set may give pictures, and nothing else; words about it stay words', async () => {
    const mapped = express();
    const tiles = { url: 'https://tiles.test/{z}/{x}/{y}.png?a=1&b=$&', origin: 'https://tiles.test' };
    const attribution = { text: 'Ours "and" <i>theirs</i>', url: undefined };
    mapped.use(consolePages(consoleFolder, landingPage, { tiles, attribution }));
    const answer = await request(mapped).get('/').set('Accept', 'text/html');
    const policy = answer.headers['content-security-policy'] ?? '';
    expect(policy).toContain("img-src 'self' data: https://tiles.test;");
    expect(policy.match(/tiles\.test/g)).toHaveLength(1);
    const [, told = ''] = /<meta name="map" content="([^"]+)">/.exec(answer.text) ?? [];
    expect(told).not.toMatch(/[<>]/);
    const plain = told.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    expect(JSON.parse(plain)).toEqual({ tiles: tiles.url, said: attribution.text });
  });

  test('assets are compressed and kept for good, and nothing else is given', async () => {
    const { file } = built['index.html'] ?? { file: '' };
    const answer = await page(`/${file}`).set('Accept-Encoding', 'gzip, br');
    expect(answer.headers).toMatchObject({
      'content-encoding': 'br',
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await page(`/${file}`).set('Accept-Encoding', 'identity')).headers['content-encoding']).toBeUndefined();
    for (const path of ['/.vite/manifest.json', '/assets/gone.js', '/../package.json', '/api/v1/nothing', '/ocpp/CP-1'])
      expect([path, (await page(path)).status]).toEqual([path, 404]);
    expect((await request(app).get('/sessions').set('Accept', 'application/json')).status).toBe(404);
    expect((await request(app).post('/sessions')).status).toBe(404);
  });

  test('the first page loads at most 300 KB, compressed', () => {
    const files = new Set<string>();
    const add = (name: string): void => {
      const { file, css = [], imports = [] } = built[name] ?? { file: '' };
      if (files.has(file)) return;
      for (const each of [file, ...css]) files.add(each);
      for (const each of imports) add(each);
    };
    for (const name of ['index.html', 'pages/overview.tsx']) add(name);
    expect(files.size).toBeGreaterThan(2);
    const sizes = [...files].map((file) => gzipSync(readFileSync(join(consoleFolder, file))).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(300_000);
  });

  test('where it was not built, / still names where things are', async () => {
    const bare = express();
    bare.use(consolePages(join(consoleFolder, 'nowhere'), landingPage));
    expect((await request(bare).get('/').set('Accept', 'text/html')).text).toContain('href="/docs"');
    expect((await request(bare).get('/sessions').set('Accept', 'text/html')).status).toBe(404);
  });
});

describe('documents', () => {
  test('/ names where things are, to people and to programs', async () => {
    expect((await get('/')).body).toMatchObject({ docs: '/docs', openapi: '/api/v1/openapi.json' });
    const page = await get('/').set('Accept', 'text/html,*/*');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.text).toContain('href="/docs"');
  });

  test('/docs is a page without inline script, and all that it loads is there', async () => {
    const page = await get('/docs');
    expect(page.status).toBe(200);
    const policy = page.headers['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toContain('unsafe-eval');
    expect(page.text).not.toMatch(/<script(?![^>]* src=)/);
    for (const [, path = ''] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const file = await get(path);
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.headers['content-security-policy']).toBe(policy);
    }
    expect((await get('/docs/start.js')).text).toContain('/api/v1/openapi.json');
    expect((await get('/docs/package.json')).status).toBe(404);
    expect((await get('/docs/../package.json')).status).toBe(404);
  });
});

describe('headers', () => {
  test('keep answers out of caches, frames and other origins', async () => {
    const answer = await get('/api/v1/openapi.json').set('Origin', 'https://evil.example');
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'content-security-policy':
        "default-src 'none';object-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': 'max-age=31536000',
      'x-frame-options': 'DENY',
    });
    // A browser that asks first whether another site's page may is told nothing that lets it.
    const asking = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'DELETE' };
    const asked = await request(rest.app).options('/api/v1/sites').set(asking);
    const names = [answer, asked].flatMap(({ headers }) =>
      Object.keys(headers).filter((name) => name.startsWith('access-control') || name === 'x-powered-by'),
    );
    expect(names).toEqual([]);
  });

  test('stand on errors too, in JSON with its charset; nothing is redirected', async () => {
    for (const path of ['/nowhere', '/api/v1/sites', '/api/v1/nowhere']) {
      const answer = await get(path).set('X-Forwarded-Proto', 'http');
      expect([path, answer.status]).toEqual([path, path === '/api/v1/sites' ? 401 : 404]);
      expect(answer.headers).toMatchObject({
        'content-type': 'application/json; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
      });
    }
  });

  test('of a request never come back: TRACE is no method here', async () => {
    const server = createServer(rest.app).listen(0, '127.0.0.1');
    try {
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const asked = askRaw({ port, host: '127.0.0.1', method: 'TRACE', path: '/livez', headers: { Secret: 'canary' } });
      asked.end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      expect(answer.statusCode).toBe(404);
      expect(await text(answer)).not.toContain('canary');
    } finally {
      server.close();
    }
  });
});

describe('how often one may ask', () => {
  const path = '/api/v1/auth/me';

  test('a key beyond its requests per minute gets 429 with Retry-After; others are not touched', async () => {
    const limited = await createRest(db, { limits: { requestsPerMinute: 3 } });
    const organizationId = await limited.createOrganization();
    const one = limited.as((await limited.keyOf(organizationId)).key);
    const other = limited.as((await limited.keyOf(organizationId)).key);
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push((await one.get(path)).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const answer = await one.get(path);
    expect(answer.body.error.code).toBe('too_many_requests');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(answer.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await other.get(path)).status).toBe(200);
    await limited.stop();
  });

  test('an address with too many refused credentials is not looked at for a while, except with a key that was good before', async () => {
    const limited = await createRest(db, { limits: { authFailuresPerMinute: 5 } });
    const organizationId = await limited.createOrganization();
    const known = limited.as((await limited.keyOf(organizationId)).key);
    const fresh = limited.as((await limited.keyOf(organizationId)).key);
    expect((await known.get(path)).status).toBe(200);
    const statuses = [];
    for (let i = 0; i < 7; i += 1) statuses.push((await limited.as(`wrong-${i}`).get(path)).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await fresh.get(path)).status).toBe(429);
    expect((await known.get(path)).status).toBe(200);
    await limited.stop();
  });

  test('X-Forwarded-For is believed from configured proxies only', async () => {
    for (const trustedProxies of [undefined, ['127.0.0.0/8', '::1']]) {
      const limited = await createRest(db, {
        limits: { authFailuresPerMinute: 1 },
        ...(trustedProxies && { trustedProxies }),
      });
      const from = (address: string) => limited.as('wrong').get(path).set('X-Forwarded-For', address);
      expect((await from('203.0.113.1')).status).toBe(401);
      expect((await from('203.0.113.2')).status).toBe(trustedProxies === undefined ? 429 : 401);
      expect((await from('203.0.113.2')).status).toBe(429);
      await limited.stop();
    }
  });

  test('a key may also come as X-API-Key', async () => {
    const { key } = await rest.keyOf(await rest.createOrganization());
    expect((await get(path).set('X-API-Key', key)).status).toBe(200);
    const beside = get(path).set('X-API-Key', key).set('Authorization', 'Basic cHJveHk6cHJveHk=');
    expect((await beside).status).toBe(200);
  });
});

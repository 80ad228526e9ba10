/** Who may not call what: generated from the list of routes. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { type Role, scopesFor } from '../../src/auth/index.ts';
import { connectDatabase } from '../../src/database/index.ts';
import { scopes } from '../../src/platform/principal.ts';
import { startApp } from '../support/app.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { createRest } from '../support/rest.ts';
import {
  badCredentials,
  bodyOf,
  call,
  credentialFor,
  isProtected,
  nameOf,
  outsiders,
  pathOf,
  populate,
} from '../support/rest-access.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
const rest = await createRest(db, { limits: { authFailuresPerMinute: 0 } });
let ours: Awaited<ReturnType<typeof populate>>;
let theirs: Awaited<ReturnType<typeof populate>>;
let bad: Awaited<ReturnType<typeof badCredentials>>;
let out: Awaited<ReturnType<typeof outsiders>>;
beforeAll(async () => {
  ours = await populate(rest);
  theirs = await populate(rest);
  bad = await badCredentials(rest, ours.organizationId);
  out = await outsiders(rest, ours.organizationId, ours.key);
  await until('the expired key has expired', async () => {
    const rows = await db.prisma.apiKey.findMany({ where: { expiresAt: { lt: new Date() } } });
    return rows.length > 0;
  });
});
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const guarded = rest.routes.filter(isProtected);
const isOpenTo = (role: Role, { access }: (typeof guarded)[0]): boolean =>
  access === 'authenticated' || (access !== 'public' && scopesFor(role).has(access));
const nobodys = (ids: typeof ours.ids) =>
  Object.fromEntries(
    Object.entries(ids).map(([kind, id]) => [kind, `${id.slice(0, id.indexOf('_'))}_01KAT3Z6Y8Q0000000000000ZZ`]),
  );

test('the routes of this test are those that the server serves, no fewer', async () => {
  const app = await startApp();
  const { body } = await app.api<{ paths: Record<string, Record<string, unknown>> }>('GET', '/openapi.json');
  await app.stop();
  const served = Object.entries(body.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.slice('/api/v1'.length)}`),
  );
  expect(rest.routes.map(nameOf).sort()).toEqual(served.sort());
});

test('only logging in and being invited is public', () => {
  expect(rest.routes.filter((route) => !isProtected(route)).map(nameOf)).toEqual([
    'POST /auth/login',
    'POST /auth/refresh',
    'POST /auth/password-reset',
    'POST /auth/password-reset/confirm',
    'GET /auth/sso/{id}/start',
    'GET /auth/sso/{id}/callback',
    'POST /invitations/preview',
    'POST /invitations/accept',
  ]);
});

/** One for each scope. */
const keysWithout = new Map<string, Promise<{ key: string }>>();
async function keyWithout(scope: string): Promise<string> {
  const made =
    keysWithout.get(scope) ??
    rest.keyOf(
      ours.organizationId,
      // The second brings the first with it.
      scopes.filter((each) => each !== scope && !(scope === 'read:events' && each === 'write:webhooks')),
    );
  keysWithout.set(scope, made);
  return (await made).key;
}

describe.each(guarded.map((route) => [nameOf(route), route] as const))('%s', (_name, route) => {
  test('refuses every credential that is none with one same answer', async () => {
    const answers = new Set<string>();
    const all = await Promise.all(
      Object.values(bad).map((credential) =>
        call(rest.server, route, pathOf(route, ours.ids), credential, bodyOf(route)),
      ),
    );
    for (const answer of all) {
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
      const { request_id: id, ...error } = answer.body.error;
      expect(id).toBe(answer.headers['x-request-id']);
      answers.add(JSON.stringify(error));
    }
    expect([...answers]).toHaveLength(1);
  });

  if (route.access !== 'authenticated') {
    test('refuses a key that has every scope but this one', async () => {
      const key = await keyWithout(route.access);
      const answer = await call(rest.server, route, pathOf(route, ours.ids), key, bodyOf(route));
      expect(answer.status).toBe(403);
      expect(answer.body.error.code).toBe('forbidden');
      expect(answer.body.error.message).toContain(route.access);
    });
  }

  test('is closed, or knows nothing, to who reaches none of it', async () => {
    if (route.confined === 'no_site') return;
    for (const [who, credential] of Object.entries(out)) {
      // Without the scope there is nothing to tell: keys without it are asked below.
      if (who.startsWith('an installer') && !isOpenTo('installer', route)) continue;
      const ask = (ids: typeof ours.ids) => call(rest.server, route, pathOf(route, ids), credential, bodyOf(route));
      const answer = await ask(ours.ids);
      if (route.confined === 'by_handler') {
        if (answer.status < 300) for (const id of Object.values(ours.ids)) expect(answer.text).not.toContain(id);
        else expect(answer.status).toBe(route.method === 'post' ? 400 : 403);
        continue;
      }
      expect([403, 404]).toContain(answer.status);
      if (answer.status === 403) continue;
      const unknown = await ask(nobodys(ours.ids));
      expect(answer.body.error).toEqual({ ...unknown.body.error, request_id: answer.headers['x-request-id'] });
    }
  });

  if (route.path.includes('{')) {
    test("does not know another organization's id, nor tell it from one that nobody has", async () => {
      const foreign = await call(
        rest.server,
        route,
        pathOf(route, theirs.ids),
        credentialFor(route, ours),
        bodyOf(route),
      );
      const unknown = await call(
        rest.server,
        route,
        pathOf(route, nobodys(theirs.ids)),
        credentialFor(route, ours),
        bodyOf(route),
      );
      const strange = Object.fromEntries(Object.keys(theirs.ids).map((kind) => [kind, "x'%20OR%20'1'='1"]));
      const odd = await call(rest.server, route, pathOf(route, strange), credentialFor(route, ours), bodyOf(route));
      for (const answer of [foreign, unknown, odd]) {
        expect(answer.status).toBe(404);
        expect(answer.body.error).toEqual({ ...unknown.body.error, request_id: answer.headers['x-request-id'] });
      }
    });
  }
});

test('whoever is refused has changed nothing', async () => {
  const api = rest.as(theirs.key);
  for (const [kind, id] of Object.entries(theirs.ids)) {
    if (kind === 'logins') {
      const own = await rest.as(theirs.person).get('/api/v1/users/me/logins');
      expect(own.body.data.map((each: { id: string }) => each.id)).toEqual([id]);
      continue;
    }
    const parents: Record<string, string> = { bulk: '/commands', schedules: '/exports', files: '/exports' };
    for (const each of ['endpoints', 'events', 'deliveries', 'recoveries']) parents[each] = '/webhooks';
    // Of a charge point: its list is looked at.
    const isPart = ['certificates', 'charging-profiles', 'charging-profile-reports', 'der-control-reports'].includes(
      kind,
    );
    const path =
      kind === 'jobs'
        ? `/members/${theirs.ids['members']}/jobs`
        : isPart
          ? `/charge-points/${theirs.ids['charge-points']}/${kind}`
          : `${parents[kind] ?? ''}/${kind}/${id}`;
    expect((await api.get(`/api/v1${path}`)).status).toBe(200);
  }
});

test("lists show one's own and nothing else", async () => {
  const lists = guarded.filter((each) => each.method === 'get' && !each.path.includes('{') && !each.stream);
  for (const route of lists) {
    const answer = await call(rest.server, route, pathOf(route, ours.ids), credentialFor(route, ours));
    expect(answer.status).toBe(200);
    // The audit log shows what one has asked for oneself, in vain.
    const shown = route.path.startsWith('/audit') ? answer.text.replace(/"target":"?\{[^}]*\}/g, '') : answer.text;
    for (const id of Object.values(theirs.ids)) expect(shown).not.toContain(id);
    expect(answer.text).not.toContain(theirs.organizationId);
  }
});

test('reading changes nothing: on a database that cannot be written to every GET is answered, but what is not issued yet', async () => {
  const bills = guarded.filter(({ path }) => path.includes('/cdr'));
  const reads = guarded.filter(({ method, stream, changes }) => method === 'get' && !stream && changes !== true);
  const options = '-c default_transaction_read_only=on';
  const frozen = connectDatabase({
    connection: { connectionString: db.url, options, idleTimeoutMillis: 1_000, allowExitOnIdle: true },
    ...{ url: db.url, poolSize: 5, log: quiet },
  });
  const still = await createRest(frozen, { keyRing: rest.keyRing });
  const statusOf = async (route: (typeof guarded)[0], of = ours): Promise<[string, number]> => [
    nameOf(route),
    (await call(still.server, route, pathOf(route, of.ids), credentialFor(route, of))).status,
  ];
  const fresh = await Promise.all(bills.map((route) => statusOf(route, theirs)));
  expect(fresh.map(([, status]) => status)).toEqual(bills.map(() => 503));
  for (const route of bills)
    expect((await call(rest.server, route, pathOf(route, ours.ids), ours.key)).status).toBe(200);
  // A few at a time: all at once wait longer for one of its connections than a request may, on a slow machine.
  const answers: [string, number][] = [];
  for (let i = 0; i < reads.length; i += 8)
    answers.push(...(await Promise.all(reads.slice(i, i + 8).map((route) => statusOf(route)))));
  const failed = answers.filter(([, status]) => status >= 500);
  // It asks a charger, and is written down before it does.
  expect(failed).toEqual([['GET /charge-points/{id}/composite-schedule', 503]]);
  await still.stop();
  await frozen.close();
});

test('a key in the query string is no credential', async () => {
  const answer = await call(
    rest.server,
    guarded[0] as (typeof guarded)[0],
    `/api/v1/sites?api_key=${ours.key}`,
    undefined,
  );
  expect(answer.status).toBe(401);
});

test('while the database is away the answer is 503 to try again: never 401, 404 or 500', async () => {
  const nowhere = 'postgres://nobody@127.0.0.1:1/nothing';
  const away = connectDatabase({ connection: { connectionString: nowhere }, url: nowhere, poolSize: 1, log: quiet });
  const server = await createRest(away);
  const asked = guarded.map((route) => call(server.server, route, pathOf(route, ours.ids), ours.key, bodyOf(route)));
  const login = request(server.server).post('/api/v1/auth/login').send({ email: 'a@example.com', password: 'x' });
  for (const answer of [...(await Promise.all(asked)), await login]) {
    expect(answer.status).toBe(503);
    expect(answer.body.error.code).toBe('unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  await server.stop();
  await away.close();
});

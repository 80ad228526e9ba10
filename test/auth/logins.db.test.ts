/** Logins go on by refreshing, end at once, and are guarded by a second factor; passwords change and are set anew. On one server. */
import { createHmac } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import request from 'supertest';
import type { Role } from '../../src/auth/index.ts';
import { decideRefresh, GRACE_MS } from '../../src/auth/machine.ts';
import { passwordFault } from '../../src/auth/password-rules.ts';
import { base32, codeAt, otpauthUri, stepOf } from '../../src/auth/totp.ts';
import { newId } from '../../src/platform/ids.ts';
import { testDatabase } from '../support/db.ts';
import { holdUser, waitingForLocks } from '../support/locks.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db, { limits: { authFailuresPerMinute: 0 }, trustedProxies: ['127.0.0.1'] });
afterAll(async () => {
  await rest.stop();
  await db.close();
});
const api = '/api/v1';
const MINUTE = 60_000;

async function person(role: Role = 'operator', of?: string) {
  const organizationId = of ?? (await rest.createOrganization());
  const { id, email } = await rest.userOf(organizationId, role);
  return { id, email, organizationId };
}
const cookieIn = (answer: { headers: Record<string, unknown> }): string =>
  /dyn_refresh=([^;]*)/.exec(String(answer.headers['set-cookie'] ?? ''))?.[1] ?? '';
const post = (path: string, body: object = {}) => request(rest.server).post(`${api}${path}`).send(body);
const logIn = (email: string, more: object = {}) => post('/auth/login', { email, password: rest.password, ...more });
const refresh = (cookie: string, body: object = {}, headers: Record<string, string> = {}) =>
  post('/auth/refresh', body).set({ Cookie: `a=b; dyn_refresh=${cookie}`, ...headers });
async function loggedIn(email: string, more: object = {}) {
  const answer = await logIn(email, more);
  expect(answer.status).toBe(200);
  const token: string = answer.body.access_token;
  return { token, cookie: cookieIn(answer), as: rest.as(token), answer };
}
const me = async (token: string): Promise<number> => (await rest.as(token).get(`${api}/auth/me`)).status;

const mailJob = async () => {
  for (const job of rest.accounts.jobs) if (job.name === 'account_emails') await job.run();
};
async function resetToken(email: string): Promise<string> {
  expect((await post('/auth/password-reset', { email })).status).toBe(202);
  await mailJob();
  const mail = rest.mails.filter(({ to }) => to === email).at(-1);
  return /#(dyn_reset_[\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
}
const confirm = (token: string, password = 'engines of difference') =>
  post('/auth/password-reset/confirm', { token, password });

const bytesOf = (secret: string): Buffer => {
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
};
/** By another implementation than ours: what a phone would show. */
const phone = (secret: string) => {
  let used = 0;
  return (off = 0): string => {
    const counter = Buffer.alloc(8);
    // A later step each time, as a used one is refused; the server takes one step ahead.
    used = Math.max(used + (off === 0 ? 1 : 0), Math.floor(rest.clock.now().getTime() / 30_000) + off);
    counter.writeUInt32BE(used, 4);
    const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
    const at = (mac[19] ?? 0) % 16;
    return String((mac.readUInt32BE(at) % 2 ** 31) % 1_000_000).padStart(6, '0');
  };
};

describe('what becomes of a refresh token', () => {
  const now = new Date('2026-11-26T12:00:00Z');
  const at = (ms: number): Date => new Date(now.getTime() + ms);
  const good = { usedAt: null, expiresAt: at(1), login: { revokedAt: null, expiresAt: at(1) }, isDisabled: false };
  test.each<[string, Partial<Parameters<typeof decideRefresh>[0]>, string]>([
    ['fresh', {}, 'rotate'],
    ['used a moment ago', { usedAt: at(-GRACE_MS) }, 'repeat'],
    ['used before that', { usedAt: at(-GRACE_MS - 1) }, 'revoke'],
    ['used long ago and expired', { usedAt: at(-MINUTE), expiresAt: at(-1) }, 'revoke'],
    ['expired', { expiresAt: now }, 'refuse'],
    ['of a login that ended', { login: { revokedAt: at(-1), expiresAt: at(1) } }, 'refuse'],
    ['used, of a login that ended', { usedAt: at(-MINUTE), login: { revokedAt: at(-1), expiresAt: at(1) } }, 'refuse'],
    ['of a login that is too old', { login: { revokedAt: null, expiresAt: now } }, 'refuse'],
    ['of somebody who is disabled', { isDisabled: true }, 'refuse'],
  ])('%s: %j', (_name, more, expected) => {
    expect(decideRefresh({ ...good, ...more }, now).do).toBe(expected);
  });

  test('nothing that ended, expired or is disabled is ever given another', () => {
    const time = fc.integer({ min: -2 * GRACE_MS, max: 2 * GRACE_MS }).map(at);
    const shown = fc.record({
      usedAt: fc.option(time),
      expiresAt: time,
      login: fc.record({ revokedAt: fc.option(time), expiresAt: time }),
      isDisabled: fc.boolean(),
    });
    fc.assert(
      fc.property(shown, (token) => {
        const { do: decided } = decideRefresh(token, now);
        const isOver = token.login.revokedAt !== null || token.login.expiresAt <= now || token.isDisabled;
        if (isOver) expect(decided).toBe('refuse');
        if (decided === 'rotate') expect([token.usedAt, token.expiresAt > now]).toEqual([null, true]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a login', () => {
  test('sets a refresh token in a cookie that no script reads and no other site sends, and in no body', async () => {
    const { email } = await person();
    const { answer, cookie } = await loggedIn(email);
    const [set, mark] = answer.headers['set-cookie'] as unknown as string[];
    expect(set).toMatch(/; Path=\/api\/v1\/auth;.*HttpOnly; SameSite=Strict$/);
    expect(mark).toMatch(/^dyn_signed_in=1; Path=\/; Expires=[^;]+; SameSite=Strict$/); // that there is one, for the page
    expect(answer.text).not.toContain(cookie);
    expect(JSON.stringify(await db.prisma.refreshToken.findMany())).not.toContain(cookie.slice(-20));
  });

  test('over https its cookie is of this host alone, and none but that is taken', async () => {
    const { email } = await person();
    const overHttps = { 'X-Forwarded-Proto': 'https' };
    const answer = await logIn(email).set(overHttps);
    const [set = ''] = answer.headers['set-cookie'] as unknown as string[];
    expect(set).toMatch(/^__Host-dyn_refresh=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/);
    const token = cookieIn(answer);
    expect((await refresh(token, {}, overHttps)).status).toBe(401); // as a page of a neighbouring name could plant it
    const next = await post('/auth/refresh').set({ ...overHttps, Cookie: `__Host-dyn_refresh=${token}` });
    expect([next.status, (await refresh(token)).status]).toEqual([200, 200]);
    const cookie = { ...overHttps, Cookie: `__Host-dyn_refresh=${cookieIn(next)}` };
    const end = await post('/auth/logout').set({ ...cookie, Authorization: `Bearer ${next.body.access_token}` });
    expect(String(end.headers['set-cookie'])).toMatch(
      /^__Host-dyn_refresh=; Path=\/; Expires=Thu, 01 Jan 1970.*Secure/,
    );
  });

  test('ends the one that this browser had before, whoever it was of; those of other browsers go on', async () => {
    const [{ email }, other] = [await person(), await person()];
    const [elsewhere, before] = [await loggedIn(email), await loggedIn(email)];
    const again = await logIn(email).set('Cookie', `dyn_refresh=${before.cookie}`);
    expect([again.status, await me(before.token), await me(elsewhere.token)]).toEqual([200, 401, 200]);
    expect((await refresh(before.cookie)).status).toBe(401);
    const wrong = await logIn(other.email, { password: 'wrong' }).set('Cookie', `dyn_refresh=${cookieIn(again)}`);
    expect([wrong.status, await me(again.body.access_token)]).toEqual([401, 200]);
    const another = await logIn(other.email).set('Cookie', `dyn_refresh=${cookieIn(again)}`);
    expect([another.status, await me(again.body.access_token)]).toEqual([200, 401]);
    expect((await logIn(email).set('Cookie', 'dyn_refresh=nonsense')).status).toBe(200);
  });

  test('goes on: each refresh gives another token for both', async () => {
    const { email } = await person();
    const first = await loggedIn(email);
    const second = await refresh(first.cookie);
    expect([second.status, await me(second.body.access_token)]).toEqual([200, 200]);
    expect(cookieIn(second)).not.toBe(first.cookie);
    expect((await refresh(cookieIn(second))).status).toBe(200);
  });

  test('survives a lost answer and two tabs: a second use within half a minute is no theft', async () => {
    const { email } = await person();
    const { cookie } = await loggedIn(email);
    const tabs = await Promise.all([refresh(cookie), refresh(cookie), refresh(cookie)]);
    expect(tabs.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const tab of tabs) expect((await refresh(cookieIn(tab))).status).toBe(200);
  });

  test('ends for both when a token is used a second time later: access tokens too', async () => {
    const { email } = await person();
    const thief = await loggedIn(email);
    const owner = await refresh(thief.cookie);
    await db.prisma.refreshToken.updateMany({
      where: { usedAt: { not: null } },
      data: { usedAt: new Date(Date.now() - 2 * GRACE_MS) },
    });
    expect((await refresh(thief.cookie)).status).toBe(401);
    expect((await refresh(cookieIn(owner))).status).toBe(401);
    expect([await me(thief.token), await me(owner.body.access_token)]).toEqual([401, 401]);
  });

  const refused: [string, (of: { id: string; email: string; cookie: string }) => Promise<string>][] = [
    ['without a cookie', async () => ''],
    ['with a made-up one', async () => `dyn_refresh_${'A'.repeat(43)}`],
    ['with another letter', async ({ cookie }) => `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`],
    ['with an access token', async ({ email }) => (await loggedIn(email)).token],
    [
      'of a disabled user',
      async ({ id, cookie }) => {
        await db.prisma.user.update({ where: { id }, data: { disabledAt: new Date() } });
        return cookie;
      },
    ],
    [
      'of somebody who is no member any more',
      async ({ id, cookie }) => {
        await db.prisma.membership.deleteMany({ where: { userId: id } });
        return cookie;
      },
    ],
    [
      'of a login that is too old',
      async ({ id, cookie }) => {
        await db.prisma.userLogin.updateMany({ where: { userId: id }, data: { expiresAt: new Date() } });
        return cookie;
      },
    ],
    [
      'that waited too long',
      async ({ id, cookie }) => {
        const logins = await db.prisma.userLogin.findMany({ where: { userId: id } });
        await db.prisma.refreshToken.updateMany({
          where: { loginId: { in: logins.map((each) => each.id) } },
          data: { expiresAt: new Date() },
        });
        return cookie;
      },
    ],
    [
      'after a logout',
      async ({ email, cookie }) => {
        const other = await loggedIn(email);
        await other.as.post(`${api}/auth/logout-everywhere`).send({});
        return cookie;
      },
    ],
  ];
  test.each(refused)('is not refreshed %s: one answer for all, and the cookie is gone', async (_name, spoil) => {
    const { id, email } = await person();
    const { cookie } = await loggedIn(email);
    const answer = await refresh(await spoil({ id, email, cookie }));
    expect([answer.status, answer.body.error.message]).toEqual([401, 'Log in again']);
    expect(String(answer.headers['set-cookie'])).toMatch(
      /dyn_refresh=;.*Expires=Thu, 01 Jan 1970.*dyn_signed_in=;.*Expires=Thu, 01 Jan 1970/,
    );
  });

  test('is not refreshed from an address that tries and tries; what is no refresh token at all is not counted', async () => {
    const { email } = await person();
    const { cookie } = await loggedIn(email);
    const [busy, other] = ['198.51.100.7', '198.51.100.8'].map((address) => ({ 'X-Forwarded-For': address }));
    const statuses = async (token: (nth: number) => string, count: number) => {
      const said: number[] = [];
      for (let nth = 0; nth < count; nth += 1) said.push((await refresh(token(nth), {}, busy)).status);
      return said;
    };
    const none = ['', 'nonsense', `dyn_refresh_${'A'.repeat(42)}`, `dyn_reset_${'A'.repeat(43)}`, 'A'.repeat(4000)];
    expect(new Set(await statuses((nth) => none[nth % none.length] ?? '', 80))).toEqual(new Set([401]));
    const right = await refresh(cookie, {}, busy);
    expect(right.status).toBe(200);
    const guesses = await statuses((nth) => `dyn_refresh_${String(nth).padStart(43, 'A')}`, 61);
    expect(guesses).toEqual([...Array<number>(60).fill(401), 429]);
    const held = await refresh(cookieIn(right), {}, busy);
    expect([held.status, held.headers['set-cookie']]).toEqual([429, undefined]); // its cookie is left to it
    expect(Number(held.headers['retry-after'])).toBeGreaterThan(0);
    expect((await refresh(cookieIn(right), {}, other)).status).toBe(200);
  });

  test('is refreshed by whoever tried all through an outage: what is answered by nobody is no guess', async () => {
    const { email } = await person();
    const { cookie } = await loggedIn(email);
    const office = { 'X-Forwarded-For': '198.51.100.9' };
    const said = new Set<number>();
    await db.pool.query('ALTER TABLE refresh_tokens RENAME TO refresh_tokens_away');
    try {
      for (let nth = 0; nth < 61; nth += 1) said.add((await refresh(cookie, {}, office)).status);
    } finally {
      await db.pool.query('ALTER TABLE refresh_tokens_away RENAME TO refresh_tokens');
    }
    expect([...said]).toEqual([500]);
    expect((await refresh(cookie, {}, office)).status).toBe(200);
  });

  test.each(['cross-site', 'same-site'])(
    'is not refreshed from a page of another origin (%s), and stays',
    async (site) => {
      const { email } = await person();
      const { cookie } = await loggedIn(email);
      expect((await refresh(cookie, {}, { 'Sec-Fetch-Site': site })).status).toBe(401);
      expect((await refresh(cookie, {}, { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
    },
  );

  test('is taken to another organization by refreshing, if he is a member there', async () => {
    const { id, email, organizationId } = await person('owner');
    const second = await rest.createOrganization('Second');
    const foreign = await rest.createOrganization('Foreign');
    const now = new Date();
    await db.prisma.membership.create({
      data: { userId: id, organizationId: second, role: 'viewer', siteIds: [], createdAt: now, updatedAt: now },
    });
    const { cookie, token } = await loggedIn(email);
    const nowhere = await refresh(cookie, { organization_id: foreign });
    expect([nowhere.status, nowhere.body.error.details]).toEqual([
      403,
      [{ field: 'organization_id', message: 'you are no member there' }],
    ]);
    expect((await refresh(cookie, { organization_id: newId('org') })).body.error).toEqual({
      ...nowhere.body.error,
      request_id: expect.any(String),
    });
    const there = await refresh(cookie, { organization_id: second });
    expect(there.body.user).toMatchObject({ organization_id: second, role: 'viewer' });
    const again = await refresh(cookieIn(there));
    expect(again.body.user.organization_id).toBe(second);
    const seen = await Promise.all([token, again.body.access_token].map((each) => rest.as(each).get(`${api}/auth/me`)));
    expect(seen.map(({ body }) => body.organization.id)).toEqual([organizationId, second]);
  });
});

describe('an organization that a login does not open', () => {
  test.each<[string, boolean]>([
    ['takes single sign-on only', true],
    ['you are no member there', false],
  ])(
    'as %s is refused, and the login goes on where it was: with its cookie, as often as it is tried',
    async (why, isMember) => {
      const { id, email, organizationId } = await person();
      const closed = await rest.createOrganization('Closed');
      const now = new Date();
      await db.prisma.singleSignOn.create({
        data: {
          ...{
            organizationId: closed,
            issuer: 'https://login.example.com',
            clientId: 'x',
            clientSecret: new Uint8Array(),
          },
          ...{ emailDomains: [], enforced: true, createdAt: now, updatedAt: now },
        },
      });
      if (isMember)
        await db.prisma.membership.create({
          data: { userId: id, organizationId: closed, role: 'viewer', siteIds: [], createdAt: now, updatedAt: now },
        });
      const { cookie, token } = await loggedIn(email);
      for (let nth = 0; nth < 2; nth += 1) {
        const refused = await refresh(cookie, { organization_id: closed });
        expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden']);
        expect(refused.body.error.details).toEqual([
          { field: 'organization_id', message: expect.stringContaining(why) },
        ]);
        expect(refused.headers['set-cookie']).toBeUndefined();
      }
      // The cookie was not used up: later than the half minute in which a second use is borne, it is still the login's.
      rest.advance(2 * GRACE_MS);
      const next = await refresh(cookie);
      rest.advance(-2 * GRACE_MS);
      expect([next.status, next.body.user.organization_id, await me(token)]).toEqual([200, organizationId, 200]);
    },
  );

  test('of somebody who is a member nowhere else ends the login in this browser', async () => {
    const { id, email } = await person();
    const { cookie } = await loggedIn(email);
    await db.prisma.membership.deleteMany({ where: { userId: id } });
    const refused = await refresh(cookie, { organization_id: newId('org') });
    expect([refused.status, String(refused.headers['set-cookie'])]).toEqual([
      401,
      expect.stringMatching(/dyn_refresh=;/),
    ]);
  });
});

describe('a login that was under way', () => {
  type Under = Awaited<ReturnType<typeof person>> & { as: ReturnType<typeof rest.as>; secret: string };
  const begun = async ({ as }: Pick<Under, 'as'>): Promise<string> =>
    (await as.post(`${api}/users/me/second-factor`).send({ password: rest.password })).body.secret;
  const confirmed = ({ as, secret }: Under) =>
    as.post(`${api}/users/me/second-factor/confirm`).send({ code: phone(secret)() });
  const next = 'engines of difference';
  test.each<[string, (of: Under) => Promise<{ change: () => PromiseLike<{ status: number }>; code?: string }>]>([
    [
      'the password is changed',
      async ({ as }) => ({
        change: () => as.put(`${api}/users/me/password`).send({ password: rest.password, new_password: next }),
      }),
    ],
    [
      'a password is set anew',
      async ({ email }) => {
        const token = await resetToken(email);
        return { change: () => confirm(token) };
      },
    ],
    ['a second factor is confirmed', async (of) => ({ change: () => confirmed(of) })],
    [
      'a second factor is reset',
      async (of) => {
        await confirmed(of);
        const admin = await loggedIn((await person('owner', of.organizationId)).email);
        const change = () => admin.as.post(`${api}/members/${of.id}/reset-second-factor`).send({});
        return { change, code: phone(of.secret)(1) };
      },
    ],
  ])('while %s does not begin', async (_name, prepare) => {
    const who = await person();
    const { as } = await loggedIn(who.email);
    const { change, code } = await prepare({ ...who, as, secret: await begun({ as }) });
    const under = await db.transaction(async (tx) => {
      await holdUser(tx, who.id);
      const changed = change().then((each) => each);
      await waitingForLocks(db, 1);
      const login = logIn(who.email, code === undefined ? {} : { code }).then((each) => each);
      await waitingForLocks(db, 2);
      return { changed, login };
    });
    expect([200, 204]).toContain((await under.changed).status);
    const refused = await under.login;
    expect([refused.status, refused.headers['set-cookie']]).toEqual([401, undefined]);
    expect(refused.body.error).toMatchObject({ message: 'The e-mail address or the password is wrong', details: [] });
  });
});

test('a password is changed by who knows the one that holds, not the one of before', async () => {
  const who = await person();
  const { as } = await loggedIn(who.email);
  const token = await resetToken(who.email);
  const under = await db.transaction(async (tx) => {
    await holdUser(tx, who.id);
    const reset = confirm(token).then((each) => each);
    await waitingForLocks(db, 1);
    const change = as
      .put(`${api}/users/me/password`)
      .send({ password: rest.password, new_password: 'of an intruder 1' });
    const changed = change.then((each) => each);
    await waitingForLocks(db, 2);
    return { reset, changed };
  });
  expect((await under.reset).status).toBe(204);
  const refused = await under.changed;
  expect([refused.status, refused.body.error.details]).toEqual([400, [{ field: 'password', message: 'is wrong' }]]);
  expect((await logIn(who.email, { password: 'of an intruder 1' })).status).toBe(401);
});

describe('logging out', () => {
  test('ends this login at once, its access token too, and no other', async () => {
    const { email } = await person();
    const [one, two] = [await loggedIn(email), await loggedIn(email)];
    expect((await one.as.post(`${api}/auth/logout`).send({})).status).toBe(204);
    expect([await me(one.token), (await refresh(one.cookie)).status]).toEqual([401, 401]);
    expect([await me(two.token), (await refresh(two.cookie)).status]).toEqual([200, 200]);
  });

  test('everywhere ends all of one person, and nobody else', async () => {
    const [ada, bob] = [await person(), await person()];
    const [one, two, other] = [await loggedIn(ada.email), await loggedIn(ada.email), await loggedIn(bob.email)];
    expect((await one.as.post(`${api}/auth/logout-everywhere`).send({})).status).toBe(204);
    expect([await me(one.token), await me(two.token), await me(other.token)]).toEqual([401, 401, 200]);
  });

  test("from the list of one's own logins, by device", async () => {
    const { email } = await person();
    const here = await loggedIn(email);
    const there = await post('/auth/login', { email, password: rest.password }).set('User-Agent', 'Phone of <b>Ada');
    const list = await here.as.get(`${api}/users/me/logins`);
    expect(list.body.data.map((row: { current: boolean }) => row.current).sort()).toEqual([false, true]);
    const other = list.body.data.find((row: { current: boolean }) => !row.current);
    expect(other).toMatchObject({ address: expect.any(String), last_used_at: expect.any(String) });
    const stranger = await loggedIn((await person()).email);
    expect((await stranger.as.delete(`${api}/users/me/logins/${other.id}`)).status).toBe(404);
    expect((await here.as.delete(`${api}/users/me/logins/${other.id}`)).status).toBe(204);
    expect([await me(there.body.access_token), await me(here.token)]).toEqual([401, 200]);
  });

  test('is done for the one that was used longest ago when there are more than 50', async () => {
    const { id, email, organizationId } = await person();
    const old = await loggedIn(email);
    const at = new Date(Date.now() + 1000);
    await db.prisma.userLogin.createMany({
      data: Array.from({ length: 49 }, (_each, i) => ({
        ...{ id: `lgn_${id.slice(4)}${i}`, userId: id, organizationId, address: '', createdAt: at, lastUsedAt: at },
        expiresAt: new Date(Date.now() + MINUTE),
      })),
    });
    expect(await me(old.token)).toBe(200);
    await loggedIn(email);
    expect(await me(old.token)).toBe(401);
  });
});

describe('a password', () => {
  test.each<[string, string | undefined]>([
    ['correct horse battery staple', undefined],
    ['zwölf Zeichen', undefined],
    ['9f8a7c6e5d4b', undefined],
    ['kürzer als 12', undefined],
    ['elevenchars', 'characters'],
    ['👍👍👍', 'characters'],
    ['x'.repeat(257), 'characters'],
    ['passwordpassword', 'first'],
    ['P@ssw0rd12345', 'first'],
    ['iloveyou123456', 'first'],
    ['Summer2026!!!', 'first'],
    ['qwertyuiopasdf', 'first'],
    ['abcabcabcabcabc', 'first'],
    ['111111111111', 'first'],
    ['ada.lovelace.1', 'first'],
  ])('%s', (password, fault) => {
    const said = passwordFault(password, { email: 'ada.lovelace@example.com', name: 'Ada Lovelace' });
    if (fault === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(fault);
  });

  test('is changed by who knows it; other logins end, this one goes on', async () => {
    const { email } = await person();
    const [here, there] = [await loggedIn(email), await loggedIn(email)];
    const change = (password: string, next: string) =>
      here.as.put(`${api}/users/me/password`).send({ password, new_password: next });
    expect((await change('wrong password', 'engines of difference')).status).toBe(400);
    expect((await change(rest.password, 'short')).status).toBe(400);
    expect((await change(rest.password, 'engines of difference')).status).toBe(204);
    expect([await me(here.token), await me(there.token)]).toEqual([200, 401]);
    expect((await logIn(email)).status).toBe(401);
    expect((await logIn(email, { password: 'engines of difference' })).status).toBe(200);
  });

  test('is set anew by who reads the e-mail: all logins end', async () => {
    const { email } = await person();
    const { token: access } = await loggedIn(email);
    const token = await resetToken(email);
    expect(JSON.stringify(await db.prisma.accountEmail.findMany())).not.toContain('dyn_reset');
    expect((await confirm(token, 'password1234')).status).toBe(400);
    expect((await confirm(token)).status).toBe(204);
    expect(await me(access)).toBe(401);
    expect((await logIn(email, { password: 'engines of difference' })).status).toBe(200);
    expect((await confirm(token)).status).toBe(404);
  });

  test('of an address without an account, or of a disabled one, is asked for with the same answer, and no mail goes out', async () => {
    const known = await person();
    const disabled = await person();
    await db.prisma.user.update({ where: { id: disabled.id }, data: { disabledAt: new Date() } });
    const sent = rest.mails.length;
    const answers = await Promise.all(
      [known.email, known.email.toUpperCase(), disabled.email, 'nobody@example.com'].map((email) =>
        post('/auth/password-reset', { email }),
      ),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    await mailJob();
    expect(rest.mails.slice(sent).map(({ to }) => to)).toEqual([known.email, known.email]);
  });

  test.each<[string, (of: { id: string; email: string; token: string }) => Promise<string>]>([
    ['made up', async () => `dyn_reset_${'A'.repeat(43)}`],
    [
      'too old',
      async ({ id, token }) => {
        await db.prisma.passwordReset.update({ where: { userId: id }, data: { expiresAt: new Date() } });
        return token;
      },
    ],
    [
      'replaced by a newer one',
      async ({ email, token }) => {
        await resetToken(email);
        return token;
      },
    ],
    [
      'of a disabled user',
      async ({ id, token }) => {
        await db.prisma.user.update({ where: { id }, data: { disabledAt: new Date() } });
        return token;
      },
    ],
    [
      'void since the password was changed',
      async ({ email, token }) => {
        const { as } = await loggedIn(email);
        await as
          .put(`${api}/users/me/password`)
          .send({ password: rest.password, new_password: 'engines of difference' });
        return token;
      },
    ],
  ])('is not set with a link that is %s: one answer for all', async (_name, spoil) => {
    const { id, email } = await person();
    const token = await spoil({ id, email, token: await resetToken(email) });
    const answer = await confirm(token, 'another fine secret');
    expect([answer.status, answer.body.error.message]).toEqual([
      404,
      'This link cannot be used, or not any more: ask for a new one',
    ]);
  });

  test('a mailbox is not filled: known or unknown, the sixth time in an hour is too often', async () => {
    for (const email of [(await person()).email, 'stranger@example.com']) {
      const statuses: number[] = [];
      for (let i = 0; i < 6; i += 1) statuses.push((await post('/auth/password-reset', { email })).status);
      expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
    }
  });
});

describe('codes of RFC 6238', () => {
  // Appendix B, SHA-1, eight digits.
  test.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('at %i: %s', (at, code) => {
    expect(codeAt(Buffer.from('12345678901234567890'), Math.floor(at / 30), 8)).toBe(code);
  });

  const secret = Buffer.from('12345678901234567890');
  const now = new Date(1111111111_000);
  const step = 37037037;
  test.each<[string, number, number | null, boolean]>([
    ['of now', 0, null, true],
    ['of the step before', -1, null, true],
    ['of the step after', 1, null, true],
    ['of two steps before', -2, null, false],
    ['of two steps after', 2, null, false],
    ['that was used', 0, step, false],
    ['of before what was used', -1, step, false],
    ['of after what was used', 1, step, true],
  ])('one %s', (_name, off, last, isRight) => {
    expect(stepOf(secret, codeAt(secret, step + off), now, last) !== undefined).toBe(isRight);
  });

  test.each(['', '12345', '1234567', 'abcdef', '１２３４５６', '12345\n'])('%j is none', (code) => {
    expect(stepOf(secret, code, now, null)).toBeUndefined();
  });

  test('go to an authenticator as a key URI', () => {
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI');
    expect(otpauthUri({ secret, email: 'a+b@example.com', issuer: 'Dynamo CSMS' })).toBe(
      'otpauth://totp/Dynamo%20CSMS:a%2Bb%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Dynamo%20CSMS&algorithm=SHA1&digits=6&period=30',
    );
  });
});

describe('a second factor', () => {
  async function withFactor(role: Role = 'operator', of?: string) {
    const who = await person(role, of);
    const { as, token } = await loggedIn(who.email);
    const begun = await as.post(`${api}/users/me/second-factor`).send({ password: rest.password });
    expect(begun.status).toBe(200);
    const next = phone(begun.body.secret);
    const confirmed = await as.post(`${api}/users/me/second-factor/confirm`).send({ code: next() });
    expect(confirmed.status).toBe(200);
    rest.advance(30_000); // the next code is of another step
    return {
      ...who,
      as,
      token,
      next,
      secret: begun.body.secret as string,
      codes: confirmed.body.recovery_codes as string[],
    };
  }

  test('asks for nothing before it is confirmed, and then at each login; other logins end', async () => {
    const { email } = await person();
    const [here, there] = [await loggedIn(email), await loggedIn(email)];
    const begin = (password: string) => here.as.post(`${api}/users/me/second-factor`).send({ password });
    expect((await begin('wrong')).status).toBe(400);
    const { body } = await begin(rest.password);
    expect(body.otpauth_uri).toContain(`secret=${body.secret}`);
    const row = await db.prisma.user.findUniqueOrThrow({ where: { email } });
    expect(Buffer.from(row.totpSecret ?? []).includes(bytesOf(body.secret))).toBe(false);
    expect((await logIn(email)).status).toBe(200);
    expect((await here.as.post(`${api}/users/me/second-factor/confirm`).send({ code: '000000' })).status).toBe(400);
    const done = await here.as.post(`${api}/users/me/second-factor/confirm`).send({ code: phone(body.secret)() });
    expect(done.body.recovery_codes).toHaveLength(10);
    expect([await me(here.token), await me(there.token)]).toEqual([200, 401]);
    const without = await logIn(email);
    expect([without.status, without.body.error.details[0].field]).toEqual([401, 'code']);
    expect((await begin(rest.password)).status).toBe(409);
  });

  test('tells who does not know the password nothing: not that there is one, not that a code is right', async () => {
    const { email, next } = await withFactor();
    const unknown = await logIn('nobody@example.com', { password: 'wrong' });
    for (const code of [undefined, next(), '000000']) {
      const answer = await logIn(email, { password: 'wrong', ...(code !== undefined && { code }) });
      expect([answer.status, answer.body.error.message]).toEqual([401, unknown.body.error.message]);
    }
  });

  test('takes a code once', async () => {
    const { email, next } = await withFactor();
    const code = next();
    const both = await Promise.all([logIn(email, { code }), logIn(email, { code })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect((await logIn(email, { code })).status).toBe(401);
  });

  test('takes each recovery code once, however it is typed, and none that was replaced', async () => {
    const { email, as, codes, next } = await withFactor();
    const [first = '', second = ''] = codes;
    expect(first.replaceAll('-', '')).toMatch(/^[A-Z2-7]{24}$/); // 120 bits
    expect((await logIn(email, { code: first.toLowerCase().replaceAll('-', ' ') })).status).toBe(200);
    expect((await logIn(email, { code: first })).status).toBe(401);
    const renew = (code: string) => as.post(`${api}/users/me/second-factor/recovery-codes`).send({ code });
    expect((await renew('000000')).status).toBe(400);
    const fresh = await renew(next());
    expect((await logIn(email, { code: second })).status).toBe(401);
    expect((await logIn(email, { code: fresh.body.recovery_codes[0] })).status).toBe(200);
    expect((await as.get(`${api}/users/me/second-factor`)).body).toEqual({ enabled: true, recovery_codes_left: 9 });
    expect(JSON.stringify(await db.prisma.recoveryCode.findMany())).not.toContain(second.replaceAll('-', ''));
  });

  test('is not guessed, and guessing locks nobody out who has a recovery code', async () => {
    const { email, next, codes } = await withFactor();
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await logIn(email, { code: '000000' })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await logIn(email, { code: next() })).status).toBe(429);
    expect((await logIn(email, { code: codes[0] })).status).toBe(200);
  });

  test('is removed with password and code, and not with one of them', async () => {
    const { email, as, next } = await withFactor();
    const remove = (body: object) => as.post(`${api}/users/me/second-factor/remove`).send(body);
    expect((await remove({ password: rest.password, code: '000000' })).status).toBe(400);
    expect((await remove({ password: 'wrong', code: next() })).status).toBe(400);
    rest.advance(30_000);
    expect((await remove({ password: rest.password, code: next() })).status).toBe(204);
    expect((await logIn(email)).status).toBe(200);
  });

  test.each<[string, Role, Role, number]>([
    ['an owner to an owner', 'owner', 'owner', 204],
    ['an admin to a viewer', 'admin', 'viewer', 204],
    ['an admin to an owner', 'admin', 'owner', 403],
    ['an operator to a viewer', 'operator', 'viewer', 403],
  ])('is reset by %s: %s, %s, %i', async (_name, by, of, status) => {
    const organizationId = await rest.createOrganization();
    const lost = await withFactor(of, organizationId);
    const admin = await rest.userOf(organizationId, by);
    const as = rest.as(rest.accessTokens.issue(admin.id));
    const answer = await as.post(`${api}/members/${lost.id}/reset-second-factor`).send({});
    expect(answer.status).toBe(status);
    expect(await me(lost.token)).toBe(status === 204 ? 401 : 200);
    expect((await logIn(lost.email)).status).toBe(status === 204 ? 200 : 401);
  });

  test('is not reset by oneself, nor by an organization that the account is only a guest of', async () => {
    const lost = await withFactor('owner');
    expect((await lost.as.post(`${api}/members/${lost.id}/reset-second-factor`).send({})).status).toBe(409);
    const host = await rest.createOrganization();
    const now = new Date();
    await db.prisma.membership.create({
      data: { userId: lost.id, organizationId: host, role: 'viewer', siteIds: [], createdAt: now, updatedAt: now },
    });
    const { key } = await rest.keyOf(host);
    expect((await rest.as(key).post(`${api}/members/${lost.id}/reset-second-factor`).send({})).status).toBe(409);
  });

  test('that the organization wants: without one nothing but setting it up, at once; keys go on', async () => {
    const { email, organizationId } = await person('owner');
    const { key } = await rest.keyOf(organizationId);
    const { as } = await loggedIn(email);
    expect((await as.get(`${api}/sites`)).status).toBe(200);
    expect((await rest.as(key).patch(`${api}/organization`).send({ require_second_factor: true })).status).toBe(200);
    expect([(await as.get(`${api}/sites`)).status, (await rest.as(key).get(`${api}/sites`)).status]).toEqual([
      403, 200,
    ]);
    const begun = await as.post(`${api}/users/me/second-factor`).send({ password: rest.password });
    expect(
      (await as.post(`${api}/users/me/second-factor/confirm`).send({ code: phone(begun.body.secret)() })).status,
    ).toBe(200);
    expect((await as.get(`${api}/sites`)).status).toBe(200);
  });

  test('leaves no secret in the audit log', async () => {
    const { secret, codes, organizationId } = await withFactor('owner');
    const { key } = await rest.keyOf(organizationId);
    const log = await rest.as(key).get(`${api}/audit?limit=100`);
    expect(log.text).toContain('confirmSecondFactor');
    for (const each of [secret, rest.password, ...codes]) expect(log.text).not.toContain(each);
  });
});

test('an API key has no logins, no password and no second factor', async () => {
  const { key } = await rest.keyOf(await rest.createOrganization());
  const as = rest.as(key);
  const answers = await Promise.all([
    as.get(`${api}/users/me`),
    as.get(`${api}/users/me/logins`),
    as.get(`${api}/users/me/second-factor`),
    as.post(`${api}/auth/logout`).send({}),
    as.post(`${api}/auth/logout-everywhere`).send({}),
    as.post(`${api}/users/me/leave`).send({}),
  ]);
  expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 403]);
});

describe('an account', () => {
  const password = 'engines of difference';
  /** Invited by an owner who may be anybody, to an address that may be anybody's, and accepted. */
  async function invited(delivery: 'link' | 'email') {
    const owner = await withOwner();
    const email = `${newId('usr').toLowerCase()}@example.com`;
    const made = await owner.post(`${api}/invitations`).send({ email, role: 'admin', delivery });
    const token = delivery === 'link' ? made.body.token : await mailedInvitation(email);
    expect((await post('/invitations/accept', { token, name: 'Ada', password })).status).toBe(201);
    const { as, token: access } = await loggedIn(email, { password });
    const begun = await as.post(`${api}/users/me/second-factor`).send({ password });
    const next = phone(begun.body.secret);
    const confirmed = await as.post(`${api}/users/me/second-factor/confirm`).send({ code: next() });
    expect(confirmed.status).toBe(200);
    rest.advance(30_000); // the next code is of another step
    return { email, as, access, next };
  }
  const withOwner = async () => (await loggedIn((await person('owner')).email)).as;
  async function mailedInvitation(email: string): Promise<string> {
    await mailJob();
    const mail = rest.mails.filter(({ to }) => to === email).at(-1);
    return /#(dyn_invitation_[\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
  }
  const another = 'a rainy day in Turin';
  const isOpenTo = async (email: string): Promise<boolean> => {
    expect((await confirm(await resetToken(email), another)).status).toBe(204);
    return (await logIn(email, { password: another })).status === 200;
  };

  test('that was made by a link is the one of who reads its mail, whatever second factor whoever made it has set up', async () => {
    const { email, access, next } = await invited('link');
    expect(await isOpenTo(email)).toBe(true);
    expect(await me(access)).toBe(401);
    expect((await logIn(email, { password, code: next() })).status).toBe(401);

    // From then on a second factor is his.
    const { as } = await loggedIn(email, { password: another });
    const begun = await as.post(`${api}/users/me/second-factor`).send({ password: another });
    expect(
      (await as.post(`${api}/users/me/second-factor/confirm`).send({ code: phone(begun.body.secret)() })).status,
    ).toBe(200);
    expect(await isOpenTo(email)).toBe(false);
  });

  test('that was made by an e-mail is proven: a new password leaves its second factor', async () => {
    expect(await isOpenTo((await invited('email')).email)).toBe(false);
  });

  test('that was made by a link sent after an e-mail is not', async () => {
    const owner = await withOwner();
    const email = `${newId('usr').toLowerCase()}@example.com`;
    const made = await owner.post(`${api}/invitations`).send({ email, role: 'viewer' });
    await mailedInvitation(email);
    const { body } = await owner.post(`${api}/invitations/${made.body.id}/resend`).send({ delivery: 'link' });
    expect((await post('/invitations/accept', { token: body.token, name: 'Ada', password })).status).toBe(201);
    const { as } = await loggedIn(email, { password });
    const begun = await as.post(`${api}/users/me/second-factor`).send({ password });
    await as.post(`${api}/users/me/second-factor/confirm`).send({ code: phone(begun.body.secret)() });
    expect(await isOpenTo(email)).toBe(true);
  });

  test.each([
    ['link', true, 200],
    ['email', false, 401],
  ] as const)(
    'that was made by a link accepts an invitation by %s: the address is proven by an e-mail alone, which ends other logins',
    async (delivery, isOpen, elsewhere) => {
      const { email, as, next } = await invited('link');
      const { token: other } = await loggedIn(email, { password, code: next() });
      const made = await (await withOwner()).post(`${api}/invitations`).send({ email, role: 'viewer', delivery });
      const token = delivery === 'link' ? made.body.token : await mailedInvitation(email);
      expect((await as.post(`${api}/users/me/accept-invitation`).send({ token })).status).toBe(200);
      expect((await as.get(`${api}/auth/me`)).status).toBe(200);
      expect(await me(other)).toBe(elsewhere);
      expect(await isOpenTo(email)).toBe(isOpen);
    },
  );
});

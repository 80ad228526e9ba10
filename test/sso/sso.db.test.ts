/** Single sign-on against a real OpenID provider: who comes in, who does not and why, and what such a login may. On one server. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Role } from '../../src/auth/index.ts';
import { lockMembers } from '../../src/members/index.ts';
import { sealedUnder } from '../../src/secrets/index.ts';
import { type Claims, decideLink, decideSignOn, type Facts, type LinkFacts } from '../../src/sso/machine.ts';
import { testDatabase } from '../support/db.ts';
import { holdUser, lockWaiters, waitingForLocks } from '../support/locks.ts';
import { createRest } from '../support/rest.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { type Person, type Provider, SECRET, startProvider, type Told } from './support.ts';

const api = '/api/v1';
const certificate = await testCertificate([], ['127.0.0.1']);
const db = await testDatabase();
const rest = await createRest(db, {
  limits: { authFailuresPerMinute: 0 },
  trustedProxies: ['127.0.0.1'],
  outgoing: {
    allowSubnets: ['127.0.0.0/8'],
    allowHosts: [],
    ca: certificate.caPem,
    retryOffsetsS: [],
    timeoutMs: 60_000,
  },
});
let provider: Provider;
let count = 0;
/** Its clients are `dynamo` and `elliptic` (ES256, secret in the body). */
let [ours, theirs] = ['', ''];
let owner: Awaited<ReturnType<typeof member>>;
beforeAll(async () => {
  [ours, theirs] = [await rest.createOrganization(), await rest.createOrganization()];
  const uris = [ours, theirs].map((id) => `https://csms.example.com${api}/auth/sso/${id}/callback`);
  provider = await startProvider(certificate, { dynamo: uris, elliptic: uris });
  owner = await member('owner', 'owner@example.com');
});
afterAll(async () => {
  await provider.stop();
  await rest.stop();
  await db.close();
});

const member = async (role: Role, email?: string, of = ours) => {
  const user = await rest.userOf(of, role, email);
  return { ...user, as: rest.as(rest.accessTokens.issue(user.id)) };
};
const settings = (more: object = {}) => ({
  ...{ issuer: provider.issuer, client_id: 'dynamo', client_secret: SECRET, email_domains: ['example.com'] },
  ...more,
});
const set = (more: object = {}, by = owner) => by.as.put(`${api}/organization/sso`).send(settings(more));
/** From many addresses, as each may come so often only. */
const get = (path: string, cookies = '') =>
  request(rest.server)
    .get(path)
    .set('Cookie', cookies)
    .set('X-Forwarded-For', `198.51.100.${count % 250}`);
const cookieIn = (answer: { headers: Record<string, unknown> }, name: string): string =>
  new RegExp(`${name}=([^;]*)`).exec(String(answer.headers['set-cookie'] ?? ''))?.[1] ?? '';
const somebody = (more: Partial<Person> = {}): Person => {
  count += 1;
  return {
    sub: `sub-${count}`,
    email: `person${count}@example.com`,
    email_verified: true,
    name: `Person ${count}`,
    ...more,
  };
};

/** To the provider and back: the address to come back to, and the browser's cookie. */
async function leave(told: Told, of = ours) {
  await provider.tell(told);
  const start = await get(`${api}/auth/sso/${of}/start`);
  expect(start.status).toBe(303);
  const url = await provider.follow(String(start.headers['location']));
  return { path: `${url.pathname}${url.search}`, url, cookie: `dyn_sso=${cookieIn(start, 'dyn_sso')}`, start };
}
async function come(told: Told, of = ours) {
  const { path, cookie } = await leave(told, of);
  return get(path, cookie);
}
const logIn = (email: string, more: object = {}) =>
  request(rest.server)
    .post(`${api}/auth/login`)
    .send({ email, password: rest.password, ...more });
const refresh = (cookie: string, body: object = {}) =>
  request(rest.server).post(`${api}/auth/refresh`).set('Cookie', `dyn_refresh=${cookie}`).send(body);
/** Who has come: his access token, as the page that he is sent to gets it. */
async function tokenOf(answer: { status: number; text: string; headers: Record<string, unknown> }) {
  expect([answer.status, answer.text]).toEqual([303, '']);
  const cookie = cookieIn(answer, 'dyn_refresh');
  const next = await refresh(cookie);
  expect(next.status).toBe(200);
  return { as: rest.as(next.body.access_token), cookie: cookieIn(next, 'dyn_refresh'), user: next.body.user };
}
const counts = async () => [
  await db.prisma.user.count(),
  await db.prisma.userLogin.count(),
  await db.prisma.userIdentity.count(),
];
type Refused = { detail: { reason?: string }; outcome: string };
/** Of a refused request, what the audit log knows and the caller was not told. */
const reasonOf = (answer: { headers: Record<string, unknown> }): Promise<string> =>
  until('the reason is written down', async () => {
    const { body } = await owner.as.get(`${api}/audit?request_id=${String(answer.headers['x-request-id'])}`);
    return (body.data as Refused[])[0]?.detail.reason;
  });

describe('the decision', () => {
  const claims: Claims = { email: 'a@example.com', isEmailVerified: true, mfa: false };
  const account = { isDisabled: false, isMember: true, isHome: true, isLinked: false, isLinkedElse: false };
  const facts: Facts = { emailDomains: ['example.com'], defaultRole: 'viewer', wantsSecondFactor: false, account };
  test.each<[string, Partial<Claims>, Partial<Facts>, string]>([
    ['a member whose account was made here', {}, {}, 'link'],
    ['the same, again', {}, { account: { ...account, isLinked: true } }, 'log_in'],
    [
      'a guest who came as this subject before',
      {},
      { account: { ...account, isLinked: true, isHome: false } },
      'log_in',
    ],
    ['nobody yet', {}, { account: undefined }, 'provision'],
    ['nobody, and none are made', {}, { account: undefined, defaultRole: null }, 'nobody_by_this_address'],
    ['without an address', { email: undefined }, {}, 'email_missing'],
    ['an address that was not verified', { isEmailVerified: false }, {}, 'email_not_verified'],
    ['another domain', { email: 'a@example.org' }, {}, 'email_domain_not_allowed'],
    ['a domain below', { email: 'a@x.example.com' }, {}, 'email_domain_not_allowed'],
    ['a domain that ends alike', { email: 'a@badexample.com' }, {}, 'email_domain_not_allowed'],
    ['one factor where two are wanted', {}, { wantsSecondFactor: true }, 'no_second_factor'],
    ['two factors where two are wanted', { mfa: true }, { wantsSecondFactor: true }, 'link'],
    ['disabled', {}, { account: { ...account, isDisabled: true, isLinked: true } }, 'account_disabled'],
    ['removed', {}, { account: { ...account, isMember: false } }, 'no_member'],
    ['a guest', {}, { account: { ...account, isHome: false } }, 'account_of_another_organization'],
    [
      'an address that somebody else had',
      {},
      { account: { ...account, isLinkedElse: true } },
      'another_subject_before',
    ],
  ])('%s', (_name, said, more, expected) => {
    const decision = decideSignOn({ ...claims, ...said }, { ...facts, ...more });
    expect(decision.do === 'refuse' ? decision.why : decision.do).toBe(expected);
  });
});

describe('the decision about who wants to be linked', () => {
  const claims: Claims = { email: 'a@example.com', isEmailVerified: true, mfa: false };
  const facts: LinkFacts = {
    ...{ emailDomains: ['example.com'], wantsSecondFactor: false, mayStillAct: true, isLinkedElse: false },
    holder: 'nobody',
  };
  test.each<[string, Partial<Claims>, Partial<LinkFacts>, string]>([
    ['a member, by whatever address', {}, {}, 'link'],
    ['the same, again', {}, { holder: 'himself', isLinkedElse: true }, 'log_in'],
    ['a subject that is somebody else', {}, { holder: 'another' }, 'subject_of_another_account'],
    ['who is another subject already', {}, { isLinkedElse: true }, 'another_subject_before'],
    ['whose login is over', {}, { mayStillAct: false, holder: 'himself' }, 'login_is_over'],
    ['an address that was not verified', { isEmailVerified: false }, {}, 'email_not_verified'],
    ['another domain', { email: 'a@example.org' }, {}, 'email_domain_not_allowed'],
    ['without an address', { email: undefined }, {}, 'email_missing'],
    ['one factor where two are wanted', {}, { wantsSecondFactor: true }, 'no_second_factor'],
  ])('%s', (_name, said, more, expected) => {
    const decision = decideLink({ ...claims, ...said }, { ...facts, ...more });
    expect(decision.do === 'refuse' ? decision.why : decision.do).toBe(expected);
  });
});

describe('setting it up', () => {
  test('is for owners, who never see the secret again', async () => {
    await provider.tell({});
    const admin = await member('admin');
    const { key } = await rest.keyOf(ours);
    for (const as of [admin.as, rest.as(key)])
      expect((await as.put(`${api}/organization/sso`).send(settings())).status).toBe(403);
    expect((await owner.as.get(`${api}/organization/sso`)).status).toBe(404);
    const answer = await set({ email_domains: ['Example.COM', 'example.com'] });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      ...{
        issuer: provider.issuer,
        client_id: 'dynamo',
        email_domains: ['example.com'],
        default_role: null,
        enforced: false,
      },
      redirect_uri: `https://csms.example.com${api}/auth/sso/${ours}/callback`,
    });
    const shown = await admin.as.get(`${api}/organization/sso`);
    expect(shown.body).toEqual(answer.body);
    const row = await db.prisma.singleSignOn.findUniqueOrThrow({ where: { organizationId: ours } });
    expect(sealedUnder(row.clientSecret)).toBe('test');
    const log = await until('the call is in the audit log', async () => {
      const { text } = await owner.as.get(`${api}/audit?operation=setSingleSignOn&kind=called`);
      return text.includes(provider.issuer) ? text : undefined;
    });
    for (const text of [answer.text, shown.text, log, Buffer.from(row.clientSecret).toString('latin1')])
      expect(text).not.toContain(SECRET);
    // Without it, the one before: to the provider that it was given for.
    expect((await set({ client_secret: undefined, enforced: false })).status).toBe(200);
    const other = await set({ client_secret: undefined, client_id: 'elliptic' });
    expect([other.status, other.body.error.details[0].field]).toEqual([400, 'client_secret']);
  });

  test.each<[string, Told, (issuer: string) => object, RegExp]>([
    ['http', {}, (issuer) => ({ issuer: issuer.replace('https', 'http') }), /must begin with https/],
    ['a private address', {}, () => ({ issuer: 'https://10.0.0.1' }), /private/],
    ['the metadata of a cloud', {}, () => ({ issuer: 'https://169.254.169.254' }), /private/],
    ['no provider', {}, (issuer) => ({ issuer: `${issuer}/elsewhere` }), /discovery document cannot be used/],
    [
      'another issuer',
      { discovery: { issuer: 'https://example.com' } },
      () => ({}),
      /discovery document cannot be used/,
    ],
    ['away', { away: true }, () => ({}), /answered 503/],
    ['tokens over http', { discovery: { token_endpoint: 'http://127.0.0.1/token' } }, () => ({}), /no token_endpoint/],
    ['symmetric signatures', { discovery: { id_token_signing_alg_values_supported: ['HS256'] } }, () => ({}), /RS256/],
    ['no PKCE', { discovery: { code_challenge_methods_supported: ['plain'] } }, () => ({}), /S256/],
  ])('with %s is refused by name, and changes nothing', async (_name, told, more, expected) => {
    await provider.tell(told);
    const before = await db.prisma.singleSignOn.findMany();
    const answer = await set(more(provider.issuer));
    expect([answer.status, answer.body.error.details[0].field]).toEqual([400, 'issuer']);
    expect(answer.body.error.details[0].message).toMatch(expected);
    expect(await db.prisma.singleSignOn.findMany()).toEqual(before);
  });
});

describe('coming in', () => {
  beforeEach(async () => {
    await provider.tell({});
    expect((await set({ default_role: 'operator' })).status).toBe(200);
  });

  test('who has no account is made one, is a member like others, and no token stands in any address', async () => {
    const person = somebody({ email: 'Ada@Example.com' });
    const { path, cookie, url, start } = await leave({ person });
    expect(String(start.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Lax/);
    const to = new URL(String(start.headers['location']));
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      ...{ response_type: 'code', code_challenge_method: 'S256', scope: 'openid email profile' },
    });
    expect([...url.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
    const answer = await get(path, cookie);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/']);
    expect(String(answer.headers['set-cookie'])).toMatch(
      /dyn_sso=;.*dyn_refresh=dyn_refresh_[^;]+; .*HttpOnly; SameSite=Strict/s,
    );
    const { as, user } = await tokenOf(answer);
    expect(user).toMatchObject({
      organization_id: ours,
      email: 'ada@example.com',
      name: person.name,
      role: 'operator',
    });
    expect((await as.get(`${api}/charge-points`)).status).toBe(200);
    // He comes again, with another name and address there: he is who he was.
    const again = await tokenOf(await come({ person: { ...person, email: 'ada.lovelace@example.com' } }));
    expect(again.user).toEqual(user);
    // No password was ever his.
    expect((await logIn('ada@example.com')).status).toBe(401);
    expect((await owner.as.delete(`${api}/members/${user.id}`)).status).toBe(204);
    expect((await as.get(`${api}/charge-points`)).status).toBe(401);
    for (const sub of [person.sub, 'another']) {
      const refused = await come({ person: { ...person, sub } });
      expect([refused.status, await reasonOf(refused)]).toEqual([401, 'no_member']);
    }
    const login = await until('the login is in the audit log', async () => {
      const { body } = await owner.as.get(`${api}/audit?operation=finishSingleSignOn&principal_id=${user.id}`);
      return (body.data as { outcome: string }[]).find(({ outcome }) => outcome === 'done');
    });
    expect(JSON.stringify(login)).not.toContain(url.searchParams.get('code'));
  });

  test('begins with a person: a link that somebody follows, and nothing that a page of another site does', async () => {
    const asked = (more: object) =>
      get(`${api}/auth/sso/${ours}/start`).set({ 'Sec-Fetch-Site': 'cross-site', ...more });
    expect((await asked({ 'Sec-Fetch-User': '?1' })).status).toBe(303);
    const answer = await asked({});
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('a member whose account was made here comes as himself; a signature of an elliptic key is taken', async () => {
    expect((await set({ client_id: 'elliptic' })).status).toBe(200);
    const known = await member('billing');
    const person = somebody({ email: known.email, name: 7 });
    const { user } = await tokenOf(await come({ person }));
    expect(user).toMatchObject({ id: known.id, role: 'billing', name: null });
    // The address goes to somebody else there: he is not who had it.
    const refused = await come({ person: { ...person, sub: 'his successor' } });
    expect([refused.status, await reasonOf(refused)]).toEqual([401, 'another_subject_before']);
  });

  test('an account that a provider made is the one of who reads its mail: the link with the provider goes', async () => {
    const person = somebody();
    const { user } = await tokenOf(await come({ person }));
    const post = (path: string, body: object) => request(rest.server).post(`${api}${path}`).send(body);
    await post('/auth/password-reset', { email: person.email });
    for (const job of rest.accounts.jobs) if (job.name === 'account_emails') await job.run();
    const mail = rest.mails.filter(({ to }) => to === person.email).at(-1);
    const token = /#(dyn_reset_[\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    const { status } = await post('/auth/password-reset/confirm', { token, password: 'engines of difference' });
    expect(status).toBe(204);
    const again = await tokenOf(await come({ person: somebody({ sub: person.sub }) }));
    expect(again.user.id).not.toBe(user.id);
  });

  test('the claims of the ID token will do, without a question at userinfo', async () => {
    const person = somebody({ email_verified: false });
    const { user } = await tokenOf(
      await come({ person, token: { email: 'in-the-token@example.com', email_verified: true, amr: ['pwd', 'mfa'] } }),
    );
    expect(user.email).toBe('in-the-token@example.com');
  });

  test('the login is one of this organization, whatever else the person belongs to', async () => {
    const known = await member('viewer');
    const abroad = { organizationId: theirs, userId: known.id, role: 'owner', siteIds: [] };
    await db.prisma.membership.create({ data: { ...abroad, createdAt: new Date(), updatedAt: new Date() } });
    const { cookie } = await tokenOf(await come({ person: somebody({ email: known.email }) }));
    const elsewhere = await refresh(cookie, { organization_id: theirs });
    expect([elsewhere.status, elsewhere.headers['set-cookie']]).toEqual([403, undefined]);
    expect(elsewhere.body.error.details[0].message).toContain('log in there anew');
    const login = await db.prisma.userLogin.findFirstOrThrow({ where: { userId: known.id } });
    const forged = rest.accessTokens.issue(known.id, { organizationId: theirs, loginId: login.id });
    expect((await rest.as(forged).get(`${api}/auth/me`)).status).toBe(401);
  });

  test('ends with the settings, and with a change of the provider', async () => {
    const first = await tokenOf(await come({ person: somebody() }));
    await set({ default_role: 'viewer' });
    expect((await first.as.get(`${api}/auth/me`)).status).toBe(200);
    await set({ client_id: 'elliptic', default_role: 'viewer' });
    expect((await first.as.get(`${api}/auth/me`)).status).toBe(401);
    const second = await tokenOf(await come({ person: somebody() }));
    expect((await owner.as.delete(`${api}/organization/sso`)).status).toBe(204);
    expect((await second.as.get(`${api}/auth/me`)).status).toBe(401);
    expect((await owner.as.delete(`${api}/organization/sso`)).status).toBe(404);
    const nowhere = [ours, theirs, 'org_x'].map((id) => get(`${api}/auth/sso/${id}/start`));
    for (const answer of await Promise.all(nowhere)) expect(answer.status).toBe(404);
  });

  test('ends with the settings also if it was about to begin', async () => {
    const person = somebody();
    const { user } = await tokenOf(await come({ person }));
    const { path, cookie } = await leave({ person });
    const under = await db.transaction(async (tx) => {
      await holdUser(tx, user.id);
      const coming = get(path, cookie).then((each) => each);
      await waitingForLocks(db, 1);
      const isGone = async () => (await db.prisma.singleSignOn.count({ where: { organizationId: ours } })) === 0;
      const removed = owner.as.delete(`${api}/organization/sso`).then((each) => each);
      await until('the settings are gone, or wait for it', async () => (await lockWaiters(db)) === 2 || isGone());
      return { coming, removed };
    });
    const [came, gone] = [await under.coming, await under.removed];
    expect([came.status, gone.status]).toEqual([303, 204]);
    expect((await refresh(cookieIn(came, 'dyn_refresh'))).status).toBe(401);
  });
});

describe('a guest', () => {
  const linkPath = `${api}/users/me/single-sign-on`;
  async function guest() {
    const user = await member('viewer', undefined, theirs);
    const times = { createdAt: new Date(), updatedAt: new Date() };
    const here = { organizationId: ours, userId: user.id, role: 'operator', siteIds: [], ...times };
    await db.prisma.membership.create({ data: here });
    const { body } = await logIn(user.email);
    return { ...user, as: rest.as(body.access_token as string) };
  }
  /** Back from the provider, where he was somebody. */
  async function link(
    of: Awaited<ReturnType<typeof guest>>,
    person: Person,
    meanwhile: () => Promise<unknown> = async () => {},
  ) {
    await provider.tell({ person });
    const begun = await of.as.post(linkPath).send({ password: rest.password, organization_id: ours });
    expect(begun.status).toBe(200);
    const back = await provider.follow(begun.body.url);
    await meanwhile();
    return get(`${back.pathname}${back.search}`, `dyn_sso=${cookieIn(begun, 'dyn_sso')}`);
  }
  beforeEach(async () => {
    await provider.tell({});
    expect((await set()).status).toBe(200);
  });

  test('links himself with his password, also where passwords open nothing; the provider then opens this organization alone', async () => {
    const known = await guest();
    const person = somebody({ email: 'external.7@example.com' });
    await db.prisma.singleSignOn.update({ where: { organizationId: ours }, data: { enforced: true } });
    const came = await link(known, person);
    expect([came.status, came.headers['location'], cookieIn(came, 'dyn_refresh')]).toEqual([303, '/', '']);
    expect((await known.as.get(`${api}/users/me`)).status).toBe(200); // his login goes on
    const { as, user, cookie } = await tokenOf(await come({ person }));
    expect(user).toMatchObject({ id: known.id, email: known.email, organization_id: ours, role: 'operator' });
    expect((await as.get(`${api}/charge-points`)).status).toBe(200);
    // The provider of an organization where he is a guest does not reach his account.
    const closed = [
      await as.get(`${api}/users/me`),
      await as.patch(`${api}/users/me`).send({ name: 'Mallory' }),
      await as.get(`${api}/users/me/logins`),
      await as.post(`${api}/users/me/second-factor`).send({ password: rest.password }),
      await as.post(`${api}/auth/logout-everywhere`),
      await as.post(linkPath).send({ password: rest.password }),
      await as.delete(linkPath),
    ];
    expect(closed.map(({ status }) => status)).toEqual(closed.map(() => 403));
    expect((await refresh(cookie, { organization_id: theirs })).status).toBe(403);
    const auditor = rest.as((await rest.keyOf(ours)).key);
    await until('the link is in the audit log of the organization', async () => {
      const { body } = await auditor.get(`${api}/audit?operation=finishSingleSignOn&principal_id=${known.id}`);
      return (body.data as { outcome: string }[]).find(({ outcome }) => outcome === 'done');
    });
    // And until he ends it.
    expect((await known.as.delete(`${linkPath}?organization_id=${ours}`)).status).toBe(204);
    expect([(await as.get(`${api}/auth/me`)).status, (await come({ person })).status]).toEqual([401, 401]);
    expect((await known.as.delete(`${linkPath}?organization_id=${ours}`)).status).toBe(404);
    await db.prisma.singleSignOn.update({ where: { organizationId: ours }, data: { enforced: false } });
  });

  test('is not linked without his password, where he is no member, as who is somebody else, or after his login is over', async () => {
    const [known, other] = [await guest(), await guest()];
    const wrong = await known.as.post(linkPath).send({ password: 'wrong', organization_id: ours });
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([400, undefined]);
    const stranger = await member('viewer', undefined, theirs);
    const asked = { password: rest.password, organization_id: ours };
    const nowhere = await stranger.as.post(linkPath).send(asked);
    const nobodys = 'org_01KAT3Z6Y8Q0000000000000YY';
    const unknown = await stranger.as.post(linkPath).send({ ...asked, organization_id: nobodys });
    expect([nowhere.status, nowhere.body.error.message]).toEqual([404, unknown.body.error.message]);
    const person = somebody();
    expect((await link(known, person)).status).toBe(303);
    const taken = await link(other, person);
    expect([taken.status, await reasonOf(taken)]).toEqual([401, 'subject_of_another_account']);
    const over = await link(other, somebody(), () => other.as.post(`${api}/auth/logout`));
    expect([over.status, await reasonOf(over)]).toEqual([401, 'login_is_over']);
    expect(await db.prisma.userIdentity.count({ where: { userId: other.id } })).toBe(0);
  });

  test('is kept out by nothing that another client of the provider called him: he links himself again, others come as they are', async () => {
    const [known, home] = [await guest(), await member('billing')];
    const [abroad, here] = [somebody(), somebody({ email: home.email })];
    expect((await link(known, abroad)).status).toBe(303);
    expect((await tokenOf(await come({ person: here }))).user.id).toBe(home.id);
    expect((await set({ client_id: 'elliptic', client_secret: SECRET })).status).toBe(200);
    const pairwise = (person: Person): Person => ({ ...person, sub: `${person.sub} to another client` });
    expect((await tokenOf(await come({ person: pairwise(here) }))).user.id).toBe(home.id);
    expect((await come({ person: pairwise(abroad) })).status).toBe(401);
    expect((await link(known, pairwise(abroad))).status).toBe(303);
    expect((await tokenOf(await come({ person: pairwise(abroad) }))).user.id).toBe(known.id);
    // With the client as it is, who comes as another subject is another one.
    expect((await set({ client_id: 'elliptic', email_domains: ['example.com', 'example.org'] })).status).toBe(200);
    expect((await come({ person: here })).status).toBe(401);
    expect((await tokenOf(await come({ person: pairwise(here) }))).user.id).toBe(home.id);
  });

  test('who was asked about by another client than the one that is kept now is nobody', async () => {
    const known = await member('viewer');
    const { path, cookie } = await leave({ person: somebody({ email: known.email }) });
    const coming = await db.transaction(async (tx) => {
      await lockMembers(tx, ours);
      const answer = get(path, cookie).then((each) => each);
      await waitingForLocks(db, 1);
      await db.pool.query(`UPDATE single_sign_ons SET client_id = 'another' WHERE organization_id = $1`, [ours]);
      return { answer };
    });
    const refused = await coming.answer;
    expect([refused.status, await reasonOf(refused)]).toEqual([401, 'the settings were changed at the same time']);
    expect(await db.prisma.userIdentity.count({ where: { userId: known.id } })).toBe(0);
  });

  test('who comes in by the provider leaves no other login behind in his browser', async () => {
    const known = await member('viewer');
    const before = await logIn(known.email);
    await provider.tell({ person: somebody({ email: known.email }) });
    const start = await get(`${api}/auth/sso/${ours}/start`, `dyn_refresh=${cookieIn(before, 'dyn_refresh')}`);
    const url = await provider.follow(String(start.headers['location']));
    await tokenOf(await get(`${url.pathname}${url.search}`, `dyn_sso=${cookieIn(start, 'dyn_sso')}`));
    expect((await rest.as(before.body.access_token).get(`${api}/auth/me`)).status).toBe(401);
  });
});

describe('who does not come in', () => {
  const DAY_S = 86_400;
  const s = () => Math.floor(Date.now() / 1000);
  type Case = [name: string, told: (person: Person) => Told | Promise<Told>, reason: RegExp, settings?: object];
  const cases: Case[] = [
    [
      'an address that was not verified',
      (person) => ({ person: { ...person, email_verified: false } }),
      /^email_not_verified/,
    ],
    ['"true" as a text', (person) => ({ person: { ...person, email_verified: 'true' } }), /^email_not_verified/],
    ['no address', ({ sub }) => ({ person: { sub } }), /^email_missing/],
    [
      'two addresses in one',
      (person) => ({ person: { ...person, email: 'a@example.org@example.com' } }),
      /^email_missing/,
    ],
    ['another domain', (person) => ({ person: { ...person, email: 'a@example.org' } }), /^email_domain_not_allowed/],
    ['nobody, where none are made', (person) => ({ person }), /^nobody_by/, { default_role: null }],
    ['refused over there', (person) => ({ person, denies: true }), /access_denied/],
    ['another nonce', (person) => ({ person, token: { nonce: 'x'.repeat(43) } }), /nonce/i],
    ['no nonce', (person) => ({ person, token: { nonce: null } }), /nonce/i],
    ['another issuer', (person) => ({ person, token: { iss: 'https://example.com' } }), /iss/],
    ['another audience', (person) => ({ person, token: { aud: 'another-client' } }), /aud/],
    ['another party among audiences', (person) => ({ person, token: { aud: ['dynamo', 'x'], azp: 'x' } }), /azp/],
    ['an expired token', (person) => ({ person, token: { exp: s() - DAY_S } }), /exp/],
    ['a token without an end', (person) => ({ person, token: { exp: null } }), /exp/],
    ['alg none', (person) => ({ person, sign: 'none' }), /alg/],
    ['the shared secret as the key', (person) => ({ person, sign: 'HS256' }), /alg/],
    ['a foreign key', (person) => ({ person, sign: 'foreign' }), /signature/i],
    ['userinfo of somebody else', (person) => ({ person, token: { sub: 'another-person' } }), /sub/],
    [
      'disabled',
      async (person) => {
        const { email, id } = await member('viewer');
        await db.prisma.user.update({ where: { id }, data: { disabledAt: new Date() } });
        return { person: { ...person, email } };
      },
      /^account_disabled/,
    ],
    [
      "an account of another organization, whose owner's provider says what it likes",
      async (person) => {
        const { id, email } = await member('owner', undefined, theirs);
        const here = { organizationId: ours, userId: id, role: 'viewer', siteIds: [] };
        await db.prisma.membership.create({ data: { ...here, createdAt: new Date(), updatedAt: new Date() } });
        return { person: { ...person, email } };
      },
      /^account_of_another_organization/,
    ],
  ];
  test.each(cases)('%s', async (_name, told, reason, more = {}) => {
    await provider.tell({});
    expect((await set({ default_role: 'viewer', ...more })).status).toBe(200);
    const what = await told(somebody());
    const before = await counts();
    const answer = await come(what);
    expect([answer.status, answer.body.error.message]).toEqual([
      401,
      expect.stringMatching(/^Single sign-on did not succeed/),
    ]);
    expect(answer.body.error.details).toEqual([]);
    expect(cookieIn(answer, 'dyn_refresh')).toBe('');
    expect(await counts()).toEqual(before);
    expect(await reasonOf(answer)).toMatch(reason);
  });

  test('who brings no cookie, a foreign one, an old one, another state, or the same code twice', async () => {
    await provider.tell({});
    await set({ default_role: 'viewer' });
    const [mine, another] = [await leave({ person: somebody() }), await leave({ person: somebody() })];
    const wrongState = mine.path.replace(/state=[^&]*/, 'state=x');
    const elsewhere = mine.path.replace(ours, theirs);
    await db.prisma.singleSignOn.create({
      data: { ...(await db.prisma.singleSignOn.findFirstOrThrow()), organizationId: theirs },
    });
    const before = await counts();
    const access = rest.accessTokens.issue(owner.id);
    const refused = [
      await get(mine.path),
      await get(mine.path, 'dyn_sso=x.y.z'),
      await get(mine.path, `dyn_sso=${access}`),
      await get(mine.path, another.cookie),
      await get(wrongState, mine.cookie),
      await get(elsewhere, mine.cookie),
      await get(mine.path.replace('callback?', 'callback?error=server_error&'), mine.cookie),
    ];
    for (const answer of refused) {
      expect(answer.status).toBe(401);
      expect(answer.body.error).toEqual({ ...refused[0]?.body.error, request_id: answer.headers['x-request-id'] });
    }
    expect(await counts()).toEqual(before);
    expect((await get(another.path, another.cookie)).status).toBe(303);
    expect((await get(another.path, another.cookie)).status).toBe(401);
    const third = await leave({ person: somebody() });
    rest.advance(11 * 60_000);
    expect((await get(third.path, third.cookie)).status).toBe(401);
    await db.prisma.singleSignOn.delete({ where: { organizationId: theirs } });
  });

  test('while the provider is away, at the start and on the way back: 503, and nothing changes', async () => {
    await provider.tell({});
    await set({ default_role: 'viewer' });
    await provider.tell({ away: true });
    const start = await get(`${api}/auth/sso/${ours}/start`);
    expect([start.status, start.body.error.code]).toEqual([503, 'unavailable']);
    const { path, cookie } = await leave({ person: somebody() });
    const before = await counts();
    await provider.tell({ away: true });
    expect((await get(path, cookie)).status).toBe(503);
    expect(await counts()).toEqual(before);
  });

  test('where the tokens are said to lie at a private address, it is not asked', async () => {
    const inside = { token_endpoint: 'https://10.0.0.1/token' };
    await provider.tell({ discovery: inside });
    expect((await set({ default_role: 'viewer' })).status).toBe(200);
    const answer = await come({ person: somebody(), discovery: inside });
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('10.0.0.1');
  });
});

describe('where it is enforced', () => {
  test('members lose the password and what they hold, owners keep it with a second factor', async () => {
    await provider.tell({});
    const known = await member('operator');
    const before = (await logIn(known.email)).body.access_token as string;
    const cookie = cookieIn(await logIn(known.email), 'dyn_refresh');
    expect((await set({ enforced: true })).status).toBe(200);
    expect((await rest.as(before).get(`${api}/auth/me`)).status).toBe(401);
    expect((await refresh(cookie)).status).toBe(401);
    const answer = await logIn(known.email);
    expect([answer.status, answer.body.error.details[0]?.field]).toEqual([401, 'organization_id']);
    // Who does not know the password is told what everybody is told.
    const guess = await logIn(known.email, { password: 'wrong' });
    expect([guess.status, guess.body.error.details]).toEqual([401, []]);
    const { as } = await tokenOf(await come({ person: somebody({ email: known.email }) }));
    expect((await as.get(`${api}/charge-points`)).status).toBe(200);

    const way = await logIn(owner.email);
    expect(way.status).toBe(200);
    const inside = rest.as(way.body.access_token);
    expect((await inside.get(`${api}/members`)).status).toBe(403);
    expect((await inside.post(`${api}/users/me/second-factor`).send({ password: rest.password })).status).toBe(200);
    await db.prisma.user.update({ where: { id: owner.id }, data: { totpConfirmedAt: new Date() } });
    expect((await inside.delete(`${api}/organization/sso`)).status).toBe(204);
    expect((await logIn(known.email)).status).toBe(200);
  });

  test('an organization that wants second factors takes those that the provider asked for', async () => {
    await provider.tell({});
    await set({ default_role: 'viewer' });
    const person = somebody();
    const { as } = await tokenOf(await come({ person }));
    await db.prisma.organization.update({ where: { id: ours }, data: { requireSecondFactor: true } });
    expect((await as.get(`${api}/charge-points`)).status).toBe(403);
    expect((await come({ person })).status).toBe(401);
    const two = await tokenOf(await come({ person, token: { amr: ['mfa'] } }));
    expect((await two.as.get(`${api}/charge-points`)).status).toBe(200);
  });
});

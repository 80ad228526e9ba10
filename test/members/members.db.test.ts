/** Who belongs to an organization, who is asked to, and what of it a member of some sites or an installer reaches. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import type { Role } from '../../src/auth/index.ts';
import { codeAt, stepAt } from '../../src/auth/totp.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Scope } from '../../src/platform/principal.ts';
import { bytesOf } from '../support/canaries.ts';
import { testDatabase } from '../support/db.ts';
import { createRest, insertSession } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db, { limits: { authFailuresPerMinute: 0 } });
let organizationId: string;
let key: string;
beforeAll(async () => {
  organizationId = await rest.createOrganization('Stadtwerke');
  ({ key } = await rest.keyOf(organizationId));
});
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const api = '/api/v1';
type Who = ReturnType<typeof rest.as>;
async function person(role: Role, siteIds: readonly string[] = [], of = organizationId) {
  const { id, email } = await rest.userOf(of, role, undefined, siteIds);
  return { id, email, role, as: rest.as(rest.accessTokens.issue(id, { organizationId: of })) };
}
const publicly = (path: string, body: object) => request(rest.server).post(`${api}${path}`).send(body);
async function invitation(by: Who, body: object): Promise<{ id: string; token: string }> {
  const answer = await by.post(`${api}/invitations`).send({ delivery: 'link', ...body });
  expect(answer.status).toBe(201);
  return answer.body;
}
const freshEmail = () => `${newId('usr').toLowerCase()}@example.com`;
const newcomer = { name: 'Ada Lovelace', password: 'engines of difference' };

describe('who makes whom what', () => {
  // [who asks, whom he changes, to what, the answer]
  test.each<[Role, Role, Role, number]>([
    ['owner', 'viewer', 'owner', 200],
    ['owner', 'owner', 'admin', 200],
    ['owner', 'installer', 'billing', 200],
    ['admin', 'viewer', 'operator', 200],
    ['admin', 'operator', 'admin', 200],
    ['admin', 'admin', 'viewer', 200],
    ['admin', 'viewer', 'owner', 403],
    ['admin', 'owner', 'viewer', 403],
    ['admin', 'owner', 'owner', 403],
    ['operator', 'viewer', 'operator', 403],
    ['installer', 'installer', 'owner', 403],
    ['billing', 'billing', 'admin', 403],
    ['viewer', 'viewer', 'admin', 403],
  ])('%s changes %s to %s: %i', async (asking, before, after, status) => {
    const [by, whom] = [await person(asking), await person(before)];
    const answer = await by.as.patch(`${api}/members/${whom.id}`).send({ role: after });
    expect(answer.status).toBe(status);
    const now = await rest.as(key).get(`${api}/members/${whom.id}`);
    expect(now.body.role).toBe(status === 200 ? after : before);
  });

  test.each<[Role, Role, number]>([
    ['owner', 'owner', 204],
    ['owner', 'admin', 204],
    ['admin', 'viewer', 204],
    ['admin', 'owner', 403],
    ['operator', 'viewer', 403],
    ['viewer', 'viewer', 403],
  ])('%s removes %s: %i', async (asking, of, status) => {
    const [by, whom] = [await person(asking), await person(of)];
    expect((await by.as.delete(`${api}/members/${whom.id}`)).status).toBe(status);
    expect((await rest.as(key).get(`${api}/members/${whom.id}`)).status).toBe(status === 204 ? 404 : 200);
  });

  test.each<[Role, Role, number]>([
    ['owner', 'owner', 201],
    ['admin', 'admin', 201],
    ['admin', 'owner', 403],
    ['operator', 'viewer', 403],
    ['viewer', 'viewer', 403],
  ])('%s invites a future %s: %i', async (asking, role, status) => {
    const by = await person(asking);
    const answer = await by.as.post(`${api}/invitations`).send({ email: freshEmail(), role, delivery: 'link' });
    expect(answer.status).toBe(status);
  });

  test('an API key makes no owner, also one with every scope', async () => {
    const whom = await person('viewer');
    expect((await rest.as(key).patch(`${api}/members/${whom.id}`).send({ role: 'owner' })).status).toBe(403);
    expect((await rest.as(key).patch(`${api}/members/${whom.id}`).send({ role: 'admin' })).status).toBe(200);
  });

  // [what the key may besides write:members, as what it asks somebody, what it lacks]
  const ofViewers = ['read:charge_points', 'read:sessions', 'read:analytics', 'read:events'] as const;
  test.each<[string, readonly Scope[], Role, string | undefined]>([
    ['an admin', [], 'admin', 'read:charge_points'],
    ['a viewer', [], 'viewer', 'read:charge_points, read:sessions, read:analytics, read:events'],
    ['a viewer', ['read:charge_points', 'read:analytics', 'read:events'], 'viewer', 'read:sessions'],
    ['a viewer', ofViewers, 'viewer', undefined],
    ['an operator', ofViewers, 'operator', 'write:charge_points, read:billing, write:commands, write:load_meter'],
  ])('an API key makes nobody who may more than itself: %s by one with %j', async (_name, scopes, role, lacking) => {
    const limited = rest.as((await rest.keyOf(organizationId, ['write:members', ...scopes])).key);
    const whom = await person('billing');
    const { id } = await invitation(rest.as(key), { email: freshEmail(), role });
    const [invited, sentAgain, changed] = [
      await limited.post(`${api}/invitations`).send({ email: freshEmail(), role, delivery: 'link' }),
      await limited.post(`${api}/invitations/${id}/resend`).send({ delivery: 'link' }),
      await limited.patch(`${api}/members/${whom.id}`).send({ role }),
    ];
    const answers = [invited, sentAgain, changed];
    expect(answers.map(({ status }) => status)).toEqual(lacking === undefined ? [201, 200, 200] : [403, 403, 403]);
    if (lacking === undefined) return;
    for (const { body } of answers) {
      expect(body.error.message).toContain(`the role ${role}, which may what you may not: `);
      expect(body.error.message).toContain(lacking);
    }
  });

  test('an API key widens nobody who may more than itself', async () => {
    const limited = rest.as((await rest.keyOf(organizationId, ['write:members'])).key);
    const site = await rest.as(key).post(`${api}/sites`).send({ name: 'Yard' });
    const whom = await person('operator', [site.body.id]);
    expect((await limited.patch(`${api}/members/${whom.id}`).send({ site_ids: [] })).status).toBe(403);
    expect((await rest.as(key).get(`${api}/members/${whom.id}`)).body.site_ids).toEqual([site.body.id]);
  });
});

describe('the last owner', () => {
  test.each<[string, (me: { id: string; as: Who }) => Promise<{ status: number }>]>([
    ['is not demoted', (me) => me.as.patch(`${api}/members/${me.id}`).send({ role: 'admin' })],
    ['is not removed', (me) => me.as.delete(`${api}/members/${me.id}`)],
    ['does not leave', (me) => me.as.post(`${api}/users/me/leave`).send({})],
    ['is none of some sites', (me) => me.as.patch(`${api}/members/${me.id}`).send({ site_ids: [newId('site')] })],
  ])('%s', async (_name, act) => {
    const own = await rest.createOrganization();
    const me = await person('owner', [], own);
    expect([400, 409]).toContain((await act(me)).status);
    expect((await me.as.get(`${api}/members/${me.id}`)).body.role).toBe('owner');
  });

  test('of two who leave at the same time one stays', async () => {
    const own = await rest.createOrganization();
    const [one, two] = [await person('owner', [], own), await person('owner', [], own)];
    const left = await Promise.all([one, two].map(({ as }) => as.post(`${api}/users/me/leave`).send({})));
    expect(left.map(({ status }) => status).sort()).toEqual([204, 409]);
  });

  test('goes once there is another who can log in', async () => {
    const own = await rest.createOrganization();
    const [me, other] = [await person('owner', [], own), await person('owner', [], own)];
    await db.prisma.user.update({ where: { id: other.id }, data: { disabledAt: new Date() } });
    expect((await me.as.post(`${api}/users/me/leave`).send({})).status).toBe(409);
    await db.prisma.user.update({ where: { id: other.id }, data: { disabledAt: null } });
    expect((await me.as.post(`${api}/users/me/leave`).send({})).status).toBe(204);
  });
});

describe('what changes, changes at once for tokens that were issued before', () => {
  test('a role', async () => {
    const member = await person('admin');
    expect((await member.as.get(`${api}/members`)).status).toBe(200);
    await rest.as(key).patch(`${api}/members/${member.id}`).send({ role: 'viewer' });
    expect((await member.as.get(`${api}/members`)).status).toBe(403);
  });

  test('a removal: 401 as for any other token that is none', async () => {
    const member = await person('admin');
    await rest.as(key).delete(`${api}/members/${member.id}`);
    expect((await member.as.get(`${api}/auth/me`)).status).toBe(401);
    expect((await publicly('/auth/login', { email: member.email, password: rest.password })).status).toBe(401);
  });

  test('the sites', async () => {
    const site = await rest.as(key).post(`${api}/sites`).send({ name: 'North' });
    const point = await rest
      .as(key)
      .post(`${api}/charge-points`)
      .send({ identity: newId('cp').slice(-12), site_id: site.body.id });
    const member = await person('operator');
    const path = `${api}/charge-points/${point.body.id}`;
    expect((await member.as.get(path)).status).toBe(200);
    const other = await rest.as(key).post(`${api}/sites`).send({ name: 'South' });
    await rest
      .as(key)
      .patch(`${api}/members/${member.id}`)
      .send({ site_ids: [other.body.id] });
    expect((await member.as.get(path)).status).toBe(404);
    await rest.as(key).patch(`${api}/charge-points/${point.body.id}`).send({ site_id: other.body.id });
    expect((await member.as.get(path)).status).toBe(200);
  });
});

test('a member of a site that was deleted is changed like any other, and reaches no more than before', async () => {
  const by = rest.as(key);
  const site = async (name: string): Promise<string> => (await by.post(`${api}/sites`).send({ name })).body.id;
  const [gone, stays, next] = [await site('Gone'), await site('Stays'), await site('Next')];
  const [two, one] = [await person('operator', [gone, stays]), await person('operator', [gone])];
  expect((await by.delete(`${api}/sites/${gone}`)).status).toBe(204);
  const change = (whom: { id: string }, body: object) => by.patch(`${api}/members/${whom.id}`).send(body);
  for (const whom of [two, one]) {
    const before = (await by.get(`${api}/members/${whom.id}`)).body.site_ids;
    expect((await change(whom, { role: 'viewer' })).status).toBe(200);
    expect((await change(whom, { role: 'operator', site_ids: before })).status).toBe(200);
    expect((await by.get(`${api}/members/${whom.id}`)).body).toMatchObject({ role: 'operator', site_ids: before });
  }
  expect((await change(two, { site_ids: [gone, next] })).status).toBe(200);
  const promoted = await (await person('owner')).as.patch(`${api}/members/${one.id}`).send({ role: 'owner' });
  expect([promoted.status, promoted.body.error.details[0].field]).toEqual([400, 'site_ids']); // an owner has none
  expect((await change(two, { site_ids: [next] })).status).toBe(200);
  // Given anew it is like any other that there is not.
  const refused = await change(two, { site_ids: [next, gone] });
  expect([refused.status, refused.body.error.details]).toEqual([
    400,
    [{ field: 'site_ids', message: `there is no such site: ${gone}` }],
  ]);
});

describe('a member of one site', () => {
  let own: { siteId: string; pointId: string; sessionId: string };
  let others: typeof own;
  let member: Awaited<ReturnType<typeof person>>;
  beforeAll(async () => {
    const place = async () => {
      const site = await rest.as(key).post(`${api}/sites`).send({ name: 'Depot' });
      const siteId: string = site.body.id;
      const point = await rest
        .as(key)
        .post(`${api}/charge-points`)
        .send({ identity: newId('cp').slice(-12), site_id: siteId });
      const session = await insertSession(db, { organizationId, chargePointId: point.body.id });
      return { siteId, pointId: point.body.id, sessionId: session.id };
    };
    [own, others] = [await place(), await place()];
    member = await person('admin', [own.siteId]);
  });

  test.each([
    ['sites', 'siteId'],
    ['charge-points', 'pointId'],
    ['sessions', 'sessionId'],
  ] as const)('sees its own %s alone, one by one and in lists', async (kind, id) => {
    expect((await member.as.get(`${api}/${kind}/${own[id]}`)).status).toBe(200);
    expect((await member.as.get(`${api}/${kind}/${others[id]}`)).status).toBe(404);
    const list = await member.as.get(`${api}/${kind}`);
    expect(list.body.data.map((row: { id: string }) => row.id)).toEqual([own[id]]);
  });

  test('asks for charge points by their ids, and is shown its own alone', async () => {
    const list = await member.as.get(`${api}/charge-points?id=${others.pointId},${own.pointId}`);
    expect(list.body.data.map((row: { id: string }) => row.id)).toEqual([own.pointId]);
  });

  test.each<[string, (who: Who) => Promise<{ status: number }>, number]>([
    [
      'registers at its site',
      (who) => who.post(`${api}/charge-points`).send({ identity: newId('cp').slice(-12), site_id: own.siteId }),
      201,
    ],
    ['registers nowhere', (who) => who.post(`${api}/charge-points`).send({ identity: newId('cp').slice(-12) }), 400],
    [
      'registers at another site',
      (who) => who.post(`${api}/charge-points`).send({ identity: newId('cp').slice(-12), site_id: others.siteId }),
      400,
    ],
    [
      'moves a charge point away',
      (who) => who.patch(`${api}/charge-points/${own.pointId}`).send({ site_id: others.siteId }),
      400,
    ],
    [
      'takes a charge point from its site',
      (who) => who.patch(`${api}/charge-points/${own.pointId}`).send({ site_id: null }),
      400,
    ],
    [
      'changes another charge point',
      (who) => who.patch(`${api}/charge-points/${others.pointId}`).send({ name: 'Mine' }),
      404,
    ],
    ['renames its site', (who) => who.patch(`${api}/sites/${own.siteId}`).send({ name: 'Mine' }), 200],
    ['makes an API key', (who) => who.post(`${api}/api-keys`).send({ name: 'x', scopes: ['read:sessions'] }), 403],
    [
      'invites somebody',
      (who) => who.post(`${api}/invitations`).send({ email: freshEmail(), role: 'viewer', delivery: 'link' }),
      403,
    ],
    ['sends commands to many', (who) => who.post(`${api}/commands/bulk`).send({ command: { do: 'reset' } }), 403],
    ['reads its organization', (who) => who.get(`${api}/organization`), 200],
    ['reads the events of all', (who) => who.get(`${api}/webhooks/events`), 403],
    ['exports the sessions of all', (who) => who.get(`${api}/exports/sessions`), 403],
  ])('%s', async (_name, act, status) => {
    expect((await act(member.as)).status).toBe(status);
  });
});

describe('an installer', () => {
  test('sees the charge points that he was given or has registered, what hangs on them, and nothing else', async () => {
    const installer = await person('installer');
    const points = await Promise.all(
      ['A', 'B'].map(
        async () =>
          (
            await rest
              .as(key)
              .post(`${api}/charge-points`)
              .send({ identity: newId('cp').slice(-12) })
          ).body.id as string,
      ),
    );
    const [given = '', other = ''] = points;
    const get = async (id: string) => (await installer.as.get(`${api}/charge-points/${id}`)).status;
    expect(await get(given)).toBe(404);
    const job = `${api}/members/${installer.id}/jobs/${given}`;
    expect((await rest.as(key).put(job)).status).toBe(204);
    expect((await rest.as(key).put(job)).status).toBe(204);
    expect([await get(given), await get(other)]).toEqual([200, 404]);
    const run = await installer.as.post(`${api}/charge-points/${given}/commissioning`).send({});
    expect(run.status).toBe(202);
    expect((await installer.as.post(`${api}/charge-points/${other}/commissioning`).send({})).status).toBe(404);
    const runs = await installer.as.get(`${api}/commissioning-runs`);
    expect(runs.body.data.map((row: { id: string }) => row.id)).toEqual([run.body.id]);
    const made = await installer.as.post(`${api}/charge-points`).send({ identity: newId('cp').slice(-12) });
    expect(made.status).toBe(201);
    const list = await installer.as.get(`${api}/charge-points`);
    expect(list.body.data.map((row: { id: string }) => row.id).sort()).toEqual([given, made.body.id].sort());
    expect((await rest.as(key).get(`${api}/members/${installer.id}/jobs`)).body.data).toHaveLength(2);
    expect((await rest.as(key).delete(job)).status).toBe(204);
    expect([await get(given), (await installer.as.get(`${api}/commissioning-runs/${run.body.id}`)).status]).toEqual([
      404, 404,
    ]);
  });

  test('sees the site of his job, and does nothing to it', async () => {
    const site = await rest.as(key).post(`${api}/sites`).send({ name: 'Garage' });
    const installer = await person('installer');
    const path = `${api}/sites/${site.body.id}`;
    expect((await installer.as.get(path)).status).toBe(404);
    const point = await rest
      .as(key)
      .post(`${api}/charge-points`)
      .send({ identity: newId('cp').slice(-12), site_id: site.body.id });
    await rest.as(key).put(`${api}/members/${installer.id}/jobs/${point.body.id}`);
    expect((await installer.as.get(path)).status).toBe(200);
    expect((await installer.as.patch(path).send({ name: 'Mine' })).status).toBe(404);
  });

  test('sees how the site of his job shares its supply, and of that which charge point has what, only his', async () => {
    const { body: site } = await rest.as(key).post(`${api}/sites`).send({ name: 'Garage' });
    const installer = await person('installer');
    const [given = '', other = ''] = await Promise.all(
      ['A', 'B'].map(async () => {
        const wanted = { identity: newId('cp').slice(-12), site_id: site.id };
        return (await rest.as(key).post(`${api}/charge-points`).send(wanted)).body.id as string;
      }),
    );
    await rest.as(key).put(`${api}/members/${installer.id}/jobs/${given}`);
    const path = `${api}/sites/${site.id}/load`;
    await rest.as(key).put(path).send({ unit: 'A', cap: 32 });
    const row = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: given } });
    await db.prisma.loadHistory.create({
      data: {
        ...{ id: newId('ldh'), siteId: site.id, organizationId: row.organizationId, at: new Date(), state: 'met' },
        ...{ unit: 'A', cap: 32, capReason: 'settings', ceiling: 32, charging: 2, paused: 0, offline: 0, sentCount: 2 },
        sent: [given, other].map((chargePointId) => ({ chargePointId, amount: 16, why: 'lower' })),
      },
    });
    const named = async (who: typeof installer.as) => ({
      state: (await who.get(`${path}/state`)).body.charge_points.map(({ id }: { id: string }) => id).sort(),
      sent: (await who.get(`${path}/history`)).body.data[0].sent.map(
        ({ charge_point_id: id }: { charge_point_id: string }) => id,
      ),
    });
    expect(await named(rest.as(key))).toEqual({ state: [given, other].sort(), sent: [given, other] });
    expect(await named(installer.as)).toEqual({ state: [given], sent: [given] });
  });
});

describe('an invitation', () => {
  test('by link is shown once, kept as a hash, and makes a member who logs in', async () => {
    const email = freshEmail();
    const { id, token } = await invitation(rest.as(key), { email: email.toUpperCase(), role: 'operator' });
    const row = await db.prisma.invitation.findUniqueOrThrow({ where: { id } });
    expect(JSON.stringify(row)).not.toContain(token.slice(-20));
    const shown = await rest.as(key).get(`${api}/invitations/${id}`);
    expect(shown.body).toMatchObject({ email, status: 'pending', role: 'operator' });
    expect(shown.text).not.toContain(token);
    expect((await publicly('/invitations/preview', { token })).body).toMatchObject({
      organization: 'Stadtwerke',
      email,
      has_account: false,
    });
    expect((await publicly('/invitations/accept', { token, ...newcomer })).status).toBe(201);
    const login = await publicly('/auth/login', { email, password: newcomer.password });
    expect(login.body.user).toMatchObject({ role: 'operator', organization_id: organizationId, name: newcomer.name });
    expect((await rest.as(key).get(`${api}/invitations/${id}`)).body).toMatchObject({
      status: 'accepted',
      accepted_by: login.body.user.id,
    });
  });

  test('by e-mail: its token stands in the mail alone, and a mail that is sent again voids the one before', async () => {
    const email = freshEmail();
    const made = await rest.as(key).post(`${api}/invitations`).send({ email, role: 'viewer' });
    expect(made.body).toMatchObject({ link: null, token: null, sent_at: null });
    const mailed = async () => {
      for (const job of rest.accounts.jobs.slice(0, 1)) await job.run();
      const mail = rest.mails.filter(({ to }) => to === email).at(-1);
      return /#(dyn_invitation_[\w-]+)/.exec(mail?.text ?? '')?.[1] ?? '';
    };
    const first = await mailed();
    expect((await publicly('/invitations/preview', { token: first })).status).toBe(200);
    expect((await rest.as(key).post(`${api}/invitations/${made.body.id}/resend`).send({})).status).toBe(200);
    expect((await publicly('/invitations/preview', { token: first })).status).toBe(404);
    const second = await mailed();
    expect(second).not.toBe(first);
    expect((await publicly('/invitations/accept', { token: second, ...newcomer })).status).toBe(201);
    expect(JSON.stringify(await db.prisma.accountEmail.findMany())).not.toContain('dyn_invitation');
  });

  test.each(['before the next try', 'while a try is under way'])(
    'whose e-mail did not get through is replaced by a link for good, %s',
    async (when) => {
      let id = '';
      let link = '';
      let theirs = '';
      const replace = async () => {
        const again = await other.as(theirs).post(`${api}/invitations/${id}/resend`).send({ delivery: 'link' });
        expect(again.status).toBe(200);
        link = again.body.token;
      };
      const other = await createRest(db, {
        mailer: {
          send: async () => {
            if (when === 'while a try is under way' && link === '') await replace();
            throw new Error('421 come back later');
          },
        },
      });
      try {
        ({ key: theirs } = await other.keyOf(organizationId));
        const sendMails = async () => {
          for (const job of other.accounts.jobs) if (job.name === 'account_emails') await job.run();
        };
        ({ id } = (
          await other.as(theirs).post(`${api}/invitations`).send({ email: freshEmail(), role: 'viewer' })
        ).body);
        await sendMails();
        if (when === 'before the next try') await replace();
        other.advance(20_000);
        await sendMails();
        const preview = await request(other.server).post(`${api}/invitations/preview`).send({ token: link });
        expect(preview.status).toBe(200);
        expect(await db.prisma.accountEmail.findMany({ where: { subjectId: id } })).toMatchObject([
          { status: 'dropped', nextAttemptAt: null },
        ]);
      } finally {
        await other.stop();
      }
    },
  );

  test('to somebody who has an account is accepted by him alone, logged in', async () => {
    const home = await rest.createOrganization('Home');
    const guest = await person('owner', [], home);
    const { token } = await invitation(rest.as(key), { email: guest.email, role: 'viewer' });
    expect((await publicly('/invitations/accept', { token, ...newcomer })).status).toBe(409);
    const stranger = await person('owner', [], home);
    expect((await stranger.as.post(`${api}/users/me/accept-invitation`).send({ token })).status).toBe(404);
    const taken = await guest.as.post(`${api}/users/me/accept-invitation`).send({ token });
    expect(taken.body).toEqual({ organization: { id: organizationId, name: 'Stadtwerke' }, role: 'viewer' });
    const me = await guest.as.get(`${api}/users/me`);
    expect(me.body.memberships.map((each: { role: string; current: boolean }) => [each.role, each.current])).toEqual([
      ['owner', true],
      ['viewer', false],
    ]);
    const login = await publicly('/auth/login', {
      email: guest.email,
      password: rest.password,
      organization_id: organizationId,
    });
    expect(login.body.user).toMatchObject({ role: 'viewer', organization_id: organizationId });
    expect((await rest.as(login.body.access_token).get(`${api}/organization`)).body.name).toBe('Stadtwerke');
    const again = await invitation(rest.as(key), { email: guest.email, role: 'admin' });
    expect((await guest.as.post(`${api}/users/me/accept-invitation`).send({ token: again.token })).status).toBe(409);
  });

  describe('to somebody who was removed from all that his account was a member of', () => {
    const wrong = { code: 'unauthorized', message: 'The e-mail address or the password is wrong' };
    const { password } = rest;
    async function removed(before: (who: Who) => Promise<unknown> = async () => undefined) {
      const theirs = await rest.createOrganization('Theirs');
      const { key: theirKey } = await rest.keyOf(theirs);
      const gone = await person('viewer', [], theirs);
      await before(gone.as);
      expect((await rest.as(theirKey).delete(`${api}/members/${gone.id}`)).status).toBe(204);
      expect((await publicly('/auth/login', { email: gone.email, password })).status).toBe(401);
      const { token } = await invitation(rest.as(theirKey), { email: gone.email, role: 'operator' });
      return { ...gone, theirs, theirKey, token };
    }

    test('is accepted with the password of the account, once, and stands in the audit log', async () => {
      const { id, email, token, theirs, theirKey } = await removed();
      const taken = await publicly('/invitations/accept', { token, password });
      expect({ status: taken.status, body: taken.body }).toEqual({
        status: 201,
        body: { id, email, organization: 'Theirs' },
      });
      const login = await publicly('/auth/login', { email, password });
      expect(login.body.user).toMatchObject({ id, role: 'operator', organization_id: theirs });
      expect((await publicly('/invitations/accept', { token, password })).status).toBe(404);
      const log = await rest.as(theirKey).get(`${api}/audit?limit=100`);
      const entry = log.body.data.find((each: { operation: string }) => each.operation === 'acceptInvitation');
      expect(JSON.stringify(entry)).toContain(id);
      expect(log.text).not.toContain(password);
    });

    test('asks for the second factor of who knows the password, and of nobody else', async () => {
      let codes: string[] = [];
      const { token } = await removed(async (who) => {
        const begun = await who.post(`${api}/users/me/second-factor`).send({ password });
        const code = codeAt(bytesOf(begun.body.secret), stepAt(new Date()));
        codes = (await who.post(`${api}/users/me/second-factor/confirm`).send({ code })).body.recovery_codes;
      });
      const guess = await publicly('/invitations/accept', { token, password: 'not his password' });
      expect({ status: guess.status, error: guess.body.error }).toMatchObject({ status: 401, error: wrong });
      expect(guess.body.error.details ?? []).toEqual([]);
      const without = await publicly('/invitations/accept', { token, password });
      expect(without.status).toBe(401);
      expect(without.body.error.details).toMatchObject([{ field: 'code' }]);
      expect((await publicly('/invitations/accept', { token, password, code: codes[0] })).status).toBe(201);
    });

    test('by who takes single sign-on alone wherever he is a member, his password opens nothing', async () => {
      const strict = await rest.createOrganization('Strict');
      const member = await person('viewer', [], strict);
      await db.prisma.singleSignOn.create({
        data: {
          ...{ organizationId: strict, issuer: 'https://id.example', clientId: 'c', clientSecret: Buffer.from('s') },
          ...{ emailDomains: [], enforced: true, createdAt: new Date(), updatedAt: new Date() },
        },
      });
      const { token } = await invitation(rest.as(key), { email: member.email, role: 'viewer' });
      const refused = await publicly('/invitations/accept', { token, password });
      expect(refused.status).toBe(401);
      expect(refused.body.error.details).toMatchObject([{ field: 'organization_id' }]);
    });

    test('is guessed at no faster than a login', async () => {
      const { email, token } = await removed();
      const statuses: number[] = [];
      for (let i = 0; i < 12; i += 1)
        statuses.push((await publicly('/invitations/accept', { token, password: `guess number ${i}` })).status);
      expect(statuses).toEqual(expect.arrayContaining([401, 429]));
      expect((await publicly('/auth/login', { email, password })).status).toBe(429);
    });

    test('is not theirs to accept who are disabled, and needs a name where there is no account', async () => {
      const { email, token } = await removed();
      await db.prisma.user.update({ where: { email }, data: { disabledAt: new Date() } });
      const disabled = await publicly('/invitations/accept', { token, password });
      expect({ status: disabled.status, error: disabled.body.error }).toMatchObject({ status: 401, error: wrong });
      const fresh = await invitation(rest.as(key), { email: freshEmail(), role: 'viewer' });
      const nameless = await publicly('/invitations/accept', { token: fresh.token, password });
      expect(nameless.status).toBe(400);
      expect(nameless.body.error.details).toMatchObject([{ field: 'name' }]);
    });
  });

  const refused = { code: 'not_found', message: 'This invitation cannot be used, or not any more' };
  test.each<[string, (made: { id: string; token: string }) => Promise<string>]>([
    ['that nobody made', async () => `dyn_invitation_${'A'.repeat(43)}`],
    ['with another letter', async ({ token }) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['with more behind it', async ({ token }) => `${token}A`],
    [
      'that was accepted',
      async ({ token }) => {
        expect((await publicly('/invitations/accept', { token, ...newcomer })).status).toBe(201);
        return token;
      },
    ],
    [
      'that was revoked',
      async ({ id, token }) => {
        expect((await rest.as(key).delete(`${api}/invitations/${id}`)).status).toBe(204);
        return token;
      },
    ],
    [
      'that was sent again',
      async ({ id, token }) => {
        expect((await rest.as(key).post(`${api}/invitations/${id}/resend`).send({ delivery: 'link' })).status).toBe(
          200,
        );
        return token;
      },
    ],
    [
      'that is too old',
      async ({ id, token }) => {
        await db.prisma.invitation.update({ where: { id }, data: { expiresAt: new Date(Date.now() - 1000) } });
        return token;
      },
    ],
  ])('%s is refused like any other', async (_name, spoil) => {
    const token = await spoil(await invitation(rest.as(key), { email: freshEmail(), role: 'viewer' }));
    const answers = [
      await publicly('/invitations/preview', { token }),
      await publicly('/invitations/accept', { token, ...newcomer }),
      await (await person('viewer')).as.post(`${api}/users/me/accept-invitation`).send({ token }),
    ];
    for (const { status, body } of answers) {
      expect(status).toBe(404);
      expect(body.error).toMatchObject(refused);
    }
  });

  test('is good once, also for two who hold it at the same time', async () => {
    const { token } = await invitation(rest.as(key), { email: freshEmail(), role: 'viewer' });
    const both = await Promise.all([1, 2].map(() => publicly('/invitations/accept', { token, ...newcomer })));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 404]);
  });

  test.each([
    ['short', 'too short'],
    ['its own address', 'invited-person-1'],
    ['words that everybody tries', 'Password1234!'],
    ['a row of keys', 'qwertyuiop12345'],
    ['one letter', 'aaaaaaaaaaaaaaaa'],
    ['digits in a row', '123456789012345'],
  ])('takes no password that is %s', async (_name, password) => {
    const email = `invited.person.${newId('usr').slice(-6)}@example.com`;
    const { token } = await invitation(rest.as(key), { email, role: 'viewer' });
    const answer = await publicly('/invitations/accept', { token, name: 'Invited Person', password });
    expect(answer.status).toBe(400);
    expect(answer.body.error.details[0].field).toBe('password');
    expect((await publicly('/invitations/preview', { token })).status).toBe(200);
  });

  test('leaves no token and no password in the audit log', async () => {
    const { token } = await invitation(rest.as(key), { email: freshEmail(), role: 'viewer' });
    await publicly('/invitations/accept', { token, ...newcomer });
    const log = await rest.as(key).get(`${api}/audit?limit=100`);
    expect(log.text).toContain('acceptInvitation');
    expect(log.text).not.toContain(token.slice(-20));
    expect(log.text).not.toContain(newcomer.password);
  });
});

test('without a mail server an invitation is a link, and says so', async () => {
  const other = await createRest(db, { isMailing: false });
  const { key: theirs } = await other.keyOf(organizationId);
  const by = (delivery: string) =>
    other.as(theirs).post(`${api}/invitations`).send({ email: freshEmail(), role: 'viewer', delivery });
  expect([(await by('email')).status, (await by('link')).status]).toEqual([409, 201]);
  await other.stop();
});

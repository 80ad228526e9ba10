/** The audit log as an owner reads it, and what becomes of it when somebody alters the database. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { verifyAll, verifyFile } from '../../src/audit/index.ts';
import { chainOf } from '../../src/audit/store.ts';
import { auditRefusal } from '../../src/unknown-charge-points/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
const rest = await createRest(db);
const keys = rest.keyRing.peppers('audit');
const folder = mkdtempSync(join(tmpdir(), 'dynamo-audit-'));
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await rest.stop();
  await db.close();
});

type Shown = {
  position: number;
  operation: string;
  outcome: string;
  status: number | null;
  code: string | null;
  who: { kind: string; id: string | null; address: string };
  target: Record<string, unknown>;
  detail: Record<string, unknown>;
  created_id: string | null;
  repeated: number;
  request_id: string;
};

async function customer() {
  const organizationId = await rest.createOrganization();
  const { id: keyId, key } = await rest.keyOf(organizationId);
  const api = rest.as(key);
  const list = async (query = ''): Promise<Shown[]> => (await api.get(`/api/v1/audit${query}`)).body.data;
  /** Ends and refusals come a moment later. */
  const listed = async (query: string, is: (shown: Shown[]) => boolean): Promise<Shown[]> => {
    let shown: Shown[] = [];
    await until('the audit log shows it', async () => {
      shown = await list(query);
      return is(shown);
    });
    return shown;
  };
  const verified = async (heads: Parameters<typeof verifyAll>[0]['heads'] = []) => {
    for await (const each of verifyAll({ db, keys, heads })) if (each.organizationId === organizationId) return each;
    throw new Error('there is no chain');
  };
  return { organizationId, keyId, key, api, list, listed, verified };
}

test('a change is shown with who, what and how it ended; reading is not', async () => {
  const { api, keyId, listed } = await customer();
  await api.get('/api/v1/sites');
  // As good as reading: it is a POST since what is asked does not fit into an address, and a page that is written asks it all the time.
  const terms = { currency: 'EUR', prices_include_tax: true, components: [{ type: 'flat', price: '1' }] };
  const timeline = { started_at: '2026-11-23T20:00:00Z', ended_at: '2026-11-23T21:00:00Z' };
  expect((await api.post('/api/v1/tariffs/preview').send({ terms, timeline })).status).toBe(200);
  const made = await api.post('/api/v1/sites').send({ name: 'Depot' });
  const [entry, ...others] = await listed('', ([first]) => first?.outcome === 'done');
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    operation: 'createSite',
    outcome: 'done',
    status: 201,
    created_id: made.body.id,
    detail: { name: 'Depot' },
    who: { kind: 'api_key', id: keyId },
    request_id: made.headers['x-request-id'],
    repeated: 1,
  });
  await api.patch(`/api/v1/sites/${made.body.id}`).send({ name: 'Yard' });
  const [changed] = await listed('?operation=updateSite', ([first]) => first?.outcome === 'done');
  expect(changed).toMatchObject({ target: { id: made.body.id }, detail: { name: 'Yard' } });
});

test('of one thing, all that was asked of it is found by its id, and nothing of another', async () => {
  const { api, listed } = await customer();
  const [here, there] = await Promise.all(
    ['AUDIT-HERE', 'AUDIT-THERE'].map(async (identity) => {
      const { body } = await api.post('/api/v1/charge-points').send({ identity });
      return String(body.id);
    }),
  );
  await api.patch(`/api/v1/charge-points/${here}`).send({ name: 'Here' });
  await api.delete(`/api/v1/charge-points/${here}/certificates/crt_01KAT3Z6Y8Q0000000000000AA`);
  await api.patch(`/api/v1/charge-points/${there}`).send({ name: 'There' });
  const shown = await listed(`?target_id=${here}`, (all) => all.length === 2);
  expect(shown.map(({ operation }) => operation)).toEqual(['deleteCertificate', 'updateChargePoint']);
  expect((await api.get('/api/v1/audit?target_id=cp_%22')).status).toBe(400);
});

test('what fails is shown as failed, and what is invalid or forbidden as refused, with its code', async () => {
  const { api, organizationId, listed } = await customer();
  await api.delete('/api/v1/sites/site_01KAT3Z6Y8Q0000000000000ZZ');
  const [failed] = await listed('', ([first]) => first?.outcome === 'failed');
  expect(failed).toMatchObject({ operation: 'deleteSite', status: 404, code: 'not_found' });
  await api.post('/api/v1/sites').send({ nonsense: true });
  const { key, id } = await rest.keyOf(organizationId, ['read:sessions']);
  for (let i = 0; i < 3; i += 1) await rest.as(key).post('/api/v1/sites').send({ name: 'No' });
  await rest.as(key).get('/api/v1/sites');
  const refused = await listed(
    '?kind=refused',
    (shown) => shown.reduce((sum, { repeated }) => sum + repeated, 0) === 5,
  );
  expect(
    refused
      .map(({ operation, status, code }) => [operation, status, code].join(' '))
      .sort()
      .join('\n'),
  ).toMatch(/^(?:createSite 400 validation_failed\n)(?:createSite 403 forbidden\n)+(?:listSites 403 forbidden)$/);
  expect(refused.filter(({ code }) => code === 'forbidden').every(({ who }) => who.id === id)).toBe(true);
});

test('reading that asks a charger is in it too', async () => {
  const { api, listed } = await customer();
  const { id } = (await api.post('/api/v1/charge-points').send({ identity: `AS-${Date.now()}` })).body;
  await api.get(`/api/v1/charge-points/${id}/configuration`);
  await api.get(`/api/v1/charge-points/${id}/configuration?refresh=true`);
  await api.get(`/api/v1/charge-points/${id}/composite-schedule`);
  const shown = await listed('', (all) => all.length === 3 && all.every(({ outcome }) => outcome !== 'unknown'));
  expect(shown.map(({ operation, outcome }) => `${operation} ${outcome}`)).toEqual([
    expect.stringMatching(/^\w*CompositeSchedule failed$/),
    expect.stringMatching(/^\w*Configuration failed$/),
    'createChargePoint done',
  ]);
});

test('secrets are not in it, anywhere', async () => {
  const { api, organizationId, listed } = await customer();
  const canary = 'canary-c4n4ry-0123456789';
  const { id } = (await api.post('/api/v1/charge-points').send({ identity: `AU-${Date.now()}`, key: canary })).body;
  await api.post('/api/v1/webhooks/endpoints').send({
    url: 'https://example.com/hook',
    events: ['*'],
    secret: canary,
  });
  await api
    .patch(`/api/v1/charge-points/${id}/configuration`)
    .send({ WifiPassphrase: canary, HeartbeatInterval: '60' });
  await api.post(`/api/v1/charge-points/${id}/commands`).send({
    action: 'ChangeConfiguration',
    payload: { key: 'AuthorizationKey', value: canary },
  });
  const signed = `https://acct.blob.core.windows.net/c/file?sv=2024-11-04&sig=${canary}&se=1`;
  await api.post(`/api/v1/charge-points/${id}/diagnostics`).send({ upload_url: signed });
  await api.post('/api/v1/firmware-images').send({ url: signed, version: '1.0' });
  await api.post(`/api/v1/charge-points/${id}/commands`).send({
    action: 'UpdateFirmware',
    payload: { location: `https://b.s3.amazonaws.com/f.bin?X-Amz-Credential=${canary}`, retrieveDate: '2026-01-01' },
  });
  const { email } = await rest.userOf(organizationId, 'owner');
  await request(rest.app).post('/api/v1/auth/login').send({ email, password: canary });
  await request(rest.app).post('/api/v1/auth/login').send({ email, password: rest.password, code: canary });
  await listed('', (shown) => shown.some(({ operation, outcome }) => operation === 'login' && outcome === 'refused'));
  const rows = await db.prisma.auditEntry.findMany({ where: { organizationId } });
  const text = JSON.stringify(rows, (_name, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
  expect(text).not.toContain(canary);
  expect(text).not.toContain(rest.password);
  expect(text).toContain('HeartbeatInterval');
  expect(text.split('?sv=2024-11-04&sig=***&se=1')).toHaveLength(3); // in both, where it leads to is told
  expect(text).toContain('amazonaws.com/f.bin');
});

test('refused chargers are in it, with the reason, whose they are, and a storm of them as one', async () => {
  const { organizationId, listed } = await customer();
  const knock = { identity: 'CP-1', organizationId, remoteAddress: '192.0.2.7' };
  for (let i = 0; i < 50; i += 1) auditRefusal(rest.audit, { ...knock, reason: 'wrong_password' });
  for (const reason of ['wrong_certificate', 'throttled', 'missing_credentials'] as const)
    auditRefusal(rest.audit, { ...knock, identity: 'CP\u0000-2', reason });
  const shown = await listed('?operation=connectCharger', (all) => all.length === 3);
  expect(
    shown.map(({ outcome, status, code, detail, target, who, repeated }) => [
      ...[outcome, status, code, detail['reason'], target['identity'], who.kind, who.address, repeated],
    ]),
  ).toEqual(
    expect.arrayContaining([
      ['refused', 401, 'unauthorized', 'wrong_password', 'CP-1', 'none', '192.0.2.7', 50],
      ['refused', 401, 'unauthorized', 'wrong_certificate', 'CP-2', 'none', '192.0.2.7', 1],
      ['refused', 429, 'too_many_requests', 'throttled', 'CP-2', 'none', '192.0.2.7', 1],
    ]),
  );
  // Of nobody: in the log of the oldest organization.
  auditRefusal(rest.audit, { ...knock, organizationId: undefined, reason: 'unknown_identity' });
  await until(
    'it is written',
    async () =>
      (await db.prisma.auditEntry.count({ where: { operation: 'connectCharger', address: '192.0.2.7' } })) === 4,
  );
});

test('however many are refused over REST, each refused charger is named; what finds no place is counted', async () => {
  const made = { ...(await customer()), address: '192.0.2.8' };
  const { organizationId, listed, address } = made;
  const subject = { kind: 'api_key', organizationId, id: 'key_flood' } as const;
  const call = { requestId: 'r', subject, operation: 'listSites', method: 'GET', path: '/sites', target: {} };
  const FLOOD = 1_500;
  for (let i = 0; i < FLOOD; i += 1)
    rest.audit.refused({ ...call, address: `2001:db8::${i.toString(16)}` }, { status: 403, code: 'forbidden' });
  const knock = { organizationId, reason: 'wrong_password' } as const;
  for (const identity of ['FL-1', 'FL-2'])
    for (const remoteAddress of [address, '192.0.2.9', address])
      auditRefusal(rest.audit, { ...knock, identity, remoteAddress });
  const chargers = await listed('?operation=connectCharger', (all) => all.length === 2);
  expect(chargers.map(({ target, repeated, detail }) => [target['identity'], repeated, detail['also']]).sort()).toEqual(
    ['FL-1', 'FL-2'].map((identity) => [identity, 3, [address, '192.0.2.9']]),
  );
  const where = { organizationId, operation: 'listSites' };
  const all = await until('all are counted', async () => {
    const entries = await db.prisma.auditEntry.findMany({ where, orderBy: { position: 'asc' } });
    return entries.reduce((sum, { repeated }) => sum + repeated, 0) === FLOOD ? entries : undefined;
  });
  const crowd = all.filter(({ detail }) => JSON.parse(detail).crowd === true);
  expect(crowd).toMatchObject([{ principalKind: 'none', principalId: null, address: null }]);
  expect(crowd[0]?.repeated).toBeGreaterThanOrEqual(FLOOD - 500);
});

test('strangers from one address are one entry that names them; those from elsewhere are another', async () => {
  const { remoteAddress } = { remoteAddress: `198.51.100.${1 + Math.floor(Math.random() * 200)}` };
  const knock = { organizationId: undefined, reason: 'unknown_identity', remoteAddress } as const;
  for (let i = 0; i < 30; i += 1) auditRefusal(rest.audit, { ...knock, identity: `ST-${i}` });
  auditRefusal(rest.audit, { ...knock, identity: 'ST-0', remoteAddress: '203.0.113.1' });
  const found = await until('they are written', async () => {
    const rows = await db.prisma.auditEntry.findMany({ where: { address: { in: [remoteAddress, '203.0.113.1'] } } });
    return rows.length === 2 ? rows : undefined;
  });
  const told = found.map(({ repeated, detail }) => [repeated, JSON.parse(detail).also?.length]);
  expect(told.sort()).toEqual([
    [1, undefined],
    [30, 10],
  ]);
});

describe('logging in', () => {
  test('is shown to the organization of the user, and so is a wrong password', async () => {
    const { organizationId, listed } = await customer();
    const { email, id } = await rest.userOf(organizationId, 'viewer');
    const attempt = (password: string) => request(rest.app).post('/api/v1/auth/login').send({ email, password });
    await attempt('wrong');
    await attempt(rest.password);
    const shown = await listed(
      '?operation=login',
      (all) => all.length === 2 && all.every(({ outcome }) => outcome !== 'unknown'),
    );
    expect(shown.map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused']);
    expect(shown.map(({ who }) => who.id)).toEqual([id, id]);
  });

  test('a revoked key that is still used is told', async () => {
    const { api, organizationId, listed } = await customer();
    const { id, key } = await rest.keyOf(organizationId);
    await api.delete(`/api/v1/api-keys/${id}`);
    await rest.as(key).get('/api/v1/sites');
    const [refused] = await listed(`?principal_id=${id}`, (shown) => shown.length === 1);
    expect(refused).toMatchObject({ outcome: 'refused', operation: 'listSites', code: 'unauthorized', status: 401 });
  });
});

test('nobody reads it but owners, admins and keys that may', async () => {
  const { organizationId, list } = await customer();
  for (const role of ['owner', 'admin', 'operator', 'installer', 'billing', 'viewer'] as const) {
    const { id } = await rest.userOf(organizationId, role);
    const answer = await rest.as(rest.accessTokens.issue(id)).get('/api/v1/audit');
    expect([role, answer.status]).toEqual([role, role === 'owner' || role === 'admin' ? 200 : 403]);
  }
  const other = await customer();
  await other.api.post('/api/v1/sites').send({ name: 'Secret place' });
  expect(JSON.stringify(await list())).not.toContain('Secret place');
});

test('a repeated request with one idempotency key is one change', async () => {
  const { api, listed } = await customer();
  for (let i = 0; i < 3; i += 1) await api.post('/api/v1/sites').set('Idempotency-Key', 'once').send({ name: 'Once' });
  expect(await listed('', ([first]) => first?.outcome === 'done')).toHaveLength(1);
});

test('while the log cannot be written nothing is changed', async () => {
  const { api, organizationId } = await customer();
  await db.pool.query(`ALTER TABLE audit_entries RENAME TO audit_entries_away`);
  try {
    expect((await api.post('/api/v1/sites').send({ name: 'Unseen' })).status).toBe(500);
  } finally {
    await db.pool.query(`ALTER TABLE audit_entries_away RENAME TO audit_entries`);
  }
  expect(await db.prisma.site.count({ where: { organizationId } })).toBe(0);
});

/** Twelve calls and their ends. */
async function chained() {
  const made = await customer();
  await Promise.all(Array.from({ length: 12 }, (_, i) => made.api.post('/api/v1/sites').send({ name: `Site ${i}` })));
  await made.listed('', (shown) => shown.length === 12 && shown.every(({ outcome }) => outcome === 'done'));
  const { body: head } = await made.api.get('/api/v1/audit/head');
  return { ...made, head: { organizationId: made.organizationId, position: head.position, mac: head.mac } };
}

describe('the chain', () => {
  const whereOf = (organizationId: string, position: number) => [organizationId, position] as const;

  test('is whole, without a hole, with calls side by side', async () => {
    const { verified, head } = await chained();
    expect(await verified([head])).toMatchObject({ entries: 24, position: 24, findings: [] });
  });

  const alterations = {
    'a changed text': `UPDATE audit_entries SET detail = '{"name":"Other"}' WHERE organization_id = $1 AND position = $2`,
    'a changed principal': `UPDATE audit_entries SET principal_id = 'key_x' WHERE organization_id = $1 AND position = $2`,
    'a changed time': `UPDATE audit_entries SET at = at + interval '1 ms' WHERE organization_id = $1 AND position = $2`,
    'an end of another call': `UPDATE audit_entries SET call_position = coalesce(call_position, 0) + 1 WHERE organization_id = $1 AND position = $2`,
    'a changed kind': `UPDATE audit_entries SET kind = 'script' WHERE organization_id = $1 AND position = $2`,
    'an entry taken out': 'DELETE FROM audit_entries WHERE organization_id = $1 AND position = $2',
  };
  test.each(Object.entries(alterations))('shows %s', async (_name, sql) => {
    const { organizationId, verified } = await chained();
    await db.pool.query(sql, [...whereOf(organizationId, 7)]);
    const { findings } = await verified();
    expect(findings.map(({ position }) => position)).toContain(7);
  });

  test('shows that its end was cut off', async () => {
    const { organizationId, verified } = await chained();
    await db.pool.query('DELETE FROM audit_entries WHERE organization_id = $1 AND position > 20', [organizationId]);
    expect((await verified()).findings).toEqual([
      { organizationId, position: 21, what: 'entries 21 to 24 are missing' },
    ]);
    await db.pool.query(
      'UPDATE audit_chains c SET position = 20, mac = e.mac FROM audit_entries e WHERE c.organization_id = $1 AND e.organization_id = $1 AND e.position = 20',
      [organizationId],
    );
    expect((await verified()).findings).toEqual([
      { organizationId, position: 0, what: 'what it says of its beginning and end was altered' },
    ]);
  });

  test('shows, by a head that was noted, that the whole was put back', async () => {
    const { organizationId, api, listed, verified } = await chained();
    const before = await chainOf(db, organizationId);
    await api.post('/api/v1/sites').send({ name: 'Hidden' });
    await listed('', (shown) => shown.length === 13 && shown.every(({ outcome }) => outcome === 'done'));
    const { body: head } = await api.get('/api/v1/audit/head');
    await db.pool.query('DELETE FROM audit_entries WHERE organization_id = $1 AND position > 24', [organizationId]);
    await db.pool.query(
      'UPDATE audit_chains SET position = $2, mac = $3, kid = $4, seal = $5 WHERE organization_id = $1',
      [organizationId, before?.position, before?.mac, before?.kid, before?.seal],
    );
    expect((await verified()).findings).toEqual([]);
    expect((await verified([{ organizationId, position: head.position, mac: head.mac }])).findings).toEqual([
      { organizationId, position: 26, what: 'it was noted as the end, and is missing' },
    ]);
  });

  test('what is old is forgotten, and the rest is still whole', async () => {
    const { organizationId, api, listed, verified } = await chained();
    rest.advance(3 * 86_400_000);
    await api.post('/api/v1/sites').send({ name: 'Late' });
    await listed('', ([first]) => first?.outcome === 'done' && first.detail['name'] === 'Late');
    await rest.audit.retain(2);
    expect(await verified()).toMatchObject({ entries: 2, position: 26, findings: [] });
    expect((await api.get('/api/v1/audit/head')).body).toMatchObject({ position: 26, forgotten_until: 24 });
    await db.pool.query('UPDATE audit_chains SET gone_until = 25 WHERE organization_id = $1', [organizationId]);
    expect((await verified()).findings[0]?.position).toBe(0);
  });
});

describe('the log as a file', () => {
  /** As an auditor gets it: the lines, and what verifying says of whatever he was given. */
  async function exported(query = '') {
    const made = await chained();
    const answer = await made.api.get(`/api/v1/audit/export${query}`).buffer();
    expect(answer.headers['content-type']).toBe('application/jsonl; charset=utf-8');
    expect(answer.headers['content-disposition']).toBe('attachment; filename=audit.jsonl');
    const lines = answer.text.split('\n').slice(0, -1);
    const verify = (given: readonly string[], heads: Parameters<typeof verifyAll>[0]['heads'] = []) => {
      const file = join(folder, `${made.organizationId}.jsonl`);
      writeFileSync(file, given.map((line) => `${line}\n`).join(''));
      return verifyFile({ keys, heads }, file);
    };
    return { ...made, lines, verify };
  }
  const changed = (lines: readonly string[], at: number, from: string, to: string): string[] => {
    expect(lines[at]).toContain(from);
    return lines.map((line, i) => (i === at ? line.replace(from, to) : line));
  };

  test('is verified without the database, and contains a head that was noted', async () => {
    const { lines, verify, head } = await exported();
    expect(lines).toHaveLength(25);
    expect(await verify(lines, [head])).toMatchObject({ entries: 24, position: 24, findings: [], isPart: false });
    const noted = { ...head, mac: '00'.repeat(32) };
    expect((await verify(lines, [noted])).findings.map(({ what }) => what)).toEqual([
      'it is not the one that was noted',
    ]);
  });

  test('shows a changed, a missing, a repeated and an added line, and a cut-off end', async () => {
    const { lines, verify } = await exported();
    const positionsOf = async (given: readonly string[]) =>
      (await verify(given)).findings.map(({ position }) => position);
    expect(await positionsOf(changed(lines, 7, '"repeated":1', '"repeated":2'))).toEqual([7]);
    expect(await positionsOf(lines.toSpliced(7, 1))).toEqual([7]);
    expect(await positionsOf(lines.toSpliced(7, 0, lines[7] ?? ''))).toEqual([7]);
    expect(await positionsOf(lines.slice(0, 20))).toEqual([20]);
    expect(await positionsOf(changed(lines, 0, '"position":24', '"position":23').slice(0, 24))).toContain(0);
  });

  test('of a part shows that each line is genuine, and says that it is a part', async () => {
    const { lines, verify, api, organizationId } = await exported('?kind=called&operation=createSite');
    expect(lines).toHaveLength(25);
    expect(await verify(lines)).toMatchObject({ entries: 24, findings: [], isPart: true });
    expect(
      (await verify(changed(lines, 9, 'createSite', 'deleteSite'))).findings.map(({ position }) => position),
    ).toEqual([9]);
    expect(await verify(lines.toSpliced(9, 1))).toMatchObject({ entries: 23, findings: [], isPart: true });
    const whole = changed(lines, 0, '"filtered":true', '"filtered":false');
    expect((await verify(whole.toSpliced(9, 1))).findings.map(({ position }) => position)).toEqual([9]);
    const none = await api.get('/api/v1/audit/export?operation=login').buffer();
    expect(none.text.split('\n')).toHaveLength(2);
    const other = await customer();
    const foreign = await other.api.get('/api/v1/audit/export').buffer();
    expect(foreign.text).not.toContain(organizationId);
  });

  test('goes on after what was forgotten', async () => {
    const { api, listed, verify } = await exported();
    rest.advance(3 * 86_400_000);
    await api.post('/api/v1/sites').send({ name: 'Late' });
    await listed('', ([first]) => first?.outcome === 'done' && first.detail['name'] === 'Late');
    await rest.audit.retain(2);
    for (const query of ['', '?operation=createSite']) {
      const lines = (await api.get(`/api/v1/audit/export${query}`).buffer()).text.split('\n').slice(0, -1);
      expect(await verify(lines)).toMatchObject({ entries: 2, position: 26, findings: [], isPart: query !== '' });
    }
  });

  test.each([
    ['another file', ['{"hello":1}']],
    ['nothing', []],
    ['no JSON', ['{']],
  ])('%s is refused by name', async (_name, lines) => {
    const { verify } = await exported();
    await expect(verify(lines)).rejects.toThrow('line 1: this is no line of GET /api/v1/audit/export');
  });
});

/**
 * Every route × every credential that must not get through. Generated from the list of routes: a new route is covered by
 * itself, or fails the test when it reads a kind of resource that has no example here.
 */
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import jwt from 'jsonwebtoken';
import type { Response } from 'supertest';
import { Agent, request } from 'undici';
import type { z } from 'zod';
import { toSchema } from '../../src/http/kit/openapi.ts';
import type { AnyRoute } from '../../src/http/kit/route.ts';
import { newId } from '../../src/platform/ids.ts';
import { scopes as allScopes } from '../../src/platform/principal.ts';
import { insertSession, type Rest } from './rest.ts';

export const isProtected = (route: AnyRoute): boolean => route.access !== 'public';
export const nameOf = (route: AnyRoute): string => `${route.method.toUpperCase()} ${route.path}`;

/** A body that the route's schema takes, from its examples. */
export function bodyOf(route: AnyRoute): unknown {
  if (route.body === undefined) return undefined;
  return exampleOf(toSchema(route.body, 'input', new Map()), nameOf(route));
}

type Schema = z.core.JSONSchema.BaseSchema;

function exampleOf(schema: Schema, where: string): unknown {
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  if (schema.type === 'object') {
    const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
    return Object.fromEntries(wanted.map(([name, inner]) => [name, exampleOf(inner as Schema, `${where} ${name}`)]));
  }
  if (schema.type === 'integer') return Math.max(1, schema.minimum ?? 1);
  throw new Error(`${where}: give its schema an example, .meta({ examples: […] })`);
}

/** The path with ids of one organization's resources. */
export type Ids = Readonly<Record<string, string>>;
export function pathOf(route: AnyRoute, ids: Ids): string {
  const path = route.path.replace('{version}', '1').replace(/\/([a-z-]+)\/\{\w+\}/g, (_all, kind: string) => {
    // Of nobody: these are a browser's addresses, by which a provider would be asked.
    const id = kind === 'sso' ? 'org_01KAT3Z6Y8Q0000000000000YY' : ids[kind];
    if (id === undefined) throw new Error(`${nameOf(route)}: no example of ${kind} in test/support/rest-access.ts`);
    return `/${kind}/${id}`;
  });
  return `/api/v1${path}`;
}

/** Of the day before now, written to a folder of the test. */
async function exportFile(rest: Rest, scheduleId: string, organizationId: string): Promise<string> {
  const dueAt = new Date(Date.now() - 1000);
  await rest.db.prisma.exportSchedule.update({ where: { id: scheduleId }, data: { dueAt } });
  await rest.scheduledExports.write();
  return (await rest.db.prisma.exportFile.findFirstOrThrow({ where: { organizationId, scheduleId } })).id;
}

/** It has ended, and all is known that a receipt and a charge detail record say of it. */
async function billedSession(
  rest: Rest,
  of: { organizationId: string; chargePointId: string },
  created: (path: string, body: object) => Promise<string>,
  api: ReturnType<Rest['as']>,
): Promise<{ id: string }> {
  const { organizationId, chargePointId } = of;
  const siteId = await created('/sites', {
    ...{ name: 'Depot', address: 'Hafenstraße 12', city: 'Hamburg', country: 'DEU' },
    coordinates: { latitude: '53.543210', longitude: '9.987654' },
  });
  await api.patch('/api/v1/organization').send({ country_code: 'DE', party_id: 'DYN' });
  const hardware = { connector_standard: 'IEC_62196_T2', connector_format: 'SOCKET', power_type: 'AC_3_PHASE' };
  await api.patch(`/api/v1/charge-points/${chargePointId}`).send(hardware);
  const now = new Date();
  const session = await insertSession(rest.db, of, { status: 'ended', endedAt: now, siteId, isPriced: true });
  const total = { exclTax: '0.00', tax: '0.00', inclTax: '0.00' };
  await rest.db.prisma.sessionCost.create({
    data: {
      ...{ sessionId: session.id, organizationId, currency: 'EUR', timezone: 'UTC', tally: {}, isFinal: true },
      cost: { currency: 'EUR', pricesIncludeTax: true, total, lines: [], taxes: [] },
      ...{ totalExclTax: '0.00', totalTax: '0.00', totalInclTax: '0.00', createdAt: now, updatedAt: now },
    },
  });
  return session;
}

/** One of each kind of resource, of a new organization. */
export async function populate(rest: Rest): Promise<{ organizationId: string; key: string; person: string; ids: Ids }> {
  const organizationId = await rest.createOrganization();
  const { id: keyId, key } = await rest.keyOf(organizationId);
  const api = rest.as(key);
  const created = async (path: string, body: object): Promise<string> => {
    const answer = await api.post(`/api/v1${path}`).send(body);
    expect(answer.status).toBe(201);
    return answer.body.id;
  };
  const chargePointId = await created('/charge-points', { identity: `CP-${organizationId.slice(-12)}` });
  const siteId = await created('/sites', { name: 'Depot' });
  const sharing = { unit: 'A', cap: 100, meter: { stale_after_s: 15, fallback_cap: 20 } };
  expect((await api.put(`/api/v1/sites/${siteId}/load`).send(sharing)).status).toBe(200);
  const session = await billedSession(rest, { organizationId, chargePointId }, created, api);
  const receiptId = (await api.get(`/api/v1/sessions/${session.id}/receipt`)).body.id;
  const commandId = `cmd_${organizationId.slice(4)}`;
  await rest.db.prisma.command.create({
    data: {
      id: commandId,
      organizationId,
      chargePointId,
      action: 'Reset',
      payload: {},
      status: 'accepted',
      timeoutS: 30,
      requestedBy: 'system',
      createdAt: new Date(),
    },
  });
  const ofSession = { organizationId, chargePointId, sessionId: session.id };
  await rest.db.prisma.stationCost.create({
    data: { ...ofSession, seqNo: 1, tariffId: 'tar_1:1', isFinal: false, toldAt: new Date() },
  });
  await rest.db.prisma.sessionLimit.create({
    data: {
      ...{ ...ofSession, id: `slm_${organizationId.slice(4)}`, limit: { maxEnergyWh: 5000 }, source: 'operator' },
      ...{ setBy: 'system', setAt: new Date(), offered: 0, stops: 0, createdAt: new Date(), updatedAt: new Date() },
    },
  });
  const unknownTokenId = `utk_${organizationId.slice(4)}`;
  await rest.db.prisma.unknownToken.create({
    data: {
      id: unknownTokenId,
      organizationId,
      uid: 'STRANGER',
      uidKey: 'stranger',
      lastChargePointId: chargePointId,
      count: 1,
      firstSeenAt: new Date(),
      lastSeenAt: new Date(),
    },
  });
  const reservationId = `rsv_${organizationId.slice(4)}`;
  const inAnHour = new Date(Date.now() + 3_600_000);
  await rest.db.prisma.reservation.create({
    data: {
      id: reservationId,
      organizationId,
      chargePointId,
      ocppId: 7,
      connectorId: 1,
      tokenUid: 'TAG',
      status: 'active',
      expiresAt: inAnHour,
      dueAt: inAnHour,
      requestedBy: 'system',
      createdAt: new Date(),
      updatedAt: new Date(),
    },
  });
  const profileReportId = `cpr_${organizationId.slice(4)}`;
  await rest.db.prisma.chargingProfileReport.create({
    data: {
      id: profileReportId,
      organizationId,
      chargePointId,
      requestId: 1,
      status: 'complete',
      parts: { seen: [[0, 0]], last: 0, items: 0 },
      profiles: [],
      drift: [],
      requestedBy: 'system',
      createdAt: new Date(),
      updatedAt: new Date(),
    },
  });
  const derReportId = `drp_${organizationId.slice(4)}`;
  await rest.db.prisma.derReport.create({
    data: {
      id: derReportId,
      organizationId,
      chargePointId,
      requestId: 1,
      status: 'complete',
      parts: { seen: [[0, 0]], last: 0, items: 0 },
      controls: [],
      drift: [],
      requestedBy: 'system',
      createdAt: new Date(),
      updatedAt: new Date(),
    },
  });
  await rest.db.prisma.chargingProfile.create({
    data: {
      id: `chp_${organizationId.slice(4)}`,
      organizationId,
      chargePointId,
      commandId,
      profileId: 28,
      connectorId: 0,
      purpose: 'charge_point_max',
      stackLevel: 0,
      profile: {
        profileId: 28,
        connectorId: 0,
        purpose: 'charge_point_max',
        stackLevel: 0,
        kind: 'dynamic',
        schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }] },
      },
      status: 'active',
      requestedBy: 'system',
      createdAt: new Date(),
      updatedAt: new Date(),
    },
  });
  const eventId = newId('evt');
  await rest.db.prisma.domainEvent.create({
    data: {
      id: eventId,
      organizationId,
      type: 'charge_point.connected',
      chargePointId,
      occurredAt: new Date(),
      createdAt: new Date(),
      body: JSON.stringify({ id: eventId, event: 'charge_point.connected', timestamp: new Date(), data: {} }),
    },
  });
  const bulkId = `blk_${organizationId.slice(4)}`;
  await rest.db.prisma.commandBulk.create({
    data: {
      id: bulkId,
      organizationId,
      request: {},
      requestedBy: 'system',
      timeoutS: 30,
      matched: 0,
      createdAt: new Date(),
    },
  });
  const endpointId = await created('/webhooks/endpoints', { url: 'https://example.com/hook', events: ['*'] });
  const tested = await api.post(`/api/v1/webhooks/endpoints/${endpointId}/test`).send({});
  const recovering = await api
    .post(`/api/v1/webhooks/endpoints/${endpointId}/recover`)
    .send({ since: new Date(rest.clock.now().getTime() - 1000).toISOString(), kind: 'missed' });
  expect([tested.status, recovering.status]).toEqual([202, 202]);
  const changeId = `cfg_${organizationId.slice(4)}`;
  await rest.db.prisma.configurationChange.create({
    data: {
      id: changeId,
      organizationId,
      chargePointId,
      kind: 'change',
      status: 'completed',
      phase: 'done',
      items: [],
      reboot: 'never',
      requestedBy: 'system',
      createdAt: new Date(),
      expiresAt: new Date(),
      completedAt: new Date(),
    },
  });
  const reportId = `rpt_${organizationId.slice(4)}`;
  await rest.db.prisma.deviceReport.create({
    data: {
      id: reportId,
      organizationId,
      chargePointId,
      kind: 'variables',
      requestId: 1,
      commandId,
      base: 'full_inventory',
      status: 'completed',
      parts: { seen: [], last: null, items: 0 },
      requestedBy: 'system',
      createdAt: new Date(),
      expiresAt: new Date(),
    },
  });
  const customerReportId = `cin_${organizationId.slice(4)}`;
  await rest.db.prisma.customerReport.create({
    data: {
      id: customerReportId,
      organizationId,
      chargePointId,
      requestId: 1,
      commandId,
      report: true,
      clear: false,
      subject: 'token',
      requestedBy: 'system',
      status: 'failed',
      parts: {},
      createdAt: new Date(),
    },
  });
  const commissioningId = `com_${organizationId.slice(4)}`;
  await rest.db.prisma.commissioningRun.create({
    data: {
      id: commissioningId,
      organizationId,
      chargePointId,
      status: 'failed',
      phase: 'failed',
      skipTest: false,
      stepTimeoutS: 120,
      testToken: 'TEST',
      testTokenKey: 'test',
      steps: [],
      lifecycleBefore: 'registered',
      requestedBy: 'system',
      phaseAt: new Date(),
      createdAt: new Date(),
      deadlineAt: new Date(),
      completedAt: new Date(),
    },
  });
  const tariffId = await created('/tariffs', {
    name: 'Day',
    terms: { currency: 'EUR', prices_include_tax: true, components: [{ type: 'energy', price: '0.49' }] },
  });
  const handed = await created('/charge-points', { identity: `HO-${organizationId.slice(-12)}` });
  const scheduleId = await created('/exports/schedules', { name: 'All', kind: 'sessions', period: 'daily' });
  const exportFileId = await exportFile(rest, scheduleId, organizationId);
  const alertId = `alr_${organizationId.slice(4)}`;
  await rest.db.prisma.alert.create({
    data: {
      id: alertId,
      organizationId,
      chargePointId,
      ...{ rule: 'offline', evseId: 0, connectorId: 0, subject: '', status: 'triggered', severity: 'critical' },
      ...{ title: 'Charger offline', reason: 'Not connected', evidence: {}, holds: true, occurrences: 1, streak: 1 },
      ...{
        since: new Date(),
        lastAt: new Date(),
        createdAt: new Date(),
        triggeredAt: new Date(),
        updatedAt: new Date(),
      },
    },
  });
  const installer = await rest.userOf(organizationId, 'installer');
  const job = await api.put(`/api/v1/members/${installer.id}/jobs/${handed}`);
  expect(job.status).toBe(204);
  const provider = { issuer: 'https://127.0.0.1', clientId: 'dynamo', emailDomains: ['example.com'] };
  const times = { createdAt: new Date(), updatedAt: new Date() };
  const sealed = rest.keyRing.cipher('sso-secret').encrypt(Buffer.from('x'), `sso:${organizationId}`);
  const clientSecret = new Uint8Array(sealed);
  await rest.db.prisma.singleSignOn.create({
    data: { organizationId, ...provider, clientSecret, enforced: false, ...times },
  });
  const ids = {
    members: installer.id,
    jobs: handed,
    invitations: await created('/invitations', { email: 'ada@example.com', role: 'viewer', delivery: 'link' }),
    handovers: await created(`/charge-points/${handed}/handovers`, { mode: 'ownership_transfer' }),
    schedules: scheduleId,
    files: exportFileId,
    alerts: alertId,
    'alert-recipients': await created('/alert-recipients', { email: 'oncall@example.com' }),
    'maintenance-windows': await created('/maintenance-windows', {
      starts_at: '2026-11-23T22:00:00Z',
      ends_at: '2026-11-24T04:00:00Z',
    }),
    'device-reports': reportId,
    'customer-information': customerReportId,
    'commissioning-runs': commissioningId,
    'configuration-changes': changeId,
    'configuration-templates': await created('/configuration-templates', { name: 'All', values: { A: '1' } }),
    events: eventId,
    bulk: bulkId,
    'api-keys': keyId,
    sites: siteId,
    'charge-points': chargePointId,
    certificates: await insertCertificate(rest, { organizationId, chargePointId }),
    'charging-profile-reports': profileReportId,
    'der-control-reports': derReportId,
    'charging-profiles': `chp_${organizationId.slice(4)}`,
    uploads: await insertUpload(rest, { organizationId, chargePointId }),
    'firmware-images': await insertImage(rest, organizationId),
    'firmware-rollouts': await insertRollout(rest, organizationId),
    'firmware-updates': await insertUpdate(rest, { organizationId, chargePointId }),
    tokens: await created('/tokens', { uid: organizationId.slice(-12) }),
    'token-groups': await created('/token-groups', { name: 'Fleet' }),
    tariffs: tariffId,
    'tariff-assignments': await created('/tariff-assignments', { target: 'organization', tariff_id: tariffId }),
    'unknown-tokens': unknownTokenId,
    reservations: reservationId,
    sessions: session.id,
    receipts: receiptId,
    commands: commandId,
    endpoints: endpointId,
    deliveries: tested.body.id,
    recoveries: recovering.body.id,
  };
  const owner = await rest.userOf(organizationId, 'owner');
  const loginId = `lgn_${organizationId.slice(4)}`;
  const at = new Date();
  await rest.db.prisma.userLogin.create({
    data: {
      ...{ id: loginId, userId: owner.id, organizationId, address: '', createdAt: at, lastUsedAt: at },
      expiresAt: new Date(at.getTime() + 86_400_000),
    },
  });
  const person = rest.accessTokens.issue(owner.id);
  return { organizationId, key, person, ids: { ...ids, logins: loginId } };
}

/** A key, but for what is for persons alone. */
export const credentialFor = (route: AnyRoute, of: { readonly key: string; readonly person: string }): string =>
  route.path.startsWith('/users/me') ? of.person : of.key;

/** Thousands of requests: on connections that stay open, and without what supertest does for each. */
const lines = new Agent({ connections: 32, keepAliveTimeout: 1_000 });

export async function call(
  server: Server,
  route: AnyRoute,
  path: string,
  credential: string | undefined,
  body?: unknown,
): Promise<Pick<Response, 'status' | 'headers' | 'text' | 'body'>> {
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // as: it listens on a port
  const answer = await request(`http://127.0.0.1:${port}${path}`, {
    dispatcher: lines,
    method: route.method.toUpperCase() as Uppercase<AnyRoute['method']>,
    headers: {
      ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  // A stream that is let in has no end: what it tells is looked at in the tests of each.
  const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
  if (isStream) answer.body.on('error', () => undefined).destroy();
  const text = isStream ? '' : await answer.body.text();
  const isJson = /^application\/json(?:;|$)/.test(String(answer.headers['content-type'])); // and no lines of it
  const headers = Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)]));
  return { status: answer.statusCode, headers, text, body: isJson ? JSON.parse(text) : {} };
}

/** People of the organization who reach nothing of what is there: of a site that is empty, and an installer without a job. */
export async function outsiders(rest: Rest, organizationId: string, key: string) {
  const site = await rest.as(key).post('/api/v1/sites').send({ name: 'Empty' });
  const siteIds: string[] = [site.body.id];
  const person = async (role: 'admin' | 'installer', of: string[]): Promise<string> => {
    const { id } = await rest.userOf(organizationId, role, undefined, of);
    return rest.accessTokens.issue(id);
  };
  return {
    'an admin of another site': await person('admin', siteIds),
    'an installer without a job': await person('installer', []),
  };
}

/** Credentials that are none, by name. */
export async function badCredentials(rest: Rest, organizationId: string): Promise<Record<string, string | undefined>> {
  const revoked = await rest.keyOf(organizationId);
  const boss = rest.as((await rest.keyOf(organizationId)).key);
  await boss.delete(`/api/v1/api-keys/${revoked.id}`);
  const expired = await rest.keyOf(organizationId, allScopes, new Date(rest.clock.now().getTime() + 50));
  const good = (await rest.keyOf(organizationId)).key;
  const flipped = good.at(-8) === 'A' ? 'B' : 'A';
  const user = await rest.userOf(organizationId, 'owner');
  const disabled = await rest.userOf(organizationId, 'owner');
  const disabledToken = rest.accessTokens.issue(disabled.id);
  await rest.db.prisma.user.update({ where: { id: disabled.id }, data: { disabledAt: new Date() } });
  const token = rest.accessTokens.issue(user.id);
  const [head = '', claims = '', signature = ''] = token.split('.');
  const { kid, key } = rest.keyRing.jwtKeys().current;
  const named = { issuer: 'dynamo-csms', audience: 'dynamo-csms-api', subject: user.id, keyid: kid };
  const other = Buffer.from(JSON.stringify({ sub: disabled.id, iss: named.issuer, aud: named.audience }));
  return {
    'no credential': undefined,
    'an empty key': 'dyn_live_',
    'an unknown key': `dyn_live_${'x'.repeat(40)}`,
    'a key with another secret': `${good.slice(0, -8)}${flipped}${good.slice(-7)}`,
    'a revoked key': revoked.key,
    'an expired key': expired.key,
    'a token of a disabled user': disabledToken,
    'a token of an unknown user': rest.accessTokens.issue('usr_01KAT3Z6Y8Q0000000000000AA'),
    'a token with alg none': `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${claims}.`,
    'a token with another key id': jwt.sign({}, key, { ...named, keyid: 'other', expiresIn: 900 }),
    'a token with other claims': `${head}.${other.toString('base64url')}.${signature}`,
    'a token signed with another key': jwt.sign({}, 'another key of at least 256 bits, surely', {
      ...named,
      expiresIn: 900,
    }),
    'a token with another algorithm': jwt.sign({}, key, { ...named, algorithm: 'HS512', expiresIn: 900 }),
    'a token of another issuer': jwt.sign({}, key, { ...named, issuer: 'somebody', expiresIn: 900 }),
    'a token for another audience': jwt.sign({}, key, { ...named, audience: 'somebody', expiresIn: 900 }),
    'an expired token': jwt.sign({ iat: 1_600_000_000, exp: 1_600_000_900 }, key, named),
    'a token that lives too long': jwt.sign({ iat: Math.floor(Date.now() / 1000) - 3600 }, key, {
      ...named,
      expiresIn: 90_000,
    }),
  };
}

async function insertUpload(
  { db, uploadsDir }: Rest,
  of: { organizationId: string; chargePointId: string },
): Promise<string> {
  const id = `upl_${of.organizationId.slice(4)}`;
  const storedAs = `${id}.0123456789abcdef`;
  await mkdir(uploadsDir, { recursive: true });
  await writeFile(join(uploadsDir, storedAs), 'log');
  await db.prisma.upload.create({
    data: {
      ...of,
      id,
      kind: 'diagnostics',
      status: 'uploaded',
      storedAs,
      sizeBytes: 3,
      requestId: 1,
      commandId: `cmd_${of.organizationId.slice(4)}`,
      expiresAt: new Date(),
      requestedBy: 'system',
      createdAt: new Date(),
    },
  });
  return id;
}

async function insertCertificate({ db }: Rest, of: { organizationId: string; chargePointId: string }): Promise<string> {
  const id = `crt_${of.organizationId.slice(4)}`;
  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' };
  await db.prisma.installedCertificate.create({ data: { ...of, ...hash, id, type: 'central_system_root' } });
  return id;
}

async function insertImage({ db, imagesDir }: Rest, organizationId: string): Promise<string> {
  const id = `fwi_${organizationId.slice(4)}`;
  const storedAs = `${id}.0123456789abcdef`;
  await mkdir(imagesDir, { recursive: true });
  await writeFile(join(imagesDir, storedAs), 'firmware');
  const [at, file] = [new Date(), { sizeBytes: 8, sha256: 'ab', storedAs }];
  const born = { createdBy: 'system', createdAt: at, updatedAt: at };
  await db.prisma.firmwareImage.create({
    data: { id, organizationId, version: '2.0', source: 'upload', ...file, ...born },
  });
  return id;
}

async function insertUpdate({ db }: Rest, of: { organizationId: string; chargePointId: string }): Promise<string> {
  const id = `fwu_${of.organizationId.slice(4)}`;
  const at = new Date();
  const asked = { maxAttempts: 3, retryDelayS: 300, stageTimeoutS: 3600, waitUntilIdle: true, signed: false };
  const told = { imageId: `fwi_${of.organizationId.slice(4)}`, targetVersion: '2.0', status: 'installed', attempts: 1 };
  const times = { expiresAt: at, endedAt: at, createdAt: at, updatedAt: at };
  await db.prisma.firmwareUpdate.create({ data: { ...of, ...asked, ...told, ...times, id, requestedBy: 'system' } });
  return id;
}

async function insertRollout({ db }: Rest, organizationId: string): Promise<string> {
  const id = `rol_${organizationId.slice(4)}`;
  const at = new Date();
  const options = { retrieveAt: null, installAt: null };
  const of = { imageId: `fwi_${organizationId.slice(4)}`, targetVersion: '2.0', signed: false, name: 'All' };
  const how = { strategy: 'canary', stageSizes: [], maxFailedPercent: 10, filter: {}, options, status: 'completed' };
  await db.prisma.firmwareRollout.create({
    data: { ...of, ...how, id, organizationId, requestedBy: 'system', createdAt: at, endedAt: at, updatedAt: at },
  });
  return id;
}

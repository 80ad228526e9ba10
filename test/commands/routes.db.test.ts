import { beforeEach, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { checkedCall, commandHistoryRoutes, commandRoutes, commandSchemaRoutes } from '../../src/commands/index.ts';
import { isTransient } from '../../src/database/index.ts';
import { createHttpApp, createStreams } from '../../src/http/index.ts';
import { createCallSchemas } from '../../src/ocpp/call-schemas.ts';
import { AppError } from '../../src/platform/errors.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Scope } from '../../src/platform/principal.ts';
import { createCheckProfile, profileReads, startRoutes } from '../../src/smart-charging/index.ts';
import { createDescribeToken } from '../../src/tokens/index.ts';
import { testDatabase } from '../support/db.ts';
import { noAudit } from '../support/no-audit.ts';
import { quiet } from '../support/quiet-log.ts';
import { until } from '../support/until.ts';
import { createWorld } from '../support/world.ts';
import { commandWorld } from './world.ts';

const db = await testDatabase();
const { issue, reads, calls, connect, ingest, clock } = commandWorld(db);
const yes = { outcome: 'result', payload: { status: 'Accepted' }, accepted: true } as const;

/** The credential names the organization and, after a slash, the scope. */
const app = createHttpApp({
  routes: [
    ...startRoutes({
      issue,
      check: createCheckProfile({ reads: profileReads(db), settingsOf: async () => [] }),
      describeToken: createDescribeToken(db),
      clock,
      newId,
    }),
    ...commandRoutes({ reads, issue, calls }),
    ...commandSchemaRoutes({ reads, calls, schemaOf: createCallSchemas() }),
    ...commandHistoryRoutes({ reads, submit: ingest.submit, clock }),
  ],
  authenticate: (credential) => {
    const [organizationId = '', scope = 'write:commands'] = credential.split('/');
    if (organizationId === '') throw new AppError('unauthorized', 'no');
    return Promise.resolve({ kind: 'api_key', id: 'key_1', organizationId, scopes: new Set([scope as Scope]) });
  },
  idempotency: { once: async (_request, work) => ({ ...(await work()), replayed: false }) },
  streams: createStreams({ log: quiet }),
  audit: noAudit,
  readiness: () => Promise.resolve({ ready: true, checks: {} }),
  isTransient,
  log: quiet,
  version: '0.0.0',
});

let organizationId: string;
let id: string;
let identity: string;
beforeEach(async () => {
  const world = await createWorld(db, { tokens: [{ uid: 'TAG', maxConcurrent: null }] });
  organizationId = world.organizationId;
  id = world.chargePoints[0]?.id ?? '';
  identity = world.chargePoints[0]?.identity ?? '';
});

const post = (path: string, body: object = {}, credential = organizationId) =>
  request(app).post(`/api/v1${path}`).set('Authorization', `Bearer ${credential}`).send(body);
const get = (path: string, credential = organizationId) =>
  request(app).get(`/api/v1${path}`).set('Authorization', `Bearer ${credential}`);
const here = (rest = '') => `/charge-points/${id}${rest}`;

describe('POST /charge-points/{id}/commands', () => {
  test('answers 202 with the queued command, which can be read until its outcome', async () => {
    const charger = await connect(id);
    const created = await post(here('/commands'), { action: 'Reset', payload: { type: 'Soft' }, timeout_s: 10 });
    expect(created.status).toBe(202);
    expect(created.body).toEqual({
      id: expect.stringMatching(/^cmd_[0-9A-Z]{26}$/),
      charge_point_id: id,
      action: 'Reset',
      payload: { type: 'Soft' },
      status: 'queued',
      timeout_s: 10,
      unchecked: false,
      requested_by: 'key_1',
      created_at: expect.stringMatching(/Z$/),
      expires_at: null,
      sent_at: null,
      completed_at: null,
      result: null,
      error: null,
      late: false,
      session_id: null,
      trace_id: created.headers['x-trace-id'],
    });
    await charger.next();
    await charger.answer(created.body.id, yes);
    const read = await get(`/commands/${created.body.id}`);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({ status: 'accepted', result: { status: 'Accepted' } });
  });

  test('with wait=true answers with the outcome as soon as it is there', async () => {
    const charger = await connect(id);
    const asked = post(here('/commands?wait=true'), { action: 'Reset', payload: { type: 'Soft' } });
    const [answer] = await Promise.all([
      asked.then((response) => response),
      until('the command to go out', charger.next).then((command) => charger.answer(command.commandId, yes)),
    ]);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ status: 'accepted', result: { status: 'Accepted' } });
  });

  test('of an offline charge point is a conflict that says what to do', async () => {
    const refused = await post(here('/commands'), { action: 'Reset', payload: { type: 'Soft' } });
    expect(refused.status).toBe(409);
    expect(refused.body.error).toMatchObject({
      code: 'charge_point_offline',
      message: `Charge point ${identity} is offline; send the command again when it is connected, or with queue=true to let it wait`,
    });
  });

  test('of an unknown action lists what there is', async () => {
    await connect(id);
    const refused = await post(here('/commands'), { action: 'SelfDestruct' });
    expect(refused.status).toBe(400);
    expect(refused.body.error.details).toEqual([
      {
        field: 'action',
        message:
          'is not an action of ocpp1.6 that can be sent; there are CancelReservation, CertificateSigned, ' +
          'ChangeAvailability, ChangeConfiguration, ClearCache, ClearChargingProfile, DataTransfer, DeleteCertificate, ' +
          'ExtendedTriggerMessage, GetCompositeSchedule, GetConfiguration, GetDiagnostics, GetInstalledCertificateIds, ' +
          'GetLocalListVersion, GetLog, InstallCertificate, RemoteStartTransaction, RemoteStopTransaction, ReserveNow, ' +
          'Reset, SendLocalList, SetChargingProfile, SignedUpdateFirmware, TriggerMessage, UnlockConnector, UpdateFirmware',
      },
    ]);
  });

  test('with a payload that breaks its schema is refused by field, and goes out with validate=false', async () => {
    const charger = await connect(id);
    const refused = await post(here('/commands'), { action: 'Reset', payload: { type: 'Lukewarm' } });
    expect(refused.status).toBe(400);
    expect(refused.body.error.details).toMatchObject([{ field: 'payload.type' }]);
    expect(await charger.next()).toBeNull();
    const sent = await post(here('/commands?validate=false'), { action: 'Reset', payload: { type: 'Lukewarm' } });
    expect(sent.status).toBe(202);
    expect(sent.body.unchecked).toBe(true);
    expect(await charger.next()).toMatchObject({ payload: { type: 'Lukewarm' }, unchecked: true });
  });

  test('never sets the key of the charger', async () => {
    await connect(id);
    const payload = { key: 'AuthorizationKey', value: '00' };
    for (const query of ['', '?validate=false']) {
      const refused = await post(here(`/commands${query}`), { action: 'ChangeConfiguration', payload });
      expect(refused.status).toBe(400);
      expect(refused.body.error.message).toContain('rotate the key');
    }
  });

  test.each([
    ['queue=1', 'queue'],
    ['expires_in_s=600', 'expires_in_s'],
    ['queue=false&expires_in_s=600', 'expires_in_s'],
    ['queue=true&expires_in_s=59', 'expires_in_s'],
    ['queue=true&expires_in_s=2592001', 'expires_in_s'],
    ['wait=yes', 'wait'],
  ])('with the parameter %s is refused', async (query, field) => {
    const refused = await post(here(`/commands?${query}`), { action: 'Reset', payload: { type: 'Soft' } });
    expect(refused.status).toBe(400);
    expect(refused.body.error.details).toMatchObject([{ field }]);
  });

  test.each([
    [{ action: 'Reset', timeout_s: 0 }, 'timeout_s'],
    [{ action: 'Reset', timeout_s: 601 }, 'timeout_s'],
    [{ action: 'Reset', payload: [] }, 'payload'],
    [{ action: 'Reset', extra: 1 }, 'extra'],
    [{}, 'action'],
  ])('with the body %j is refused', async (body, field) => {
    const refused = await post(here('/commands'), body);
    expect(refused.status).toBe(400);
    expect(refused.body.error.details).toMatchObject([{ field }]);
  });

  test('and all the others look like unknown to another organization, and need the scope', async () => {
    await connect(id);
    const { body } = await post(here('/commands'), { action: 'Reset', payload: { type: 'Soft' } });
    const other = 'org_other';
    const bodies: [string, object][] = [
      [here('/commands'), { action: 'Reset', payload: { type: 'Soft' } }],
      [here('/start'), { token: 'TAG' }],
      [here('/stop'), {}],
      [here('/reset'), {}],
      [here('/unlock'), { connector_id: 1 }],
      [here('/trigger'), { message: 'boot' }],
      [`/commands/${body.id}/cancel`, {}],
    ];
    for (const [path, sent] of bodies) {
      expect((await post(path, sent, other)).status).toBe(404);
      expect((await post(path, sent, `${organizationId}/read:sessions`)).status).toBe(403);
    }
    for (const path of [`/commands/${body.id}`, here('/commands')]) {
      expect((await get(path, other)).status).toBe(404);
      expect((await get(path, `${organizationId}/read:sessions`)).status).toBe(403);
      expect((await get(path)).status).toBe(200);
    }
  });
});

test('what a charge point may be sent is told with schemas and examples, once its version is known', async () => {
  const path = `/charge-points/${id}/command-schemas`;
  expect((await get(path)).body).toEqual({ protocol: null, actions: [], schema: null, example: null });
  expect((await get(`${path}?action=Reset`)).body.error.message).toContain('has never connected');
  await connect(id);
  const { body } = await get(`${path}?action=ReserveNow`);
  expect(body).toMatchObject({ protocol: 'ocpp1.6', schema: { type: 'object', additionalProperties: false } });
  expect(body.schema.required).toEqual(['connectorId', 'expiryDate', 'idTag', 'reservationId']);
  expect(Object.keys(body.schema.properties)).toEqual(expect.arrayContaining(Object.keys(body.example)));
  // every one that is offered can be filled in
  for (const action of body.actions) expect((await get(`${path}?action=${action}`)).body.schema.type).toBe('object');
  const unknown = await get(`${path}?action=SelfDestruct`);
  expect([unknown.status, unknown.body.error.message]).toEqual([
    404,
    `Charge point ${identity} speaks ocpp1.6, which has no SelfDestruct to be sent`,
  ]);
  expect((await get(path, 'org_other')).status).toBe(404);
  expect((await get(path, `${organizationId}/read:charge_points`)).status).toBe(403);
});

test('commands are listed newest first, by page, status and action', async () => {
  const charger = await connect(id);
  const made: string[] = [];
  for (const type of ['Soft', 'Hard', 'Soft']) {
    made.push((await post(here('/commands'), { action: 'Reset', payload: { type } })).body.id);
  }
  made.push((await post(here('/commands'), { action: 'GetConfiguration' })).body.id);
  await charger.next();
  await charger.answer(made[0] ?? '', yes);
  const ids = (body: { data: { id: string }[] }) => body.data.map((command) => command.id);
  const first = await get(here('/commands?limit=3'));
  expect(ids(first.body)).toEqual([made[3], made[2], made[1]]);
  const second = await get(here(`/commands?limit=3&cursor=${first.body.next_cursor}`));
  expect(ids(second.body)).toEqual([made[0]]);
  expect(second.body.next_cursor).toBeNull();
  expect(ids((await get(here('/commands?status=accepted,failed'))).body)).toEqual([made[0]]);
  expect(ids((await get(here('/commands?action=GetConfiguration'))).body)).toEqual([made[3]]);
  expect((await get(here('/commands?status=lost'))).status).toBe(400);
});

test('commands of the whole organization are listed by who asked, when, and where', async () => {
  const charger = await connect(id);
  const made: string[] = [];
  for (const type of ['Soft', 'Hard']) {
    made.push((await post(here('/commands'), { action: 'Reset', payload: { type } })).body.id);
  }
  await charger.next();
  const ids = (body: { data: { id: string }[] }) => body.data.map((command) => command.id);
  const all = await get('/commands?limit=1');
  expect(ids(all.body)).toEqual([made[1]]);
  expect(ids((await get(`/commands?cursor=${all.body.next_cursor}`)).body)).toEqual([made[0]]);
  expect(ids((await get('/commands?status=sent')).body)).toEqual([made[0]]);
  expect(ids((await get('/commands?requested_by=key_1')).body)).toHaveLength(2);
  expect(ids((await get('/commands?requested_by=key_2')).body)).toEqual([]);
  expect(ids((await get(`/commands?charge_point_id=${id}`)).body)).toHaveLength(2);
  const at = new Date((await get(`/commands/${made[1]}`)).body.created_at);
  const [before, behind] = [at.toISOString(), new Date(at.getTime() + 1).toISOString()];
  expect(ids((await get(`/commands?from=${before}`)).body)).toContain(made[1]);
  expect(ids((await get(`/commands?from=${behind}`)).body)).toEqual([]);
  expect(ids((await get(here(`/commands?to=${behind}`))).body)).toEqual([made[1], made[0]]);
  expect(ids((await get(here(`/commands?to=${before}`))).body)).not.toContain(made[1]);
  expect((await get('/commands', 'org_other')).body.data).toEqual([]);
  expect((await get('/commands?from=yesterday')).status).toBe(400);
});

describe('with queue=true', () => {
  test('the command of an offline charge point waits, and goes out when that connects', async () => {
    const before = await connect(id);
    await before.disconnect();
    const asked = await post(here('/reset?queue=true&expires_in_s=3600'), { type: 'soft' });
    expect(asked.status).toBe(202);
    expect(asked.body.status).toBe('queued');
    expect(Date.parse(asked.body.expires_at) - Date.parse(asked.body.created_at)).toBeCloseTo(3_600_000, -3);
    const charger = await connect(id);
    expect(await charger.next()).toMatchObject({ commandId: asked.body.id });
    await charger.answer(asked.body.id, yes);
    expect((await get(`/commands/${asked.body.id}`)).body.status).toBe('accepted');
  });

  test('it waits for a day unless told otherwise', async () => {
    await connect(id);
    const { body } = await post(here('/commands?queue=true'), { action: 'Reset', payload: { type: 'Soft' } });
    // the one is reckoned as it comes, the other as it is queued
    const hours = (Date.parse(body.expires_at) - Date.parse(body.created_at)) / 3_600_000;
    expect(Math.round(hours)).toBe(24);
  });

  test('a charge point that was never connected is a conflict: nobody knows its version', async () => {
    const refused = await post(here('/reset?queue=true'));
    expect(refused.status).toBe(409);
    expect(refused.body.error.message).toContain('has never been connected');
  });
});

describe('POST /commands/{id}/cancel', () => {
  test('calls a queued command off; once it has ended, that is a conflict', async () => {
    const charger = await connect(id);
    const { body } = await post(here('/reset'));
    const cancelled = await post(`/commands/${body.id}/cancel`);
    expect(cancelled.status).toBe(200);
    expect(cancelled.body).toMatchObject({ id: body.id, status: 'cancelled', error: null });
    expect(await charger.next()).toBeNull();
    const again = await post(`/commands/${body.id}/cancel`);
    expect([again.status, again.body.error.message]).toEqual([409, 'The command has ended already: it is cancelled']);
  });

  test('abandons one that was sent, and its answer is still recorded', async () => {
    const charger = await connect(id);
    const { body } = await post(here('/reset'));
    await charger.next();
    const cancelled = await post(`/commands/${body.id}/cancel`);
    expect(cancelled.body).toMatchObject({ status: 'cancelled', error: { code: 'abandoned' }, result: null });
    await charger.answer(body.id, yes);
    expect((await get(`/commands/${body.id}`)).body).toMatchObject({
      status: 'cancelled',
      late: true,
      result: { status: 'Accepted' },
    });
  });
});

describe('the friendly routes', () => {
  test.each([
    ['/start', { token: ' TAG ', connector_id: 2 }, 'RemoteStartTransaction', { idTag: 'TAG', connectorId: 2 }],
    ['/start', { token: 'TAG' }, 'RemoteStartTransaction', { idTag: 'TAG' }],
    ['/reset', {}, 'Reset', { type: 'Soft' }],
    ['/reset', { type: 'hard' }, 'Reset', { type: 'Hard' }],
    ['/unlock', { connector_id: 1 }, 'UnlockConnector', { connectorId: 1 }],
    ['/trigger', { message: 'status' }, 'TriggerMessage', { requestedMessage: 'StatusNotification' }],
  ])('%s %j', async (path, body, action, payload) => {
    await connect(id);
    const answer = await post(here(path), body);
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({ status: 'queued', action, payload });
  });

  test('a token that OCPP 1.6 cannot carry is refused', async () => {
    await connect(id);
    const refused = await post(here('/start'), { token: 'x'.repeat(21) });
    expect(refused.status).toBe(400);
    const message = `has 21 characters; charge point ${identity} speaks ocpp1.6, which takes 20`;
    expect(refused.body.error).toMatchObject({
      message: `The token ${message}`,
      details: [{ field: 'token', message }],
    });
  });

  test.each([
    ['ocpp1.6', 20],
    ['ocpp2.0.1', 36],
    ['ocpp2.1', 255],
  ] as const)('a token is as long as %s can carry: %i characters', (protocol, longest) => {
    const any = { ...calls, actions: () => ['Any'], validate: () => [], refuse: () => undefined };
    const said = (uid: string) => () =>
      [
        { do: 'request_battery_swap', requestId: 1, tokenUid: uid, tokenType: undefined } as const,
        {
          ...({ do: 'customer_information', requestId: 1, report: true, clear: false } as const),
          subject: { by: 'token', uid, kind: undefined } as const,
        },
      ].map((command) =>
        checkedCall({ ...any, translate: () => ({ action: 'Any', payload: {} }) }, { identity }, protocol, { command }),
      );
    expect(said('x'.repeat(longest))).not.toThrow();
    expect(said('x'.repeat(longest + 1))).toThrow(`has ${longest + 1} characters`);
  });

  describe('/stop', () => {
    test('asks for the one session that is running', async () => {
      const charger = await connect(id);
      const { transactionId } = await charger.start('TAG');
      const answer = await post(here('/stop'));
      expect(answer.body).toMatchObject({ action: 'RemoteStopTransaction', payload: { transactionId } });
    });

    test('names the session by id or by its connector when there are several', async () => {
      const charger = await connect(id);
      const one = await charger.start('TAG', 1);
      const two = await charger.start('TAG', 2);
      const unclear = await post(here('/stop'));
      expect(unclear.status).toBe(409);
      expect(unclear.body.error.message).toContain(one.sessionId);
      expect((await post(here('/stop'), { connector_id: 2 })).body.payload).toEqual({
        transactionId: two.transactionId,
      });
      expect((await post(here('/stop'), { session_id: one.sessionId })).body.payload).toEqual({
        transactionId: one.transactionId,
      });
      expect((await post(here('/stop'), { session_id: one.sessionId, connector_id: 2 })).status).toBe(409);
    });

    test('of nothing is a conflict, of an unknown session not found, of an ended one a conflict', async () => {
      const charger = await connect(id);
      expect((await post(here('/stop'))).status).toBe(409);
      expect((await post(here('/stop'), { session_id: 'ses_01KAT3Z6Y8Q0000000000000AA' })).status).toBe(404);
      const { sessionId } = await charger.start('TAG');
      await db.prisma.session.update({ where: { id: sessionId }, data: { endedAt: new Date(), status: 'ended' } });
      const late = await post(here('/stop'), { session_id: sessionId });
      expect([late.status, late.body.error.message]).toEqual([409, 'This session has already ended']);
    });

    test('of an offline charge point says so', async () => {
      const charger = await connect(id);
      await charger.start('TAG');
      await charger.disconnect();
      expect((await post(here('/stop'))).body.error.code).toBe('charge_point_offline');
    });
  });
});

/** Charger, REST and webhook receiver together: from the plug to a signed delivery, and back from REST to the charger. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { EmittedType } from '../../src/events/index.ts';
import { acceleratedClock, type Charger, createCharger, seededRandom } from '../../src/simulator/index.ts';
import { createLogger } from '../../src/telemetry/index.ts';
import { startApp } from '../support/app.ts';
import { allReads, allRows, found, type Place, plantOfPersons, plantOfSso, tokensIn } from '../support/canaries.ts';
import { documentedMetrics, metricsOf } from '../support/metrics.ts';
import { promisedBy } from '../support/sent-events.ts';
import { until } from '../support/until.ts';
import { testCertificate } from '../webhooks/support/certificate.ts';
import { startReceiver } from '../webhooks/support/receiver.ts';

const certificate = await testCertificate([], ['127.0.0.1']);
const logged: string[] = [];
const smtpPassword = `smtp-canary-${randomBytes(12).toString('hex')}`;
const app = await startApp({
  webhookCa: certificate.caPem,
  certificateSigner: { kind: 'dev-ca' },
  mail: {
    ...{ host: '127.0.0.1', port: 9, security: 'none', user: 'dynamo', password: smtpPassword },
    ...{ caPem: undefined, from: 'csms@example.org' },
  },
  log: createLogger({ level: 'debug', out: { write: (line) => void logged.push(line) } }),
});
const receiver = await startReceiver(certificate);
const secret = `whsec_${Buffer.from('a secret of exactly 32 bytes....').toString('base64')}`;
const endpoint = await app.api<{ id: string }>('POST', '/webhooks/endpoints', {
  url: `https://127.0.0.1:${receiver.port}/hooks`,
  events: ['*'],
  secret,
});
await app.api('POST', '/tokens', { uid: 'TAG1' });
const chargers: Charger[] = [];
afterEach(async () => {
  await Promise.all(chargers.splice(0).map((charger) => charger.close()));
});
afterAll(async () => {
  await app.stop();
  await receiver.close();
});

type Sent = { id: string; event: EmittedType; timestamp: string; data: Record<string, unknown> };
const deliveredTo = (identity: string): Sent[] =>
  receiver.received
    .map(({ body }) => JSON.parse(body) as Sent)
    .filter(({ data }) => data['charge_point_identity'] === identity);
const typesOf = (identity: string): string[] =>
  deliveredTo(identity)
    .sort((a, b) => Number(a.data['sequence']) - Number(b.data['sequence']))
    .map(({ event }) => event);

async function connected(speed = 200): Promise<{ charger: Charger; id: string; identity: string }> {
  const { id, identity, key } = await app.chargePoint();
  const charger = createCharger({
    url: app.ocppUrl,
    identity,
    password: key,
    connectors: 2,
    clock: acceleratedClock(speed),
    random: seededRandom(3),
    behaviour: { reconnect: { minMs: 10, maxMs: 50 } },
  });
  chargers.push(charger);
  charger.start();
  await charger.whenBooted();
  return { charger, id, identity };
}
type Session = {
  id: string;
  status: string;
  energy_wh: number;
  transaction_id: number;
  command_id: string | null;
  stop_reason: string | null;
};
const sessionsOf = async (id: string): Promise<Session[]> =>
  (await app.api<{ data: Session[] }>('GET', `/sessions?charge_point_id=${id}`)).body.data;

describe.each(['ocpp1.6'])('%s', () => {
  test('a driver plugs in, charges and leaves; every event reaches the receiver, signed, once and in the shape of its schema', async () => {
    const { charger, id, identity } = await connected();
    const { outcome } = await charger.charge({ token: 'TAG1', connectorId: 1, energyWh: 500 });
    expect(outcome).toBe('charged');
    const session = await until('the session has ended', async () =>
      (await sessionsOf(id)).find(({ status }) => status === 'ended'),
    );
    expect(session.energy_wh).toBeGreaterThanOrEqual(500);
    const samples = await app.api<{ data: { energy_wh: number; power_w: number }[] }>(
      'GET',
      `/sessions/${session.id}/meter-values`,
    );
    expect(samples.body.data.length).toBeGreaterThan(0);
    await until(
      'all is delivered',
      () =>
        typesOf(identity).includes('session.ended') &&
        typesOf(identity).at(-1) === 'charge_point.status_changed' &&
        deliveredTo(identity).at(-1)?.data['status'] !== 'finishing',
    );

    const types = typesOf(identity);
    expect(types[0]).toBe('charge_point.connected');
    expect(types.filter((type) => type === 'session.started')).toHaveLength(1);
    expect(types.filter((type) => type === 'session.ended')).toHaveLength(1);
    expect(types.indexOf('session.started')).toBeLessThan(types.indexOf('session.ended'));
    for (const { headers, body } of receiver.received) {
      expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
    }
    const ids = receiver.received.map(({ body }) => (JSON.parse(body) as Sent).id);
    expect(new Set(ids).size).toBe(ids.length);
    const deliveries = await app.api<{ data: { status: string; response_status: number; attempts: number }[] }>(
      'GET',
      `/webhooks/endpoints/${endpoint.body.id}/deliveries?status=succeeded`,
    );
    expect(deliveries.body.data[0]).toMatchObject({ status: 'succeeded', response_status: 200, attempts: 1 });
  });

  test('an operator starts and stops a session at the charger, and the session names the command', async () => {
    const { charger, id, identity } = await connected();
    const start = await app.api<{ id: string; status: string }>('POST', `/charge-points/${id}/start?wait=true`, {
      connector_id: 1,
      token: 'TAG1',
    });
    expect(start).toMatchObject({ status: 202, body: { status: 'accepted' } });
    const session = await until('the session runs', async () =>
      (await sessionsOf(id)).find(({ status }) => status === 'active'),
    );
    expect(session.command_id).toBe(start.body.id);
    const command = await app.api('GET', `/commands/${start.body.id}`);
    expect(command.body).toMatchObject({ status: 'accepted', session_id: session.id });
    await until('it is told', () =>
      deliveredTo(identity).some(
        ({ event, data }) => event === 'session.started' && data['command_id'] === start.body.id,
      ),
    );
    const stop = await app.api('POST', `/sessions/${session.id}/stop?wait=true`);
    expect(stop).toMatchObject({ status: 202, body: { status: 'accepted' } });
    await until('the session has ended', async () =>
      (await sessionsOf(id)).find(({ status, stop_reason }) => status === 'ended' && stop_reason === 'Remote'),
    );
    expect(charger.isOnline()).toBe(true);
  });

  test('a raw command reaches the charger and its answer comes back; a wrong one is refused with the field', async () => {
    const { id } = await connected();
    const got = await app.api('POST', `/charge-points/${id}/commands?wait=true`, {
      action: 'GetConfiguration',
      payload: { key: ['HeartbeatInterval'] },
    });
    expect(got.body).toMatchObject({
      status: 'accepted',
      result: { configurationKey: [{ key: 'HeartbeatInterval' }] },
    });
    const wrong = await app.api<{ error: { details: { field: string }[] } }>('POST', `/charge-points/${id}/commands`, {
      action: 'Reset',
      payload: { type: 'Sideways' },
    });
    expect(wrong.status).toBe(400);
    expect(wrong.body.error.details[0]?.field).toContain('type');
    const offline = await app.chargePoint();
    const refused = await app.api('POST', `/charge-points/${offline.id}/reset`, { type: 'soft' });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'charge_point_offline' } } });
  });

  test('T1, T3: a charger that reconnects while its old line is half open is not told to have gone', async () => {
    const { charger, id, identity } = await connected();
    charger.abandonLine(20_000); // far longer than the new line takes, on any machine
    await until(
      'the second connection is there',
      async () =>
        Number(
          (await app.db.prisma.chargePointState.findUniqueOrThrow({ where: { chargePointId: id } })).generation,
        ) === 2,
    );
    await charger.whenBooted();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await app.api('GET', `/charge-points/${id}`)).body).toMatchObject({ connected: true });
    expect(typesOf(identity).filter((type) => type === 'charge_point.disconnected')).toEqual([]);
  });

  test('sessions charged offline arrive in order, are marked as historical, and are neither lost nor doubled', async () => {
    const { charger, id, identity } = await connected();
    charger.goOffline('abruptly');
    charger.rememberSessions(5);
    charger.goOnline();
    await charger.drained();
    const sessions = await sessionsOf(id);
    expect(sessions.map(({ status }) => status)).toEqual(Array(5).fill('ended'));
    await until(
      'all is delivered',
      () => deliveredTo(identity).filter(({ event }) => event === 'session.ended').length === 5,
    );
    const historical = deliveredTo(identity).filter(({ event }) => event.startsWith('session.'));
    expect(historical.every(({ data }) => data['historical'] === true)).toBe(true);
    const sequences = deliveredTo(identity)
      .map(({ data }) => Number(data['sequence']))
      .sort((a, b) => a - b);
    expect(sequences).toEqual(sequences.map((_, i) => i + 1));
  });
});

test('every event of all these journeys is what its schema and the OpenAPI document promise', async () => {
  const faultsOf = await promisedBy(app.url);
  expect(receiver.received.length).toBeGreaterThan(20);
  expect(receiver.received.flatMap(faultsOf)).toEqual([]);
});

describe('a trace', () => {
  type Frame = { direction: string; action: string; message_type: number; trace_id: string };
  type Event = { id: string; event: string; trace_id: string };
  const framesOf = async (id: string, trace: string) =>
    (await app.api<{ data: Frame[] }>('GET', `/charge-points/${id}/frames?trace_id=${trace}`)).body.data;
  const eventsOf = async (query: string) =>
    (await app.api<{ data: Event[] }>('GET', `/webhooks/events?${query}`)).body.data;
  const some = async <T>(count: number, list: Promise<T[]>): Promise<T[] | undefined> => {
    const found = await list;
    return found.length >= count ? found : undefined;
  };
  const linesOf = (trace: string): string[] =>
    logged
      .filter((line) => line.includes(trace))
      .map((line) => String((JSON.parse(line) as { message: string }).message));

  test('leads from a frame to its events and on to each attempt, over REST, in the log and at the receiver', async () => {
    const { charger, id } = await connected();
    await charger.charge({ token: 'TAG1', connectorId: 1, energyWh: 100 });
    const [started] = await until('the log has it', () =>
      some(1, eventsOf(`charge_point_id=${id}&type=session.started`)),
    );
    const { id: eventId = '', trace_id: trace = '' } = started ?? {};
    expect(trace).toMatch(/^[0-9a-f]{32}$/);
    const frames = await until('its frames are kept', () => some(2, framesOf(id, trace)));
    expect(frames.map((frame) => [frame.direction, frame.action, frame.message_type]).toSorted()).toEqual([
      ['from_charger', 'StartTransaction', 2],
      ['to_charger', 'StartTransaction', 3],
    ]);
    expect(new Set(frames.map(({ trace_id }) => trace_id))).toEqual(new Set([trace]));
    expect((await eventsOf(`trace_id=${trace}`)).map(({ id }) => id)).toContain(eventId);
    expect(await eventsOf(`trace_id=${trace}&order=desc&charge_point_id=cp_01KAT3Z6Y8Q0000000000000AA`)).toEqual([]);

    const received = await until('it is delivered', () =>
      receiver.received.find(({ headers }) => headers['webhook-id'] === eventId),
    );
    expect(received.headers['traceparent']).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`));
    const path = `/webhooks/deliveries/${String(received.headers['x-webhook-delivery'])}`;
    const delivery = await until('its attempt is kept', async () => {
      const { body } = await app.api<{ trace_id: string; request: { headers: Record<string, string> | null } }>(
        'GET',
        path,
      );
      return body.request.headers === null ? undefined : body;
    });
    expect(delivery.trace_id).toBe(trace);
    expect(delivery.request.headers?.['traceparent']).toBe(received.headers['traceparent']);
    expect(linesOf(trace)).toEqual(expect.arrayContaining(['message', 'webhook attempt']));
  });

  test('that a caller brings leads from his request to the command, its frames, its event and its deliveries', async () => {
    const { id } = await connected();
    const trace = randomBytes(16).toString('hex');
    const ask = (traceparent: string) =>
      app.api<{ id: string; trace_id: string }>(
        'POST',
        `/charge-points/${id}/commands?wait=true`,
        { action: 'ClearCache', payload: {} },
        { traceparent },
      );
    const asked = await ask(`00-${trace}-00f067aa0ba902b7-01`);
    expect([asked.headers.get('x-trace-id'), asked.body.trace_id]).toEqual([trace, trace]);
    const frames = await until('its frames are kept', () => some(2, framesOf(id, trace)));
    expect(frames.map(({ direction }) => direction).toSorted()).toEqual(['from_charger', 'to_charger']);
    const events = await until('its event is logged', () => some(1, eventsOf(`trace_id=${trace}`)));
    expect(events.map(({ event }) => event)).toEqual(['command.completed']);
    expect(linesOf(trace)).toContain('request');

    const unreadable = await ask(`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`);
    expect(unreadable.headers.get('x-trace-id')).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
    expect(unreadable.body.trace_id).toBe(unreadable.headers.get('x-trace-id'));
    expect((await app.api('GET', `/webhooks/events?trace_id=${trace.toUpperCase()}`)).status).toBe(400);
  });
});

test('GET /metrics, /readyz and the OpenAPI document are served', async () => {
  const { types, samples, text, sum } = await metricsOf(app.url);
  const documented = documentedMetrics();
  const registered = [...types].filter(([name]) => name.startsWith('dynamo_'));
  // those of WORKERS are the first process's, see test/chaos/two-nodes.test.ts
  const promised = [...documented].filter(([name]) => !name.startsWith('dynamo_worker_'));
  expect(registered.toSorted()).toEqual(promised.map(([name, { type }]) => [name, type]).toSorted());
  const known = new Set([...documented].flatMap(([name, { labels }]) => labels.map((label) => `${name} ${label}`)));
  const ours = samples.filter(({ name }) => name.startsWith('dynamo_'));
  const undocumented = ours.flatMap(({ name, labels }) =>
    Object.keys(labels)
      .filter((label) => label !== 'le')
      .map((label) => `${name.replace(/_(bucket|count|sum)$/, '')} ${label}`)
      .filter((label) => !known.has(label)),
  );
  expect(undocumented).toEqual([]);
  // However many chargers, sessions and tokens there were: none of them has a series of its own.
  expect(ours.length).toBeLessThan(6_000);
  for (const { id, identity } of await app.db.prisma.chargePoint.findMany()) {
    expect(text).not.toContain(id);
    expect(text).not.toContain(`"${identity}"`);
  }
  expect(sum('dynamo_ocpp_connection_attempts_total', { outcome: 'accepted' })).toBeGreaterThan(0);
  expect(sum('dynamo_webhook_attempt_seconds_count', { outcome: 'success' })).toBeGreaterThan(0);
  expect(sum('dynamo_database_silent_seconds')).toBeLessThan(60);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
  expect(((await (await fetch(`${app.url}/api/v1/openapi.json`)).json()) as { openapi: string }).openapi).toMatch(
    /^3\.1/,
  );
});

test('no secret shows in the log, over REST, in deliveries, in metrics or in a column of the database', async () => {
  const ofPersons = { ...(await plantOfPersons(app)), ...(await plantOfSso(app, certificate)) };
  expect(Object.entries(ofPersons).filter(([, secret]) => secret.length < 20)).toEqual([]); // none is missing
  const chargerKey = randomBytes(20).toString('hex');
  const chargePoint = await app.chargePoint({ key: chargerKey });
  const charger = createCharger({ url: app.ocppUrl, identity: chargePoint.identity, password: chargerKey });
  chargers.push(charger);
  charger.start();
  await charger.whenBooted();
  const wifi = `wifi-canary-${randomBytes(8).toString('hex')}`;
  const change = await app.api('PATCH', `/charge-points/${chargePoint.id}/configuration?wait=true`, {
    WifiPassphrase: wifi,
  });
  expect([200, 202]).toContain(change.status);
  const hookSecret = `hook-canary-${randomBytes(16).toString('hex')}`;
  const hook = { url: `https://127.0.0.1:${receiver.port}/hooks`, events: ['webhook.test'], secret: hookSecret };
  const { id: hookId } = (await app.api<{ id: string }>('POST', '/webhooks/endpoints', hook)).body;
  expect((await app.api('POST', `/webhooks/endpoints/${hookId}/test?wait=true`, {})).status).toBe(200);
  const mailed = { email: 'mailed@example.org', role: 'viewer', delivery: 'email' };
  expect((await app.api('POST', '/invitations', mailed)).status).toBe(201);
  for (const kind of ['invitation', 'password_reset'])
    await until(`the mail of ${kind} was tried`, () =>
      Promise.resolve(logged.some((line) => line.includes(kind) && line.includes('mail'))),
    );

  const secrets = {
    ...ofPersons,
    "a charger's key": chargerKey,
    "a charger's credentials": `${chargePoint.identity}:${chargerKey}`,
    'a secret setting': wifi,
    'a webhook secret': hookSecret,
    'the password of the mail server': smtpPassword,
    'a private key': '-----BEGIN PRIVATE KEY',
  };
  const places: Place[] = [
    { name: 'the log', text: logged.join('\n') },
    ...receiver.received.map(({ path, body, headers }) => ({ name: path, text: body + JSON.stringify(headers) })),
    ...(await allReads(app)),
    ...(await allRows(app.db)),
  ];
  const names = places.map(({ name }) => name.replace(/_20\d\d_.*$/, ''));
  const wanted = [
    'table frames',
    'table audit_entries',
    'table users',
    'GET /audit',
    'GET /audit/export',
    'GET /charge-points/{id}/frames',
  ];
  expect(wanted.filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => name.startsWith('GET ')).length).toBeGreaterThan(50);
  expect(found(secrets, places)).toEqual([]);
  expect(tokensIn(places)).toEqual([]);
  // the search finds what is there
  expect(found({ identity: chargePoint.identity }, places)).toEqual(
    expect.arrayContaining(['identity in GET /charge-points']),
  );
  expect(tokensIn([{ name: 'a key', text: `"${app.apiKey}"` }])).toHaveLength(1);
});

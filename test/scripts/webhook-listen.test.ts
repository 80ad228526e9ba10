/** scripts/webhook-listen: every way to fail, against the sender of the server; and events carried to a program on this machine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Received, startReceiver } from '../../scripts/demo/receiver.ts';
import { keptCertificate } from '../../scripts/kit/certificate.ts';
import { parseFailing } from '../../scripts/kit/failing.ts';
import { ForwardError, type Forwarded, forward } from '../../scripts/kit/forward.ts';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';
import { createSender } from '../../src/webhooks/sender.ts';
import { createTargetGuard } from '../../src/webhooks/target-guard.ts';
import { verifyWebhook } from '../../src/webhooks/verify.ts';
import { closeAtEnd, installation, run } from '../database/processes.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { listening } from '../support/sse.ts';
import { until } from '../support/until.ts';
import { anEvent } from '../webhooks/support/log.ts';

const folder = mkdtempSync(join(tmpdir(), 'dynamo-listen-'));
afterAll(() => rmSync(folder, { recursive: true }));
const certificate = await keptCertificate(folder);
const secret = 'a-secret-of-yours';

async function failing(how: string, timeoutMs = 5000) {
  const received: Received[] = [];
  const receiver = closeAtEnd(
    await startReceiver({ certificate, secret, failing: parseFailing(how), received: (each) => received.push(each) }),
  );
  const resolve = async () => ['127.0.0.1'];
  const guard = createTargetGuard({ allowSubnets: ['127.0.0.0/8'], resolve });
  const sender = closeAtEnd(createSender({ guard, resolve, timeoutMs, caPem: certificate.ca }));
  const send = (eventId = 'evt_1', attempt = 1) => {
    const body = JSON.stringify({
      id: eventId,
      event: 'session.started',
      timestamp: new Date(),
      data: { sequence: 1 },
    });
    const signed = { deliveryId: 'whd_1', eventId, event: 'session.started', body, attempt, at: new Date(), secret };
    return sender.send({ url: receiver.url, headers: deliveryHeaders(signed), body });
  };
  return { send, received };
}

describe('--fail', () => {
  test('status=503 answers so, the first count=2 deliveries only, with Retry-After if asked', async () => {
    const { send, received } = await failing('status=503,retry-after=5,count=2');
    expect(await send()).toMatchObject({ kind: 'answered', status: 503, retryAfter: '5' });
    expect(await send('evt_1', 2)).toMatchObject({ status: 503 });
    expect(await send('evt_1', 3)).toMatchObject({ status: 204 });
    expect(received.map(({ failedBy, isRepeated }) => [failedBy, isRepeated])).toEqual([
      ['status=503', false],
      ['status=503', false],
      [undefined, false],
    ]);
  });

  test('delay waits, and then answers rightly; who has given up by then sends again, and that is a repetition', async () => {
    const patient = await failing('delay=0.05');
    expect(await patient.send()).toMatchObject({ kind: 'answered', status: 204 });
    const { send, received } = await failing('delay=60,count=1', 300);
    expect(await send()).toMatchObject({ kind: 'unanswered', why: 'timeout' });
    expect(await send('evt_1', 2)).toMatchObject({ status: 204 });
    expect(received.map(({ failedBy, isRepeated }) => [failedBy, isRepeated])).toEqual([
      ['delay', false],
      [undefined, true],
    ]);
  });

  test.each([
    ['drip', { kind: 'unanswered', status: 200, why: 'timeout' }],
    ['hang', { kind: 'unanswered', why: 'timeout' }],
    ['reset', { kind: 'unanswered', why: 'connection_failed: ECONNRESET' }],
    ['redirect', { kind: 'answered', status: 307 }],
    ['status=410', { kind: 'answered', status: 410 }],
  ])('%s is what the sender sees', async (how, outcome) => {
    const { send, received } = await failing(how, 400);
    expect(await send()).toMatchObject(outcome);
    expect(received).toHaveLength(1); // a redirect leads nobody back here
    expect(received[0]).toMatchObject({ fault: undefined, failedBy: how });
  });

  test.each([
    ['status=200', 'status wants a number from 300 to 599'],
    ['status', 'status wants a number'],
    ['explode', '"explode" is not known; there are status=N'],
    ['hang,reset', 'it can fail in one way only; reset is a second one'],
    ['hang=5', '"hang=5" is not known'],
    ['hang,retry-after=5', 'retry-after goes with status=N'],
    ['count=3', 'it does not say how to fail'],
    ['', 'not known'],
  ])('%j is refused', (how, why) => {
    expect(() => parseFailing(how)).toThrow(why);
  });
});

test('what came before is known by its id, and answered all the same', async () => {
  const { send, received } = await failing('delay=0.01,count=1');
  for (const id of ['evt_1', 'evt_2', 'evt_1']) expect(await send(id)).toMatchObject({ status: 204 });
  expect(received.map(({ isRepeated }) => isRepeated)).toEqual([false, false, true]);
});

describe('--forward-to', () => {
  /** A program of somebody's, over plain HTTP. */
  async function program(status = 204) {
    const got: { body: string; headers: Record<string, string | string[] | undefined> }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        got.push({ body: Buffer.concat(chunks).toString('utf8'), headers: request.headers });
        response.writeHead(status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closeAtEnd({
      close: async () => {
        server.closeAllConnections();
        server.close();
      },
    });
    return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks` };
  }

  async function csms() {
    const db = await testDatabase();
    const rest = closeAtEndOf(await createRest(db));
    const { url, server } = await listening(rest.app);
    const organization = await rest.createOrganization();
    const { key } = await rest.keyOf(organization);
    return { db, rest, url, server, organization, key };
  }
  const closeAtEndOf = <T extends { stop(): Promise<void> }>(opened: T): T => closeAtEnd(opened);

  test('the script sends each event on as a delivery: the exact body, all headers, signed', async () => {
    const { db, rest, url, organization, key } = await csms();
    const { got, url: to } = await program();
    const folder = await installation('scripts/webhook-listen.ts');
    const early = await anEvent(db, organization, { type: 'session.started', data: { token: 'Zähler ⚡' } });
    const args = ['--secret', secret, '--server', url, '--forward-to', to, '--since', '15m', '--count', '2'];
    const script = run(join(folder, 'scripts/webhook-listen.js'), args, { env: { DYNAMO_API_KEY: key } });
    await until('it listens', () => rest.feed.size() === 1);
    const late = await anEvent(db, organization);
    expect(await script.ended).toEqual({ code: 0, signal: null });
    expect(got.map(({ body }) => body)).toEqual([early.body, late.body]);
    for (const { body, headers } of got) expect(verifyWebhook(body, headers, secret)).toEqual({ ok: true });
    const signed = {
      deliveryId: '',
      eventId: early.id,
      event: 'session.started',
      body: early.body,
      attempt: 1,
      at: new Date(),
      secret,
    };
    for (const name of Object.keys(deliveryHeaders(signed))) expect(got[0]?.headers).toHaveProperty(name.toLowerCase());
    expect(script.lines()[0]).toMatch(new RegExp(`^${early.id}  session.started  → 204 in \\d+ ms$`));
  });

  test('after an interruption it goes on where it was: nothing is missed, nothing comes twice', async () => {
    const { db, rest, url, server, organization, key } = await csms();
    const { got, url: to } = await program(500); // a failure is told, and not tried again
    const abort = new AbortController();
    const forwarded: Forwarded[] = [];
    const said: string[] = [];
    const { signal } = abort;
    const done = forward({
      server: url,
      apiKey: key,
      to,
      secret,
      signal,
      forwarded: (each) => forwarded.push(each),
      said: (text) => said.push(text),
    });
    await until('it listens', () => rest.feed.size() === 1);
    const events = [await anEvent(db, organization)];
    await until('the first is there', () => got.length === 1);
    server.closeAllConnections();
    for (let i = 0; i < 3; i += 1) events.push(await anEvent(db, organization));
    await until('the others are there', () => forwarded.length === 4);
    abort.abort();
    await done;
    expect(got.map(({ body }) => body)).toEqual(events.map(({ body }) => body));
    expect(forwarded[0]).toMatchObject({ id: events[0]?.id, outcome: 500 });
    expect(said).toContain(`The stream is open again, after ${events[0]?.id}.`);
  });

  test('a refused key ends it with the words of the server; a target that is away is an outcome', async () => {
    const { db, rest, url, organization, key } = await csms();
    const options = { server: url, to: 'http://127.0.0.1:1/', secret, said: () => undefined };
    const refused = forward({
      ...options,
      apiKey: 'dyn_live_x',
      signal: new AbortController().signal,
      forwarded: () => undefined,
    });
    await expect(refused).rejects.toThrow(ForwardError);
    await expect(refused).rejects.toThrow(/answered 401: A valid credential is needed/);
    const abort = new AbortController();
    const forwarded: Forwarded[] = [];
    const done = forward({ ...options, apiKey: key, signal: abort.signal, forwarded: (each) => forwarded.push(each) });
    await until('it listens', () => rest.feed.size() === 1);
    await anEvent(db, organization);
    await until('it was tried', () => forwarded.length === 1);
    expect(forwarded[0]?.outcome).toEqual(expect.any(String));
    abort.abort();
    await done;
  });
});

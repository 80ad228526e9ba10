/** Streams of server-sent events, whatever they tell: headers, heartbeats, back-pressure, limits, ends. */
import { connect } from 'node:net';
import { afterAll, expect, test } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { streamRoute } from '../../src/http/kit/route.ts';
import { eventText, type Feed } from '../../src/http/kit/sse.ts';
import { createMailbox, type Mailbox } from '../../src/platform/mailbox.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { listening, readEvents } from '../support/sse.ts';
import { until } from '../support/until.ts';

/** What the test says goes to everybody who listens. */
const boxes = new Set<Mailbox<string>>();
const say = (text: string) => {
  for (const box of boxes) box.put(text, Buffer.byteLength(text));
};
let pulled = 0;
const spoken: Feed = async function* (stream) {
  const box = createMailbox<string>(stream, 256 * 1024);
  boxes.add(box);
  try {
    for await (const data of box) yield { event: 'said', data };
  } finally {
    boxes.delete(box);
  }
};
const endless: Feed = async function* ({ signal }) {
  while (!signal.aborted) {
    pulled += 1;
    yield { id: String(pulled), data: 'x'.repeat(10_000) };
  }
};
const broken: Feed = async function* () {
  yield { data: 'first' };
  throw new Error('its source is gone');
};
const feeds = { spoken, endless, broken };

const kind = z.enum(['spoken', 'endless', 'broken']);
const db = await testDatabase();
const rest = await createRest(db, {
  limits: { authFailuresPerMinute: 0 },
  streamLimits: { perOrganization: 3, heartbeatMs: 20, recheckMs: 20 },
  extraRoutes: [
    streamRoute({
      path: '/kit/stream/{kind}',
      operationId: 'kitStream',
      summary: 'x',
      tag: 'Kit',
      access: 'read:sessions',
      params: z.object({ kind }),
      stream: z.string(),
      handle: async ({ params }) => feeds[params.kind],
    }),
  ],
});
const { url } = await listening(rest.app);
afterAll(() => rest.stop());

async function listener(which: z.infer<typeof kind>, organizationId?: string) {
  const organization = organizationId ?? (await rest.createOrganization());
  const { id, key } = await rest.keyOf(organization);
  const reader = await readEvents(`${url}/api/v1/kit/stream/${which}`, { 'X-API-Key': key });
  return { ...reader, id, key, organization };
}

test('an event has its id, its type and its text, on as many lines as that has', () => {
  expect(eventText({ id: '7', event: 'said', data: 'a\nb\r\nc' })).toBe(
    'id: 7\nevent: said\ndata: a\ndata: b\ndata: c\n\n',
  );
  expect(() => eventText({ event: 'x\ndata: forged', data: '' })).toThrow(TypeError);
});

test('what is said comes at once, under headers that keep proxies from holding it back', async () => {
  const reader = await listener('spoken');
  expect(reader.status).toBe(200);
  expect(reader.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(reader.headers.get('cache-control')).toBe('no-store, no-transform');
  expect(reader.headers.get('x-accel-buffering')).toBe('no');
  await until('it listens', () => boxes.size > 0);
  say('Zähler ⚡\nzwei');
  expect(await reader.take(1)).toEqual([{ id: undefined, event: 'said', data: 'Zähler ⚡\nzwei' }]);
  await reader.close();
  await until('its feed has ended', () => boxes.size === 0);
});

test('while nothing happens a comment comes from time to time', async () => {
  const reader = await listener('spoken');
  await until('heartbeats', () => reader.comments.length >= 3);
  expect(reader.comments[0]).toBe('heartbeat');
  await reader.close();
});

test('a reader that does not read stops the feed, and nothing piles up', async () => {
  const { key } = await rest.keyOf(await rest.createOrganization());
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET /api/v1/kit/stream/endless HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);
  socket.pause();
  let before = -1;
  await until(
    'the feed is not pulled any more',
    () => {
      const isStill = pulled > 0 && pulled === before;
      before = pulled;
      return isStill;
    },
    { everyMs: 100 },
  );
  expect(pulled).toBeLessThan(2000); // what fits into the buffers of the two sockets
  socket.destroy();
  await until('the stream is over', () => rest.streams.open() === 0);
});

test('past its limit what waits for a slow reader is dropped with its connection', async () => {
  const { key } = await rest.keyOf(await rest.createOrganization());
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined); // cut off
  socket.write(`GET /api/v1/kit/stream/spoken HTTP/1.1\r\nHost: x\r\nX-API-Key: ${key}\r\n\r\n`);
  socket.pause();
  await until('it listens', () => boxes.size === 1);
  await until('it is cut off', () => {
    say('x'.repeat(50_000));
    return boxes.size === 0;
  });
  await until('its place is free', () => rest.streams.open() === 0);
  socket.destroy();
});

test('a feed that fails ends its stream after what it had said', async () => {
  const reader = await listener('broken');
  expect((await reader.take(1))[0]?.data).toBe('first');
  await until('it is over', reader.isOver);
});

test('one more stream than an organization may have is a 429; a closed one makes room', async () => {
  const organization = await rest.createOrganization();
  const readers = [];
  for (let i = 0; i < 3; i += 1) readers.push(await listener('spoken', organization));
  const { key } = await rest.keyOf(organization);
  const refused = await rest.as(key).get('/api/v1/kit/stream/spoken');
  expect(refused.status).toBe(429);
  expect(refused.body.error.message).toBe(
    'An organization may have 3 of these streams open at a time; close one first',
  );
  expect(refused.headers['retry-after']).toBe('10');
  expect((await listener('spoken')).status).toBe(200); // another organization
  await readers[0]?.close();
  await until('a place is free', async () => (await listener('spoken', organization)).status === 200);
});

test('it ends when its key is revoked', async () => {
  const reader = await listener('spoken');
  const boss = rest.as((await rest.keyOf(reader.organization)).key);
  expect(reader.isOver()).toBe(false);
  expect((await boss.delete(`/api/v1/api-keys/${reader.id}`)).status).toBe(204);
  await until('it is over', reader.isOver);
});

test('it ends when its charge point is out of reach: whoever reads it was taken from the site, or the charge point was moved', async () => {
  const organization = await rest.createOrganization();
  const api = rest.as((await rest.keyOf(organization)).key);
  const made = async (path: string, body: object) => (await api.post(`/api/v1${path}`).send(body)).body.id as string;
  const [north, south] = [await made('/sites', { name: 'North' }), await made('/sites', { name: 'South' })];
  const follow = async (userId: string) => {
    const id = await made('/charge-points', { identity: `FOLLOWED-${userId.slice(-8)}`, site_id: north });
    const authorization = `Bearer ${rest.accessTokens.issue(userId)}`;
    const reader = await readEvents(`${url}/api/v1/charge-points/${id}/frames/stream`, { authorization });
    expect([reader.status, reader.isOver()]).toEqual([200, false]);
    return { id, reader };
  };
  const [taken, other] = [
    await rest.userOf(organization, 'admin', undefined, [north]),
    await rest.userOf(organization, 'admin', undefined, [north]),
  ];
  const [first, second] = [await follow(taken.id), await follow(other.id)];
  expect((await api.patch(`/api/v1/members/${taken.id}`).send({ site_ids: [south] })).status).toBe(200);
  expect((await api.patch(`/api/v1/charge-points/${second.id}`).send({ site_id: south })).status).toBe(200);
  await until('the first is over', first.reader.isOver);
  await until('the second is over', second.reader.isOver);
});

test('HEAD is answered without a stream', async () => {
  const { key } = await rest.keyOf(await rest.createOrganization());
  const answer = await request(url).head('/api/v1/kit/stream/spoken').set('X-API-Key', key);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('text/event-stream');
});

test('OpenAPI tells that it is a stream of events', async () => {
  const { body } = await request(url).get('/api/v1/openapi.json');
  const { 200: answer, 429: tooMany } = body.paths['/api/v1/kit/stream/{kind}'].get.responses;
  expect(Object.keys(answer.content)).toEqual(['text/event-stream']);
  expect(answer.content['text/event-stream']['x-event-data']).toEqual({ type: 'string' });
  expect(tooMany).toBeDefined();
});

test('stopping ends all streams, and takes no more', async () => {
  const reader = await listener('spoken');
  rest.streams.stop();
  await until('it is over', reader.isOver);
  expect((await rest.as(reader.key).get('/api/v1/kit/stream/spoken')).status).toBe(503);
});

/** What the kit makes of routes: parsing, faults, paging, methods, answers. */
import { once } from 'node:events';
import { type IncomingMessage, request as sendRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { z } from 'zod';
import { pageFrom, pageOf, pageQuery, readPage } from '../../src/http/kit/paging.ts';
import { answerWith, route } from '../../src/http/kit/route.ts';
import {
  boolParam,
  idField,
  instantIn,
  instantOut,
  intParam,
  listParam,
  nameField,
} from '../../src/platform/fields.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const items = Array.from({ length: 250 }, (_, i) => i);
const body = z.strictObject({
  name: nameField,
  at: instantIn.nullable().optional(),
  kind: z.enum(['a', 'b']).optional(),
  site_id: idField('site').nullable().optional(),
  count: z.int().min(1).max(9).optional(),
  parts: z
    .array(z.strictObject({ x: z.number() }))
    .max(2)
    .optional(),
});
const extraRoutes = [
  route({
    method: 'post',
    path: '/kit/things',
    operationId: 'kitCreate',
    summary: 'x',
    tag: 'Kit',
    access: 'write:charge_points',
    status: 201,
    query: z.strictObject({ status: z.enum(['200']).optional() }),
    otherStatuses: { 200: 'Was there' },
    body,
    response: z.object({ id: z.string(), at: instantOut.nullable() }),
    handle: async ({ body, query, res }) => {
      if (query.status !== undefined) answerWith(res, 200);
      return { id: 'thing/1', at: body.at ?? null, secret: 'must not go out' };
    },
  }),
  route({
    method: 'get',
    path: '/kit/things/{id}',
    operationId: 'kitGet',
    summary: 'x',
    tag: 'Kit',
    access: 'read:charge_points',
    status: 200,
    params: z.object({ id: z.string() }),
    response: z.object({ id: z.string() }),
    handle: async ({ params: { id } }) => ({ id }),
  }),
  route({
    method: 'get',
    path: '/kit/things/special',
    operationId: 'kitSpecial',
    summary: 'x',
    tag: 'Kit',
    access: 'read:charge_points',
    status: 200,
    response: z.object({ special: z.boolean() }),
    handle: async () => ({ special: true }),
  }),
  route({
    method: 'get',
    path: '/kit/numbers',
    operationId: 'kitNumbers',
    summary: 'x',
    tag: 'Kit',
    access: 'read:charge_points',
    status: 200,
    query: z.strictObject({
      ...pageQuery,
      n: intParam({ min: -5, max: 5 }).optional(),
      yes: boolParam.optional(),
      of: listParam(['a', 'b']).optional(),
    }),
    response: pageOf(z.int()),
    handle: async ({ query }) => {
      const page = readPage(query, z.int());
      const rows = items.filter((i) => page.after === undefined || i > page.after).slice(0, page.limit + 1);
      return pageFrom(
        rows,
        page.limit,
        (i) => i,
        (i) => i,
      );
    },
  }),
  route({
    method: 'post',
    path: '/kit/breaks',
    operationId: 'kitBreaks',
    summary: 'x',
    tag: 'Kit',
    access: 'write:charge_points',
    status: 200,
    body: z.strictObject({ how: z.enum(['throw', 'away', 'answer']) }),
    response: z.object({ n: z.int() }),
    handle: async ({ body: { how } }) => {
      if (how === 'away') throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.7'), { code: 'ECONNREFUSED' });
      if (how === 'throw') throw new Error('password=hunter2 in the connection string');
      return { n: 1.5 };
    },
  }),
];

const lines: { fields: Record<string, unknown>; level: string }[] = [];
const note = (level: string) => (fields: object) => void lines.push({ level, fields: { ...fields } });
const log = { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') };
const db = await testDatabase();
const rest = await createRest(db, { extraRoutes, log });
const { key } = await rest.keyOf(await rest.createOrganization());
const api = rest.as(key);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
const things = '/api/v1/kit/things';

/** Without Content-Length. */
async function sendChunked(text: string): Promise<IncomingMessage> {
  const server = rest.app.listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const asked = sendRequest({ port, path: things, method: 'POST', headers });
  for (let i = 0; i < text.length; i += 10_000) asked.write(text.slice(i, i + 10_000));
  asked.end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  server.close();
  return answer;
}

describe('a body', () => {
  test.each<[object | string, string, RegExp]>([
    [{}, 'name', /^is required$/],
    [{ name: 7 }, 'name', /^must be a string, not a number$/],
    [{ name: '' }, 'name', /^must not be empty$/],
    [{ name: 'x'.repeat(201) }, 'name', /^must have at most 200 characters$/],
    [{ name: 'a\u0007b' }, 'name', /control characters/],
    [{ name: 'x', other: 1 }, 'other', /^is not known here; known here: name, at, kind/],
    [{ name: 'x', kind: 'c' }, 'kind', /^must be one of a, b$/],
    [{ name: 'x', count: 0 }, 'count', /^must be at least 1$/],
    [{ name: 'x', count: 1.5 }, 'count', /^must be an integer, not a number$/],
    [{ name: 'x', count: '1' }, 'count', /^must be a number, not a string$/],
    [{ name: 'x', at: 'yesterday' }, 'at', /RFC 3339/],
    [{ name: 'x', at: '2026-00-10T00:00:00Z' }, 'at', /RFC 3339/],
    [{ name: 'x', at: '2026-02-30T00:00:00Z' }, 'at', /RFC 3339/],
    [{ name: 'x', at: '0001-02-03T00:00:00Z' }, 'at', /between 1970 and 9999/],
    [{ name: 'x', at: 17 }, 'at', /^must be a string, not a number$/],
    [{ name: 'x', site_id: 'x' }, 'site_id', /must be an id such as site_/],
    [{ name: 'x', parts: [{ x: 1 }, { x: 'no' }] }, 'parts[1].x', /^must be a number, not a string$/],
    [{ name: 'x', parts: [{ x: 1, y: 2 }] }, 'parts[0].y', /^is not known here; remove it$/],
    [{ name: 'x', parts: [{ x: 1 }, { x: 1 }, { x: 1 }] }, 'parts', /^must have at most 2 entries$/],
    [[], '', /^must be an object, not an array$/],
    ['{"name":"x","name":"y"}', 'name', /appears twice/],
    ['{"name":"x","__proto__":{"kind":"a"}}', '__proto__', /not allowed/],
    ['{"name":"\\u0000"}', 'name', /NUL/],
    ['{"name":', '', /is not JSON/],
    ['null', '', /must be an object/],
  ])('%j is refused naming the field and what would be right', async (sent, field, message) => {
    const answer = await api.post(things).set('Content-Type', 'application/json').send(sent);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('validation_failed');
    const fault = answer.body.error.details.find((each: { field: string }) => each.field === field);
    expect(fault?.message).toMatch(message);
  });

  test('is told all its faults at once, at most twenty', async () => {
    const answer = await api.post(things).send({ kind: 'c', count: 0 });
    expect(answer.body.error.details.map((each: { field: string }) => each.field)).toEqual(['name', 'kind', 'count']);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`x${i}`, i]));
    expect((await api.post(things).send({ name: 'x', ...many })).body.error.details).toHaveLength(20);
  });

  test('of more than 100 KB is refused with 413, whether its length is told or not', async () => {
    const text = JSON.stringify({ name: 'x'.repeat(102_400) });
    const told = await api.post(things).set('Content-Type', 'application/json').send(text);
    expect(told.status).toBe(413);
    expect(told.body.error.code).toBe('payload_too_large');
    expect((await sendChunked(text)).statusCode).toBe(413);
  });

  test('of exactly 100 KB is read', async () => {
    const text = JSON.stringify({ name: 'x' });
    const padded = text.slice(0, -1) + ' '.repeat(102_400 - text.length) + text.slice(-1);
    expect(padded).toHaveLength(102_400);
    expect((await api.post(things).set('Content-Type', 'application/json').send(padded)).status).toBe(201);
  });

  test('that is not declared as JSON is refused', async () => {
    const answer = await api.post(things).set('Content-Type', 'application/x-www-form-urlencoded').send('name=x');
    expect(answer.status).toBe(400);
    expect(answer.body.error.details[0].field).toBe('Content-Type');
  });

  test('where none is wanted may be absent or {}, and nothing else', async () => {
    expect((await api.delete('/api/v1/sites/site_x').send({})).status).toBe(404);
    const answer = await api.delete('/api/v1/sites/site_x').send({ force: true });
    expect(answer.status).toBe(400);
    expect(answer.body.error.details[0].field).toBe('force');
  });
});

describe('a query', () => {
  test.each([
    ['limit=0', 'limit', 'must be an integer from 1 to 100'],
    ['limit=101', 'limit', 'must be an integer from 1 to 100'],
    ['limit=', 'limit', 'must be an integer from 1 to 100'],
    ['limit=1e1', 'limit', 'must be an integer from 1 to 100'],
    ['limit=1&limit=2', 'limit', 'must be given once'],
    ['cursor=', 'cursor', 'is not a cursor of this list; start again without one'],
    ['cursor=abc', 'cursor', 'is not a cursor of this list; start again without one'],
    ['cursor=%00', 'cursor', 'contains NUL'],
    [
      `cursor=${Buffer.from('"x"').toString('base64url')}`,
      'cursor',
      'is not a cursor of this list; start again without one',
    ],
    ['n=-6', 'n', 'must be an integer from -5 to 5'],
    ['yes=1', 'yes', 'must be one of true, false'],
    ['of=a,c', 'of', 'must be one or several, separated by commas, of a, b'],
    ['wat=1', 'wat', 'is not known here; known here: limit, cursor, n, yes, of'],
    ['__proto__=1', '__proto__', 'is not known here; known here: limit, cursor, n, yes, of'],
  ])('%s is refused', async (query, field, message) => {
    const answer = await api.get(`/api/v1/kit/numbers?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.error.details).toContainEqual({ field, message });
  });

  test('where none is declared is refused', async () => {
    expect((await api.get(`${things}/1?x=1`)).body.error.details[0].field).toBe('x');
  });
});

describe('a list', () => {
  test('is read to its end by its cursors, each entry once', async () => {
    for (const limit of [undefined, 1, 49, 50, 100]) {
      const seen: number[] = [];
      let cursor: string | null = '';
      let pages = 0;
      while (cursor !== null) {
        const query: string = [limit && `limit=${limit}`, cursor && `cursor=${cursor}`].filter(Boolean).join('&');
        const { body } = await api.get(`/api/v1/kit/numbers?${query}`);
        seen.push(...body.data);
        cursor = body.next_cursor;
        pages += 1;
      }
      expect(seen).toEqual(items);
      expect(pages).toBe(Math.ceil(250 / (limit ?? 50)));
    }
  });
});

describe('an answer', () => {
  test('has only what its schema declares, and says where the new resource is', async () => {
    const answer = await api.post(things).send({ name: 'x', at: '2026-01-01T02:00:00.1234+02:00' });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ id: 'thing/1', at: '2026-01-01T00:00:00.123Z' });
    expect(answer.headers['location']).toBe('/api/v1/kit/things/thing%2F1');
    expect((await api.get(answer.headers['location'] ?? '')).body).toEqual({ id: 'thing/1' });
  });

  test('may have another status when the handler says so', async () => {
    const answer = await api.post(`${things}?status=200`).send({ name: 'x' });
    expect(answer.status).toBe(200);
    expect(answer.headers['location']).toBeUndefined();
  });

  test('a literal path comes before one with an id', async () => {
    expect((await api.get(`${things}/special`)).body).toEqual({ special: true });
  });
});

describe('a fault', () => {
  test.each(['throw', 'answer'])('nobody expected (%s) is a 500 without its text, which is in the log', async (how) => {
    lines.length = 0;
    const answer = await api.post('/api/v1/kit/breaks').send({ how });
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      error: { code: 'internal', message: 'A fault of the server', details: [], request_id: expect.any(String) },
    });
    const [line] = lines.filter(({ level }) => level === 'error');
    expect(line?.fields).toMatchObject({ request_id: answer.body.error.request_id, route: '/kit/breaks' });
  });

  test('of the database that is away is a 503 to try again', async () => {
    const answer = await api.post('/api/v1/kit/breaks').send({ how: 'away' });
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('5');
    expect(answer.text).not.toContain('10.0.0.7');
  });

  test('of the path is a 400', async () => {
    const answer = await api.get(`${things}/%`);
    expect(answer.status).toBe(400);
    expect(answer.body.error.code).toBe('validation_failed');
    expect((await api.get(`${things}/%00`)).status).toBe(404);
  });

  test('an unknown address is a 404 in JSON, a wrong method a 405 with what is allowed', async () => {
    const nowhere = await api.get('/api/v1/nowhere');
    expect([nowhere.status, nowhere.body.error.code]).toEqual([404, 'not_found']);
    const wrong = await api.delete('/api/v1/kit/numbers');
    expect([wrong.status, wrong.body.error.code]).toEqual([405, 'method_not_allowed']);
    expect(wrong.headers['allow']).toBe('GET, HEAD, OPTIONS');
    expect((await api.patch(things)).headers['allow']).toBe('POST, OPTIONS');
    const options = await request(rest.app).options(things);
    expect([options.status, options.headers['allow']]).toEqual([204, 'POST, OPTIONS']);
  });
});

describe('a request', () => {
  test('leaves one line in the log, without its path, query or credential', async () => {
    lines.length = 0;
    const answer = await api.get(`${things}/secret-id`).set('X-Request-Id', 'trace-12345678');
    expect(answer.headers['x-request-id']).toBe('trace-12345678');
    await api.get('/livez');
    expect(lines.map(({ level }) => level)).toEqual(['info', 'debug']);
    expect(lines[0]?.fields).toEqual({
      method: 'GET',
      route: '/kit/things/{id}',
      status: 200,
      ms: expect.any(Number),
      request_id: 'trace-12345678',
      trace_id: answer.headers['x-trace-id'],
      principal_id: expect.stringMatching(/^key_/),
    });
  });

  test('with an id that could do harm in a log gets one of ours', async () => {
    for (const id of ['x', 'a b c d e f g h', 'x'.repeat(65), '<script>alert(1)']) {
      const answer = await api.get(`${things}/1`).set('X-Request-Id', id);
      expect(answer.headers['x-request-id']).toMatch(/^req_[0-9A-Z]{26}$/);
    }
  });
});

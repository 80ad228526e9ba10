/** Whatever is asked, the server never fails: no 500, always the one shape of errors, and an answer. */
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Response } from 'supertest';
import type { z } from 'zod';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { bodyOf, nameOf, pathOf, populate } from '../support/rest-access.ts';

const db = await testDatabase();
const rest = await createRest(db);
const { key, ids } = await populate(rest);
const api = rest.as(key);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

/** REST_FUZZ_RUNS=200000 for a night. */
const RUNS = Number(process.env['REST_FUZZ_RUNS'] ?? 500);
const wellFormed = (given: string): string => Buffer.from(given, 'utf8').toString('utf8');

/** Texts that have broken servers. */
const nasty = fc.constantFrom(
  ...[
    '',
    ' ',
    '\u0000',
    '%00',
    "' OR 1=1 --",
    '{{7*7}}',
    '../../etc/passwd',
    '-1',
    '0',
    '1e309',
    '9'.repeat(40),
    'NaN',
    'null',
    '[]',
    '{}',
  ],
  ...[
    'true',
    '\ud800',
    '\u202e',
    '😀',
    'x'.repeat(5000),
    '2026-02-30T00:00:00Z',
    '0000-00-00T00:00:00Z',
    '9999-12-31T23:59:59.999Z',
  ],
  ...[
    '+275760-09-13T00:00:00Z',
    '__proto__',
    'constructor',
    '*',
    ',',
    'a,b,,c',
    '<script>',
    'ses_01KAT3Z6Y8Q0000000000000AA',
  ],
);
const text = fc.oneof(nasty, fc.string(), fc.string({ unit: 'binary' }));
const value = fc.oneof(
  text,
  fc.jsonValue(),
  fc.integer(),
  fc.double(),
  fc.constantFrom(null, true, [], {}, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e308, -0),
  fc.array(text, { maxLength: 5 }),
);

const namesOf = (schema: z.ZodType | undefined): string[] =>
  schema !== undefined && 'shape' in schema ? Object.keys(schema.shape as object) : [];

const asked = fc.constantFrom(...rest.routes).chain((route) => {
  const known = bodyOf(route);
  const start = typeof known === 'object' && known !== null ? known : {};
  const fieldName = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('x', ...namesOf(route.body)) },
    { weight: 1, arbitrary: text },
  );
  const queryName = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('limit', ...namesOf(route.query)) },
    { weight: 1, arbitrary: text },
  );
  return fc.record({
    route: fc.constant(route),
    id: fc.option(text, { freq: 3 }),
    query: fc.oneof(fc.constant<[string, string][]>([]), fc.array(fc.tuple(queryName, text), { maxLength: 2 })),
    body: fc.oneof(
      { weight: 6, arbitrary: fc.constant(JSON.stringify(start)) },
      {
        weight: 6,
        arbitrary: fc
          .array(fc.tuple(fieldName, value), { maxLength: 3 })
          .map((all) => JSON.stringify({ ...start, ...Object.fromEntries(all) })),
      },
      { weight: 2, arbitrary: value.map((each) => JSON.stringify(each) ?? 'null') },
      { weight: 1, arbitrary: text },
    ),
    idempotencyKey: fc.option(fc.constantFrom('a', 'b', 'c', '', 'x'.repeat(300)), { freq: 3 }),
  });
});

/** A stream has no end: that it began is its answer. What is refused is JSON as everywhere. */
function headOfStream(answer: Response, done: (cause: Error | null, body: unknown) => void): void {
  const incoming = answer as unknown as IncomingMessage; // what superagent hands to a parser, whatever its types say
  if (incoming.headers['content-type']?.startsWith('text/event-stream') === true) {
    done(null, '');
    incoming.destroy();
    return;
  }
  void json(incoming).then(
    (body) => done(null, body),
    (cause: Error) => done(cause, undefined),
  );
}

test(
  `${RUNS} requests of all kinds are answered below 500, errors in the one shape`,
  async () => {
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(asked, async ({ route, id, query, body, idempotencyKey }) => {
        // The fixtures stay: a delete must not take away what the next request reads.
        const kept = route.method === 'delete' || route.path.endsWith('/close') ? (id ?? 'x') : id;
        const path = pathOf(route, ids);
        const own =
          kept === null ? path : path.replace(/[a-z]+_[0-9A-Z]{26}/, () => encodeURIComponent(wellFormed(kept)));
        const search = query.map(
          ([name, each]) => `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(each))}`,
        );
        const request = api[route.method === 'put' ? 'post' : route.method](`${own}?${search.join('&')}`);
        if (idempotencyKey !== null) request.set('Idempotency-Key', idempotencyKey);
        if (route.method !== 'get') request.set('Content-Type', 'application/json').send(body);
        if (route.stream !== undefined) request.buffer(true).parse(headOfStream);
        const answer = await request;
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (answer.status >= 400) {
          expect(answer.body).toEqual({
            error: {
              code: expect.any(String),
              message: expect.any(String),
              details: expect.any(Array),
              request_id: answer.headers['x-request-id'],
            },
          });
        }
        expect([nameOf(route), own, search, body, answer.status < 500 ? 'fine' : answer.status]).toEqual([
          nameOf(route),
          own,
          search,
          body,
          'fine',
        ]);
      }),
      { numRuns: RUNS },
    );
    if (process.env['REST_FUZZ_RUNS'] !== undefined) process.stdout.write(`${JSON.stringify([...statuses])}\n`);
    // The dice are not all of one kind: most things that can happen did.
    for (const status of [200, 201, 400, 404, 409]) expect(statuses.get(status) ?? 0).toBeGreaterThan(0);
  },
  30_000 + RUNS * 20,
);

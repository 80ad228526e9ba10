/** Whatever is asked, the server never fails: no 500, always the one shape of errors, and an answer. */
import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import request, { type Response } from 'supertest';
import type { z } from 'zod';
import { toSchema } from '../../src/http/kit/openapi.ts';
import { testDatabase } from '../support/db.ts';
import { arbitraryOf } from '../support/from-schema.ts';
import { createRest } from '../support/rest.ts';
import { bodyOf, credentialFor, nameOf, pathOf, populate } from '../support/rest-access.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

/** REST_FUZZ_RUNS=200000 for a night; `npm run fuzz` sends 20,000. */
const RUNS = Number(process.env['REST_FUZZ_RUNS'] ?? 200);
const SEED = Number(process.env['REST_FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Under way together: what two of them do to one another is part of it. */
const AT_ONCE = 8;
const DRAWN = 400;
/** Then everything is asked of an organization that nobody has spoilt yet. */
const ONE_WORLD = 4_000;
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

type Schema = ReturnType<typeof toSchema>;
const refs = new Map<string, Schema>();
const schemaOf = (schema: z.ZodType | undefined): Schema =>
  schema === undefined ? {} : toSchema(schema, 'input', refs);
const fieldsOf = ({ properties }: Schema): [string, Schema][] =>
  Object.entries((properties ?? {}) as Record<string, Schema>);

/** Which id stands in the path: the fixture's, any text, or of something that this very test has made. */
const id = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ is: 'fixture' as const }) },
  { weight: 2, arbitrary: text.map((said) => ({ is: 'text' as const, said })) },
  { weight: 3, arbitrary: fc.nat().map((nth) => ({ is: 'made' as const, nth })) },
);

type Route = (typeof rest.routes)[number];

function bodiesOf(route: Route): fc.Arbitrary<string> {
  const schema = schemaOf(route.body);
  const known = bodyOf(route);
  const start = typeof known === 'object' && known !== null ? known : {};
  const fields = fieldsOf(schema);
  const name = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('x', ...fields.map(([each]) => each)) },
    { weight: 1, arbitrary: text },
  );
  const wild = fc.array(fc.tuple(name, value), { maxLength: 2 });
  const fitting = fc.record(Object.fromEntries(fields.map(([each, of]) => [each, arbitraryOf(of, refs)])), {
    requiredKeys: [],
  });
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(JSON.stringify(start)) },
    { weight: 8, arbitrary: arbitraryOf(schema, refs).map((each) => JSON.stringify(each) ?? '{}') },
    { weight: 4, arbitrary: fitting.map((all) => JSON.stringify({ ...start, ...all })) },
    { weight: 2, arbitrary: wild.map((all) => JSON.stringify({ ...start, ...Object.fromEntries(all) })) },
    { weight: 1, arbitrary: value.map((each) => JSON.stringify(each) ?? 'null') },
    { weight: 1, arbitrary: text },
  );
}

function queriesOf(route: Route): fc.Arbitrary<[string, string][]> {
  const fields = fieldsOf(schemaOf(route.query));
  const name = fc.oneof(fc.constantFrom('limit', ...fields.map(([each]) => each)), text);
  const fitting = fc
    .record(Object.fromEntries(fields.map(([each, of]) => [each, arbitraryOf(of, refs)])), { requiredKeys: [] })
    .map((all) => Object.entries(all).map(([each, said]): [string, string] => [each, String(said).slice(0, 2_000)]));
  return fc.oneof(
    { weight: route.method === 'get' ? 3 : 9, arbitrary: fc.constant<[string, string][]>([]) },
    { weight: 3, arbitrary: fitting },
    { weight: 1, arbitrary: fc.array(fc.tuple(name, text), { maxLength: 2 }) },
  );
}

const asked = fc.oneof(
  ...rest.routes.map((route) =>
    fc.record({
      route: fc.constant(route),
      id,
      byPerson: fc.nat(3).map((dice) => dice === 0),
      query: queriesOf(route),
      body: bodiesOf(route),
      idempotencyKey: fc.oneof(
        { weight: 6, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom('a', 'b', 'c', '', 'x'.repeat(300)) },
      ),
    }),
  ),
);
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never;

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

type World = Awaited<ReturnType<typeof populate>> & { readonly made: Map<string, string[]>; isSpoilt: boolean };
const newWorld = async (): Promise<World> => ({ ...(await populate(rest)), made: new Map(), isSpoilt: false });

function addressOf({ route, id: chosen, query }: Asked, { ids, made }: World): string {
  const kinds = [...route.path.matchAll(/\/([a-z-]+)\/\{\w+\}/g)].map((match) => String(match[1]));
  const kind = kinds[chosen.is === 'made' ? chosen.nth % kinds.length : 0] ?? '';
  const known = made.get(kind) ?? [];
  const own = chosen.is === 'made' ? known[chosen.nth % known.length] : undefined;
  // The fixtures stay: a delete must not take away what the next request reads.
  const isKept = route.method === 'delete' || route.path.endsWith('/close');
  const said = chosen.is === 'text' ? encodeURIComponent(wellFormed(chosen.said)) : (own ?? (isKept ? 'x' : undefined));
  const path = pathOf(route, said === undefined ? ids : { ...ids, [kinds.length === 0 ? '' : kind]: said });
  const search = query.map(
    ([name, each]) => `${encodeURIComponent(wellFormed(name))}=${encodeURIComponent(wellFormed(each))}`,
  );
  return `${path}?${search.join('&')}`;
}

const statuses = new Map<number, number>();
const faults = new Set<string>();

async function ask(each: Asked, world: World): Promise<void> {
  const { route, body, idempotencyKey, byPerson } = each;
  const url = addressOf(each, world);
  const credential = byPerson ? world.person : credentialFor(route, world);
  const sent = request(rest.server)[route.method](url).set('Authorization', `Bearer ${credential}`);
  if (idempotencyKey !== null) sent.set('Idempotency-Key', idempotencyKey);
  if (route.method !== 'get') sent.set('Content-Type', 'application/json').send(body);
  if (route.stream !== undefined) sent.buffer(true).parse(headOfStream);
  const answer = await sent;
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  const said = () => `${nameOf(route)}: ${answer.status} to ${url.slice(0, 300)} ${body.slice(0, 500)} (seed ${SEED})`;
  // The provider of the fixture cannot be asked, and that is the answer.
  const isAway = answer.status === 503 && route.operationId === 'linkSingleSignOn';
  if (answer.status >= 500 && !isAway && faults.size < 50) faults.add(said());
  if (answer.status >= 400) {
    const { code, message, details, request_id: requestId } = answer.body?.error ?? {};
    const isInShape =
      typeof code === 'string' &&
      typeof message === 'string' &&
      Array.isArray(details) &&
      requestId === answer.headers['x-request-id'] &&
      Object.keys(answer.body).length === 1;
    if (!isInShape) faults.add(`not in the shape of errors: ${said()}`);
  }
  if (answer.status === 401 && route.access !== 'public') world.isSpoilt = true; // its key was exchanged, say
  const made: unknown = answer.status === 201 ? answer.body.id : undefined;
  if (typeof made !== 'string') return;
  const kind = route.path.slice(route.path.lastIndexOf('/') + 1);
  world.made.set(kind, [made, ...(world.made.get(kind) ?? [])].slice(0, 20));
}

test(
  `${RUNS} requests of all kinds are answered below 500, errors in the one shape`,
  async () => {
    let world = await newWorld();
    for (let done = 0, inThis = 0; done < RUNS; done += DRAWN, inThis += DRAWN) {
      if (inThis >= ONE_WORLD || world.isSpoilt) {
        world = await newWorld();
        inThis = 0;
      }
      const drawn = fc.sample(asked, { numRuns: Math.min(DRAWN, RUNS - done), seed: SEED + done });
      for (let i = 0; i < drawn.length; i += AT_ONCE)
        await Promise.all(drawn.slice(i, i + AT_ONCE).map((each) => ask(each, world)));
    }
    if (process.env['REST_FUZZ_RUNS'] !== undefined)
      process.stdout.write(`REST: ${RUNS} requests, seed ${SEED}: ${JSON.stringify([...statuses])}\n`);
    expect([...faults]).toEqual([]);
    // The dice are not all of one kind: most things that can happen did.
    for (const status of [200, 400, 404, 409]) expect(statuses.get(status) ?? 0).toBeGreaterThan(0);
  },
  180_000 + RUNS * 100,
);

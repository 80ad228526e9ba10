/** The OpenAPI document: valid 3.1, complete, and true. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import request from 'supertest';
import { type ApiDocument, clientTypes } from '../../scripts/kit/client-types.ts';
import { catalogue } from '../../src/events/index.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { bodyOf, credentialFor, nameOf, pathOf, populate } from '../support/rest-access.ts';

type Json = Record<string, unknown>;
type Operation = {
  operationId: string;
  security: Json[];
  parameters?: { name: string; in: string; schema: Json }[];
  requestBody?: { content: { 'application/json': { schema: Json } } };
  responses: Record<string, { content?: { 'application/json'?: { schema: Json } } }>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<
    string,
    {
      post: {
        requestBody: { content: { 'application/json': { schema: Json; examples: { example: { value: unknown } } } } };
      };
    }
  >;
  components: { schemas: Record<string, Json> };
};

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});
const answer = await request(rest.app).get('/api/v1/openapi.json');
const document = answer.body as Document;
function operationOf(method: string, path: string): Operation {
  const operation = document.paths[`/api/v1${path}`]?.[method];
  if (operation === undefined) throw new Error(`${method} ${path} is not in the document`);
  return operation;
}

/** A validator of one of the document's schemas, which may refer to its components. */
function validator(schema: Json) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'media-range': true } });
  formats.default(ajv);
  return ajv.compile({ ...schema, components: document.components });
}

const api = document as unknown as ApiDocument;
test('the types with which the console and the client of the package are compiled are those of this document', () => {
  const file = 'src/client/schema.ts';
  const types = clientTypes(api);
  if (process.env['CLIENT_TYPES'] === 'write') writeFileSync(file, types); // npm run client:types
  expect(types === readFileSync(file, 'utf8') ? 'current' : 'stale: npm run client:types').toBe('current');
});

test('satisfies the schema of OpenAPI 3.1', () => {
  const official = JSON.parse(readFileSync('test/http/fixtures/openapi-3.1.schema.json', 'utf8'));
  const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { 'media-range': true } });
  formats.default(ajv);
  const validate = ajv.compile(official);
  validate(document);
  expect(validate.errors).toBeNull();
});

test('every reference leads somewhere', () => {
  const text = JSON.stringify(document);
  for (const [, pointer = ''] of text.matchAll(/"\$ref":"#([^"]+)"/g)) {
    const target = pointer
      .split('/')
      .slice(1)
      .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document);
    expect([pointer, target === undefined]).toEqual([pointer, false]);
  }
});

test('contains every route, with a name of its own, its scope and its errors', () => {
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  expect(operations).toHaveLength(rest.routes.length);
  expect(new Set(operations.map((each) => each.operationId)).size).toBe(operations.length);
  for (const route of rest.routes) {
    const operation = operationOf(route.method, route.path);
    expect(Object.keys(operation.responses)).toEqual(
      expect.arrayContaining([String(route.status), '400', '503', 'default']),
    );
    expect(operation.security).toEqual(route.access === 'public' ? [] : [{ bearer: [] }, { apiKey: [] }]);
    const inPath = operation.parameters?.filter((each) => each.in === 'path').map((each) => each.name) ?? [];
    expect(inPath).toEqual([...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
    const keyed = operation.parameters?.some((each) => each.name === 'Idempotency-Key') ?? false;
    expect(keyed).toBe(route.method === 'post' && route.access !== 'public');
  }
});

test('its examples of requests are valid', () => {
  for (const route of rest.routes.filter((each) => each.body !== undefined)) {
    const schema = operationOf(route.method, route.path).requestBody?.content['application/json'].schema ?? {};
    const validate = validator(schema);
    validate(bodyOf(route));
    expect([nameOf(route), validate.errors]).toEqual([nameOf(route), null]);
    expect([nameOf(route), route.body?.safeParse(bodyOf(route)).success]).toEqual([nameOf(route), true]);
  }
});

test('what the server answers satisfies it', async () => {
  const { ids, ...credentials } = await populate(rest);
  // A redirect has no body, a stream no end; a composite schedule is a charger's to give (its shape: test/certification/smart-charging).
  const reads = rest.routes.filter(
    (each) =>
      each.method === 'get' &&
      each.status < 300 &&
      each.stream === undefined &&
      each.path !== '/charge-points/{id}/composite-schedule',
  );
  for (const route of reads) {
    const { status, body } = await rest.as(credentialFor(route, credentials)).get(pathOf(route, ids));
    expect([nameOf(route), status]).toEqual([nameOf(route), 200]);
    const schema = operationOf('get', route.path).responses['200']?.content?.['application/json']?.schema ?? {};
    const validate = validator(schema);
    validate(body);
    expect([nameOf(route), validate.errors]).toEqual([nameOf(route), null]);
  }
});

test('describes every event that is sent, with an example that satisfies it', () => {
  expect(Object.keys(document.webhooks).sort()).toEqual(Object.keys(catalogue).sort());
  for (const [type, { post }] of Object.entries(document.webhooks)) {
    const { schema, examples } = post.requestBody.content['application/json'];
    const validate = validator(schema);
    validate(examples.example.value);
    expect([type, validate.errors]).toEqual([type, null]);
  }
});

test('typed parameters of a query are described by what is written there', () => {
  const parameters = operationOf('get', '/charge-points').parameters ?? [];
  const schemaOf = (name: string) => parameters.find((each) => each.name === name)?.schema;
  expect(schemaOf('limit')).toEqual({ type: 'integer', minimum: 1, maximum: 100, default: 50 });
  expect(schemaOf('connected')).toEqual({ type: 'boolean' });
});

test('every list comes in pages, of 100 at most', () => {
  const lists = Object.entries(document.paths).flatMap(([path, { get }]) => {
    const limit = get?.parameters?.find(({ name }) => name === 'limit');
    const shown = JSON.stringify(get?.responses['200']?.content?.['application/json']?.schema ?? {});
    return limit === undefined && !shown.includes('"next_cursor"') ? [] : [[path, limit?.schema['maximum']]];
  });
  expect(lists.length).toBeGreaterThan(70);
  expect(lists.filter(([, most]) => most !== 100)).toEqual([]);
});

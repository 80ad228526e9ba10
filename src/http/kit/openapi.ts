/**
 * The OpenAPI 3.1 document, from the same schemas that validate; events become its `webhooks` section. It must never describe
 * what a route does not do: everything here is derived.
 */
import { z } from 'zod';
import { catalogue, envelopeExample, envelopeOf, eventTypes } from '../../events/index.ts';
import { scopes } from '../../platform/principal.ts';
import type { AnyRoute } from './route.ts';

type Json = Record<string, unknown>;
export type OpenApiInfo = { readonly title: string; readonly version: string; readonly description: string };

export const API_BASE = '/api/v1';

export function openApi(routes: readonly AnyRoute[], info: OpenApiInfo): Json {
  const schemas: Schemas = new Map([['Error', errorSchema]]);
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `${API_BASE}${route.path}`;
    paths[path] = { ...paths[path], [route.method]: operation(route, schemas) };
  }
  const events = webhooks(schemas);
  return {
    openapi: '3.1.0',
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/', description: 'This installation' }],
    tags: [...new Set(routes.map((route) => route.tag))].sort().map((name) => ({ name })),
    paths,
    webhooks: events,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key (`dyn_live_…`) or the access token of a login.',
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key (`dyn_live_…`).' },
      },
      schemas: Object.fromEntries([...schemas].sort(([a], [b]) => a.localeCompare(b))),
      headers: {
        'X-Request-Id': { description: 'Names this request in the logs of the server.', schema: { type: 'string' } },
        'X-Trace-Id': {
          description:
            'Of the trace that this request is part of: from its header `traceparent` (W3C Trace Context), or new. It stands in the logs, and on the commands, frames, events and deliveries that come of it.',
          schema: { type: 'string', pattern: '^[0-9a-f]{32}$' },
        },
        'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } },
      },
      responses: Object.fromEntries(Object.entries(faults).map(([name, fault]) => [name, faultResponse(fault)])),
    },
  };
}

function operation(route: AnyRoute, schemas: Schemas): Json {
  const isProtected = route.access !== 'public';
  const keyed = route.method === 'post' && isProtected && route.idempotent !== false;
  const parameters = [
    ...parametersOf(route.params, 'path', schemas),
    ...parametersOf(route.query, 'query', schemas),
    ...(keyed ? [idempotencyKey] : []),
  ];
  const needs = isProtected && route.access !== 'authenticated' ? `Needs the scope \`${route.access}\`.` : undefined;
  return {
    operationId: route.operationId,
    summary: route.summary,
    description: [route.description, needs].filter((part) => part !== undefined).join('\n\n') || route.summary,
    tags: [route.tag],
    security: isProtected ? [{ bearer: [] }, { apiKey: [] }] : [],
    ...(isProtected && route.access !== 'authenticated' && { 'x-scope': route.access }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== undefined && {
      requestBody: {
        required: isRequired(route.body),
        content: json(toSchema(route.body, 'input', schemas), route.examples),
      },
    }),
    ...(route.upload !== undefined && { requestBody: { required: true, content: file(route.upload) } }),
    responses: responsesOf(route, keyed, schemas),
  };
}

/** A body of which nothing is required may be left out: it is then read as {}. */
const isRequired = (body: z.ZodType): boolean => !body.safeParse({}).success;

function responsesOf(route: AnyRoute, keyed: boolean, schemas: Schemas): Json {
  const success = (description: string) => ({
    description,
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
      'X-Trace-Id': { $ref: '#/components/headers/X-Trace-Id' },
    },
    ...(route.response !== undefined && { content: json(toSchema(route.response, 'output', schemas)) }),
    ...(route.stream !== undefined && { content: serverSentEvents(toSchema(route.stream, 'output', schemas)) }),
    ...(route.download !== undefined && { content: file(route.download) }),
  });
  const fixed = (name: keyof typeof faults) => ({ $ref: `#/components/responses/${name}` });
  const own = Object.entries(route.errors ?? {}).map(([status, description]) => [
    status,
    { ...faultResponse({ description, hasRetry: status === '429' }) },
  ]);
  return {
    400: fixed('Invalid'),
    ...(route.access !== 'public' && { 401: fixed('Unauthorized'), 429: fixed('TooMany') }),
    ...(route.access !== 'public' && route.access !== 'authenticated' && { 403: fixed('Forbidden') }),
    ...(route.params !== undefined && { 404: fixed('NotFound') }),
    ...(keyed && { 409: fixed('Conflict') }),
    ...(route.body !== undefined && { 413: fixed('TooLarge') }),
    503: fixed('Unavailable'),
    ...Object.fromEntries(own),
    ...Object.fromEntries(
      Object.entries(route.otherStatuses ?? {}).map(([status, description]) => [status, success(description)]),
    ),
    [route.status]: success(route.summary),
    default: fixed('Internal'),
  };
}

function parametersOf(schema: z.ZodObject | undefined, where: 'path' | 'query', schemas: Schemas): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toSchema(schema, 'input', schemas) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

/** One operation per event type: what an endpoint receives. */
function webhooks(schemas: Schemas): Json {
  return Object.fromEntries(
    eventTypes.map((type) => {
      const { description } = catalogue[type];
      return [
        type,
        {
          post: {
            operationId: `on_${type.replaceAll('.', '_')}`,
            summary: description,
            description: `${description}. Verify \`X-Webhook-Signature\` over the raw body before using it.`,
            tags: ['Webhook events'],
            parameters: [
              {
                name: 'X-Webhook-Signature',
                in: 'header',
                required: false,
                description:
                  '`sha256=` and the hexadecimal HMAC-SHA256 of the raw body under the secret of the endpoint.',
                schema: { type: 'string' },
              },
            ],
            requestBody: {
              required: true,
              content: json(toSchema(envelopeOf(type), 'output', schemas), {
                example: { value: envelopeExample(type) },
              }),
            },
            responses: { '2XX': { description: 'Received. Anything else is tried again.' } },
          },
        },
      ];
    }),
  );
}

const json = (schema: Json, examples?: AnyRoute['examples'] | Json): Json => ({
  'application/json': { schema, ...(examples !== undefined && { examples }) },
});

/** OpenAPI 3.1 has no word for the single event of a stream: its schema stands beside, for programs that know ours. */
const serverSentEvents = (data: Json): Json => ({
  'text/event-stream': {
    schema: {
      type: 'string',
      description:
        'Server-sent events. `data` of each is JSON (`x-event-data`); `id` is what to name in `Last-Event-ID` to go on after it.',
    },
    'x-event-data': data,
  },
});

/** OpenAPI 3.1: bytes have no type, only a content type. */
const file = (contentTypes: readonly string[]): Json => Object.fromEntries(contentTypes.map((type) => [type, {}]));

/** Schemas with `.meta({ id })` stand once, among the components. */
type Schemas = Map<string, Json>;

export function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Schemas): Json {
  const {
    $schema: _,
    $defs = {},
    ...rest
  } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override: ({ jsonSchema, zodSchema }) => {
      // zod drops the examples and defaults of requests that it transforms, though they are written as they are sent.
      const { examples, default: fallback } = z.globalRegistry.get(zodSchema) ?? {};
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (typeof fallback === 'number') jsonSchema.default = fallback;
      // Answers may grow fields: a client must not be told otherwise.
      if (io === 'output' && jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      // A typed query parameter is text to zod; the pattern is of that text.
      if (jsonSchema.type === 'integer' || jsonSchema.type === 'boolean') {
        delete jsonSchema.pattern;
        if (jsonSchema.type === 'boolean') delete jsonSchema.enum;
      }
      // A leap-year proof pattern of 300 characters helps no reader.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  for (const [name, definition] of Object.entries($defs)) {
    const component = relinked(definition);
    const known = schemas.get(name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(component))
      throw new Error(`two schemas are called ${name}`);
    schemas.set(name, component);
  }
  return relinked(rest);
}

/** From a schema's own definitions to the components of the document. */
const relinked = (schema: object): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/'));

const idempotencyKey: Json = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'The same key with the same request is done once and answered alike (`Idempotent-Replayed: true`), for 24 hours, also when the answer was a 503 or got lost; with another request it is a 409.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x20-\\x7e]+$' },
};

const errorSchema: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details', 'request_id'],
      properties: {
        code: { type: 'string', description: 'For programs.', examples: ['validation_failed'] },
        message: { type: 'string', description: 'For people: what is wrong and what to do.' },
        details: {
          type: 'array',
          items: {
            type: 'object',
            required: ['field', 'message'],
            properties: { field: { type: 'string' }, message: { type: 'string' } },
          },
        },
        request_id: { type: 'string' },
      },
    },
  },
};

type Fault = { readonly description: string; readonly hasRetry?: boolean };
const faults = {
  Invalid: { description: 'The request is not valid; `details` names each field and what would be right.' },
  Unauthorized: { description: 'No credential, or one that is unknown, expired or revoked.' },
  Forbidden: { description: `The credential lacks the scope. Scopes: ${scopes.join(', ')}.` },
  NotFound: { description: 'Unknown, or of another organization.' },
  Conflict: {
    description: 'Not in this state; or the Idempotency-Key belongs to another or a running request.',
    hasRetry: true,
  },
  TooLarge: { description: 'The body is larger than 100 KB.' },
  TooMany: { description: 'Too many requests.', hasRetry: true },
  Unavailable: { description: 'The database is away for the moment.', hasRetry: true },
  Internal: { description: 'A fault of the server; `request_id` finds it in its log.' },
} as const satisfies Record<string, Fault>;

const faultResponse = ({ description, hasRetry = false }: Fault): Json => ({
  description,
  headers: {
    'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
    'X-Trace-Id': { $ref: '#/components/headers/X-Trace-Id' },
    ...(hasRetry && { 'Retry-After': { $ref: '#/components/headers/Retry-After' } }),
  },
  content: json({ $ref: '#/components/schemas/Error' }),
});

/**
 * Routes → Express router. For every request: who asks, may he, is every part valid, then the handler, then only declared
 * fields go out. It must never run a handler with an unparsed part, and never read a body before the caller is known.
 */
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Audit, AuditedEnd, AuditedOutcome } from '../../platform/audited.ts';
import { AppError } from '../../platform/errors.ts';
import type { AuditSubject, Principal } from '../../platform/principal.ts';
import { confine } from './confine.ts';
import { type Download, sendDownload } from './download.ts';
import type { Answer, Idempotency } from './idempotency.ts';
import type { AnyRoute } from './route.ts';
import type { Feed } from './sse.ts';
import type { Streams } from './streams.ts';
import { isStorableText, parseStrictJson } from './strict-json.ts';
import { validate } from './validate.ts';

export const MAX_BODY_BYTES = 100 * 1024;

export type MountNeeds = {
  /** Who asks. Throws unauthorized or too_many_requests. */
  readonly identify: (req: Request) => Promise<Principal>;
  readonly idempotency: Idempotency;
  readonly streams: Streams;
  readonly audit: Audit;
  /** How a fault is answered. */
  readonly faultOf: (cause: unknown) => AuditedEnd;
  /** Where the caller is, as far as is known. */
  readonly addressOf: (req: Request) => string;
};

export function mount(routes: readonly AnyRoute[], needs: MountNeeds): Router {
  refuseDoubles(routes);
  const router = Router({ caseSensitive: true });
  const methods = new Map<string, string[]>();
  for (const route of [...routes].sort(literalsFirst)) {
    const path = expressPath(route.path);
    router[route.method](path, handlerOf(route, itemOf(route, routes), needs));
    methods.set(path, [...(methods.get(path) ?? []), route.method.toUpperCase()]);
  }
  for (const [path, allowed] of methods) router.all(path, wrongMethod(allowed));
  return router;
}

function handlerOf(route: AnyRoute, item: AnyRoute | undefined, needs: MountNeeds): RequestHandler {
  const itemPath = item?.path.startsWith(`${route.path}/{`) === true ? route.path : undefined;
  return async (req, res) => {
    res.locals['route'] = route.path;
    const trail = trailOf(route, req, res, needs);
    try {
      await answer(req, res, trail);
    } catch (cause) {
      trail.failed(cause);
      throw cause;
    }
  };

  async function answer(req: Request, res: Response, trail: Trail): Promise<void> {
    const principal = route.access === 'public' ? undefined : await needs.identify(req);
    if (principal !== undefined) {
      res.locals['principalId'] = principal.id;
      trail.by(principal);
      requireScope(route, principal);
    }
    const asked = { params: paramsOf(route, req), query: validate(route.query, plain(req.query), 'query') };
    const held = await confined(route, principal, { ...asked, body: undefined });
    const { params, query } = held;
    res.locals['aboutToChange'] = (detail: unknown) => trail.changes(asked.params, detail);
    if (route.stream !== undefined) return stream(route, { params, query, principal, req, res }, needs);
    if (route.download !== undefined) {
      const input = { params, query, body: undefined, principal, req, res };
      // Parsed with the route's own schemas; downloadRoute() erased that this one gives a file.
      const file: unknown = await route.handle(input as Parameters<typeof route.handle>[0]);
      trail.ended(route.status, undefined);
      return sendDownload(req, res, file as Download);
    }
    const bytes = route.upload === undefined ? await readBody(req, res) : ownBody(route.upload, req, res);
    const sent = validate(route.body, parseStrictJson(bytes), 'request body');
    const { body } = await confined(route, principal, { params: undefined, query: undefined, body: sent });

    const work = async (): Promise<Answer> => {
      if (principal !== undefined) await trail.called(asked.params, sent);
      const input = { params, query, body, principal, req, res };
      // Every part was parsed with the route's own schemas right above; route() erased their types.
      const result = await route.handle(input as Parameters<typeof route.handle>[0]);
      const status = typeof res.locals['status'] === 'number' ? res.locals['status'] : route.status;
      // Of a public route the handler alone knows who it was: he has his answer when it is written down.
      if (principal === undefined) await trail.called(asked.params, sent);
      trail.ended(status, result);
      return { status, body: route.response === undefined ? null : JSON.stringify(route.response.parse(result)) };
    };
    const key = req.get('idempotency-key');
    if (key === undefined || principal === undefined || route.method !== 'post' || route.idempotent === false)
      return send(req, res, await work(), itemPath);
    const { organizationId, id: principalId } = principal;
    const request = { organizationId, principalId, key, method: req.method, url: req.originalUrl, body: bytes };
    const find = async (ids: readonly string[]): Promise<Answer | undefined> => {
      const made = item === undefined ? undefined : await madeBefore(item, ids, { principal, req, res });
      if (made === undefined) return undefined;
      const shown = route.response?.safeParse(made);
      if (shown?.success !== true) throw shownOnce(Reflect.get(made, 'id'));
      trail.ended(route.status, made);
      return { status: route.status, body: JSON.stringify(shown.data) };
    };
    const { replayed, ...reply } = await needs.idempotency.once(request, work, find);
    if (replayed) res.set('Idempotent-Replayed', 'true');
    send(req, res, reply, itemPath);
  }
}

/** What a request with these ids has made already, as its GET shows it. */
async function madeBefore(
  item: AnyRoute,
  ids: readonly string[],
  asked: { readonly principal: Principal; readonly req: Request; readonly res: Response },
): Promise<object | undefined> {
  const name = item.path.slice(item.path.lastIndexOf('{') + 1, -1);
  for (const id of ids) {
    const params = item.params?.safeParse({ [name]: id });
    if (params?.success !== true) continue; // an id of something else
    const input = { ...asked, params: params.data, query: validate(item.query, {}, 'query'), body: undefined };
    try {
      return (await item.handle(input as Parameters<typeof item.handle>[0])) as object; // an item is an object
    } catch (cause) {
      if (!(cause instanceof AppError && cause.code === 'not_found')) throw cause;
    }
  }
  return undefined;
}

const shownOnce = (id: unknown): AppError =>
  new AppError(
    'conflict',
    `The first request with this Idempotency-Key made ${String(id)}, and its answer was lost; what is shown once cannot be shown again: rotate it, or delete it and make another`,
  );

type Parts = Parameters<typeof confine>[2];
const confined = async (route: AnyRoute, principal: Principal | undefined, parts: Parts): Promise<Parts> =>
  principal === undefined ? parts : confine(route, principal, parts);

type Trail = {
  by(principal: Principal): void;
  called(params: unknown, body: unknown): Promise<void>;
  /** A GET is about to change something (route.ts aboutToChange). */
  changes(params: unknown, detail: unknown): Promise<void>;
  ended(status: number, result: unknown): void;
  failed(cause: unknown): void;
};

/** What of a request belongs into the audit log: all that may change something, and who was refused. */
function trailOf(route: AnyRoute, req: Request, res: Response, { audit, addressOf, faultOf }: MountNeeds): Trail {
  let changes = (route.method !== 'get' || route.changes === true) && route.audited !== false;
  let subject: AuditSubject | undefined;
  let outcome: AuditedOutcome | undefined;
  const call = (target: unknown) => ({
    requestId: String(res.locals['requestId']),
    subject,
    address: addressOf(req),
    operation: route.operationId,
    method: req.method,
    path: route.path,
    target: { ...(target as object | undefined) }, // parsed params are an object, or none
  });
  return {
    by(principal) {
      subject = principal;
    },
    async called(params, body) {
      if (!changes) return;
      subject ??= res.locals['subject'] as AuditSubject | undefined; // set by identifiedAs() only
      outcome = await audit.called(call(params), body);
    },
    async changes(params, detail) {
      changes = true;
      if (outcome === undefined) await this.called(params, detail);
    },
    ended(status, result) {
      const id: unknown = typeof result === 'object' && result !== null ? Reflect.get(result, 'id') : undefined;
      outcome?.ended({ status, ...(typeof id === 'string' && { id }) });
      outcome = undefined;
    },
    failed(cause) {
      const end = faultOf(cause);
      if (outcome !== undefined) return outcome.ended(end);
      if (end.status >= 500 || (!changes && ![401, 403, 429].includes(end.status))) return;
      if (cause instanceof AppError) subject ??= cause.subject;
      // What stood in the path was not looked at yet, and may be anything.
      const untold = cause instanceof AppError ? cause.untold : undefined;
      audit.refused(call(undefined), untold === undefined ? end : { ...end, untold });
    },
  };
}

type StreamInput = Pick<Parameters<AnyRoute['handle']>[0], 'req' | 'res'> & {
  readonly params: unknown;
  readonly query: unknown;
  readonly principal: Principal | undefined;
};

async function stream(route: AnyRoute, input: StreamInput, { identify, streams }: MountNeeds): Promise<void> {
  const { principal, req, res } = input;
  if (principal === undefined) throw new Error(`${route.path}: a stream must not be public`);
  if (req.method === 'HEAD') return void res.status(200).type('text/event-stream').end();
  const place = streams.enter(route.path, principal, route.streamsAtOnce);
  try {
    // Parsed with the route's own schemas; streamRoute() erased that this one gives a feed.
    const feed = (await route.handle({ ...input, body: undefined } as Parameters<
      typeof route.handle
    >[0])) as unknown as Feed;
    const stillAllowed = async (): Promise<void> => {
      const now = await identify(req);
      requireScope(route, now);
      const held = await confined(route, now, { params: input.params, query: undefined, body: undefined });
      if (JSON.stringify(held.params) !== JSON.stringify(input.params))
        throw new AppError('not_found', 'There is nothing under this id');
      // What it tells was decided with the rights of its beginning.
      if (rightsOf(now) !== rightsOf(principal))
        throw new AppError('forbidden', 'What you may read has changed; open the stream again');
    };
    await streams.serve({ req, res, feed, stillAllowed });
  } finally {
    place.leave();
  }
}

const rightsOf = ({ scopes, within }: Principal): string => JSON.stringify([[...scopes].sort(), within?.bounds]);

function send(req: Request, res: Response, answer: Answer, itemPath: string | undefined): void {
  res.status(answer.status);
  if (answer.body === null) return void res.end();
  if (answer.status === 201 && itemPath !== undefined) {
    const created: unknown = JSON.parse(answer.body);
    const id = typeof created === 'object' && created !== null ? Reflect.get(created, 'id') : undefined;
    if (typeof id === 'string') res.location(`${req.baseUrl}${itemPath}/${encodeURIComponent(id)}`);
  }
  res.type('application/json').send(answer.body);
}

function requireScope(route: AnyRoute, principal: Principal): void {
  if (route.access === 'public' || route.access === 'authenticated' || principal.scopes.has(route.access)) return;
  throw new AppError('forbidden', `This needs the scope ${route.access}`);
}

/** What cannot be an id is an unknown id: 404, as for any other that is not there. */
function paramsOf(route: AnyRoute, req: Request): unknown {
  const storable = Object.values(req.params).every((value) => isStorableText(String(value)));
  const parsed = storable
    ? (route.params?.safeParse(plain(req.params)) ?? { success: true, data: undefined })
    : undefined;
  if (parsed?.success === true) return parsed.data;
  throw new AppError('not_found', 'There is nothing under this id');
}

/** Express hands objects without a prototype, which zod does not take for records. */
function plain(values: object): Record<string, unknown> {
  for (const [name, value] of Object.entries(values)) {
    if (isStorableText(name) && isStorableText(String(value))) continue;
    const field = name.slice(0, 200);
    throw new AppError('validation_failed', 'The query is not valid: it contains NUL', {
      details: [{ field, message: 'contains NUL' }],
    });
  }
  return { ...values };
}

const rawBody = express.raw({ type: () => true, limit: MAX_BODY_BYTES });

/** The handler reads the file: from here on it is for it to say how long that may take. */
function ownBody(types: readonly string[], req: Request, res: Response): Uint8Array {
  if (req.headers['content-type'] !== undefined && req.is([...types]) === false) throw unfitType(types.join(', '));
  const watch: unknown = res.locals['endSlowBody'];
  if (typeof watch === 'function') watch();
  return new Uint8Array();
}

const unfitType = (types: string): AppError => {
  const message = `must be ${types}`;
  return new AppError('validation_failed', `The header Content-Type ${message}`, {
    details: [{ field: 'Content-Type', message }],
  });
};

async function readBody(req: Request, res: Response): Promise<Uint8Array> {
  if (req.method === 'GET' || req.method === 'HEAD') return new Uint8Array();
  await new Promise<void>((resolve, reject) => {
    rawBody(req, res, (cause?: unknown) => {
      if (cause === undefined) resolve();
      else reject(cause instanceof Error ? cause : new Error('the body could not be read', { cause }));
    });
  });
  const bytes: unknown = req.body;
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) return new Uint8Array();
  if (req.is(['application/json', 'application/*+json']) === false) throw unfitType('application/json');
  return bytes;
}

function wrongMethod(methods: readonly string[]): RequestHandler {
  const all = methods.includes('GET') ? [...methods, 'HEAD'] : [...methods];
  const allow = [...all, 'OPTIONS'].join(', ');
  return (req, res) => {
    res.set('Allow', allow);
    if (req.method === 'OPTIONS') return void res.status(204).end();
    throw new MethodNotAllowed(allow);
  };
}

/** 405: the path exists, the method does not. Not an AppError: only this router can raise it. */
export class MethodNotAllowed extends Error {
  override readonly name = 'MethodNotAllowed';
  constructor(allow: string) {
    super(`This address allows ${allow}`);
  }
}

const expressPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1');

/** The GET route that a created resource can be read by: it is named, or below the path itself. */
function itemOf(route: AnyRoute, routes: readonly AnyRoute[]): AnyRoute | undefined {
  if (route.makes !== undefined) {
    const named = routes.find(({ method, operationId }) => method === 'get' && operationId === route.makes);
    if (named === undefined) throw new Error(`${route.operationId}: there is no GET ${route.makes}`);
    return named;
  }
  if (route.method !== 'post' || route.status !== 201 || route.path.includes('{')) return undefined;
  return routes.find(
    (other) =>
      other.method === 'get' &&
      other.path.startsWith(`${route.path}/{`) &&
      !other.path.slice(route.path.length + 1).includes('/'),
  );
}

/** /webhooks/endpoints before /webhooks/{id}: the router takes the first that matches. */
const literalsFirst = (a: AnyRoute, b: AnyRoute): number =>
  shapeOf(a) < shapeOf(b) ? -1 : Number(shapeOf(a) > shapeOf(b));
const shapeOf = ({ path }: AnyRoute): string =>
  path
    .split('/')
    .map((part) => (part.startsWith('{') ? '1' : '0'))
    .join('');

function refuseDoubles(routes: readonly AnyRoute[]): void {
  const seen = new Set<string>();
  for (const route of routes) {
    for (const name of [`${route.method} ${route.path.replace(/\{\w+\}/g, '{}')}`, route.operationId]) {
      if (seen.has(name)) throw new Error(`two routes are called ${name}`);
      seen.add(name);
    }
  }
}

/**
 * A route is one object: method, path, who may, schemas, status, handle. From it come the Express handler (mount.ts) and the
 * OpenAPI document (openapi.ts). Rooms import src/http/kit and nothing else of src/http.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';
import type { AuditSubject, Principal, Scope } from '../../platform/principal.ts';
import type { Download } from './download.ts';
import type { Feed } from './sse.ts';

export type { Principal, Scope } from '../../platform/principal.ts';

/** Who may call a route: who has the scope, everybody with a valid credential, everybody. */
export type Access = Scope | 'authenticated' | 'public';

type Obj = z.ZodObject | undefined;
type Any = z.ZodType | undefined;
type Out<T> = T extends z.ZodType ? z.infer<T> : undefined;

export type RouteInput<P extends Obj, Q extends Obj, B extends Any, A extends Access> = {
  readonly params: Out<P>;
  readonly query: Out<Q>;
  readonly body: Out<B>;
  readonly principal: A extends 'public' ? undefined : Principal;
  readonly req: Request;
  /** For what JSON cannot say (a cookie, a header). Never for the body. */
  readonly res: Response;
};

export type RouteSpec<P extends Obj, Q extends Obj, B extends Any, R extends Any, A extends Access> = {
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** OpenAPI form, below /api/v1: /sessions/{id} */
  readonly path: `/${string}`;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** The scope that the key needs; 'authenticated': any valid credential; 'public': none. */
  readonly access: A;
  /**
   * How it holds to what a member of some sites, or an installer, reaches, where the path does not say it (confine.ts): `by_handler`, it
   * asks `principal.within`; `no_site`, what it shows or changes belongs to no site. Absent: closed to them.
   */
  readonly confined?: 'by_handler' | 'no_site';
  /** true: a GET that changes something all the same, since a browser is sent there; the audit log has it. */
  readonly changes?: boolean;
  /** false: what is told so often that the audit log would hold nothing else. Who is refused is in it all the same. */
  readonly audited?: false;
  readonly status: number;
  /** Further success statuses, set by the handler with {@link answerWith}, and what they mean. */
  readonly otherStatuses?: Readonly<Record<number, string>>;
  /** Errors that this route answers beyond those that every route may answer: what each means here. */
  readonly errors?: Readonly<Record<number, string>>;
  /** false: an Idempotency-Key is ignored. Default: every POST with a principal honours one. */
  readonly idempotent?: boolean;
  /** Operation of the GET that shows what this makes, for a repeat that finds it made. Default: that of the same path with an id behind it. */
  readonly makes?: string;
  readonly params?: P;
  /** Use z.strictObject: an unknown query parameter is a 400. */
  readonly query?: Q;
  /** Use z.strictObject: an unknown field is a 400. */
  readonly body?: B;
  /** Whole bodies by their names, for the documents; beside those of single fields. */
  readonly examples?: Readonly<Record<string, { readonly summary: string; readonly value: unknown }>>;
  /** Undeclared fields are stripped on the way out. Absent: no body. */
  readonly response?: R;
  /** Of a streamRoute: what the data of each server-sent event holds. */
  readonly stream?: z.ZodType;
  /** Of a streamRoute: so many at a time for one organization on one process, where it is not the usual number (streams.ts). */
  readonly streamsAtOnce?: number;
  /** Of a downloadRoute: the content types that its file may have. */
  readonly download?: readonly string[];
  /** Of an uploadRoute: the content types that its file may have. */
  readonly upload?: readonly string[];
  readonly handle: (input: RouteInput<P, Q, B, A>) => Promise<R extends z.ZodType ? z.input<R> : void>;
};
export type AnyRoute = RouteSpec<Obj, Obj, Any, Any, Access>;

export const route = <
  A extends Access,
  P extends Obj = undefined,
  Q extends Obj = undefined,
  B extends Any = undefined,
  R extends Any = undefined,
>(
  spec: RouteSpec<P, Q, B, R, A>,
): AnyRoute => spec as unknown as AnyRoute; // erased here only: mount.ts parses every part with the spec's own schema

type StreamSpec<P extends Obj, Q extends Obj, A extends Access> = Pick<
  RouteSpec<P, Q, undefined, undefined, A>,
  | 'path'
  | 'operationId'
  | 'summary'
  | 'description'
  | 'tag'
  | 'access'
  | 'confined'
  | 'errors'
  | 'params'
  | 'query'
  | 'streamsAtOnce'
> & {
  readonly stream: z.ZodType;
  /** What it throws is answered like any fault of a route; what the feed throws later ends the stream. */
  readonly handle: (input: RouteInput<P, Q, undefined, A>) => Promise<Feed>;
};

/** A route whose answer is a stream of server-sent events (streams.ts serves it). */
export const streamRoute = <A extends Access, P extends Obj = undefined, Q extends Obj = undefined>(
  spec: StreamSpec<P, Q, A>,
): AnyRoute => ({ ...spec, method: 'get', status: 200 }) as unknown as AnyRoute; // erased here only, as in route()

type DownloadSpec<P extends Obj, Q extends Obj, A extends Access> = Pick<
  RouteSpec<P, Q, undefined, undefined, A>,
  'path' | 'operationId' | 'summary' | 'description' | 'tag' | 'access' | 'errors' | 'params' | 'query'
> & {
  readonly download: readonly string[];
  /** What it throws is answered like any fault of a route; what the body throws later cuts the answer off. */
  readonly handle: (input: RouteInput<P, Q, undefined, A>) => Promise<Download>;
};

/** A route whose answer is a file (download.ts sends it). */
export const downloadRoute = <A extends Access, P extends Obj = undefined, Q extends Obj = undefined>(
  spec: DownloadSpec<P, Q, A>,
): AnyRoute => ({ ...spec, method: 'get', status: 200 }) as unknown as AnyRoute; // erased here only, as in route()

type UploadSpec<P extends Obj, Q extends Obj, R extends Any, A extends Access> = Pick<
  RouteSpec<P, Q, undefined, R, A>,
  | 'path'
  | 'operationId'
  | 'summary'
  | 'description'
  | 'tag'
  | 'access'
  | 'status'
  | 'errors'
  | 'params'
  | 'query'
  | 'response'
  | 'handle'
> & { readonly upload: readonly string[] };

/**
 * A route whose request is a file, of any length: it reads `req` itself, and must watch its length and its pace. Only PUT, so that
 * no Idempotency-Key has to compare bodies.
 */
export const uploadRoute = <
  A extends Access,
  P extends Obj = undefined,
  Q extends Obj = undefined,
  R extends Any = undefined,
>(
  spec: UploadSpec<P, Q, R, A>,
): AnyRoute => ({ ...spec, method: 'put' }) as unknown as AnyRoute; // erased here only, as in route()

/** Answers with another success status than the route's own (declare it in `otherStatuses`). */
export const answerWith = (res: Response, status: number): void => {
  res.locals['status'] = status;
};

/** A public route says whom it has recognized, for the audit log. */
export const identifiedAs = (res: Response, subject: AuditSubject): void => {
  res.locals['subject'] = subject;
};

/**
 * Of a GET that changes something now and then (a document that is issued when it is first asked for): said right before, so that the
 * audit log has it before it is done. `detail`: what the path does not say.
 */
export async function aboutToChange(res: Response, detail?: object): Promise<void> {
  const tell: unknown = res.locals['aboutToChange'];
  if (typeof tell === 'function') await tell(detail); // kit/mount.ts
}

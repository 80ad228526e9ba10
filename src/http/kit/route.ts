/**
 * A route is one object: method, path, who may, schemas, status, handle. From it come the Express handler (mount.ts) and the
 * OpenAPI document (openapi.ts). Rooms import this file and nothing else of src/http.
 */
import type { Request, Response } from 'express';
import type { z } from 'zod';

export type Scope =
  | 'read:charge_points'
  | 'write:charge_points'
  | 'read:sessions'
  | 'read:billing'
  | 'write:billing'
  | 'read:analytics'
  | 'write:webhooks'
  | 'write:api_keys'
  | 'write:commands';

/** Who is asking. Every query of a handler names `organizationId`. */
export type Principal = {
  readonly kind: 'api_key' | 'user';
  /** key_… or usr_… */
  readonly id: string;
  readonly organizationId: string;
  readonly scopes: ReadonlySet<Scope>;
};

type Obj = z.ZodObject | undefined;
type Any = z.ZodType | undefined;
type Out<T> = T extends z.ZodType ? z.infer<T> : undefined;

export type RouteInput<P extends Obj, Q extends Obj, B extends Any, A extends Scope | 'public'> = {
  readonly params: Out<P>;
  readonly query: Out<Q>;
  readonly body: Out<B>;
  readonly principal: A extends 'public' ? undefined : Principal;
  readonly req: Request;
  /** For what JSON cannot say (a cookie, a header). Never for the body. */
  readonly res: Response;
};

export type RouteSpec<P extends Obj, Q extends Obj, B extends Any, R extends Any, A extends Scope | 'public'> = {
  readonly method: 'get' | 'post' | 'patch' | 'put' | 'delete';
  /** OpenAPI form, below /api/v1: /sessions/{id} */
  readonly path: `/${string}`;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  /** The scope that the key needs, or 'public'. */
  readonly access: A;
  readonly status: number;
  readonly params?: P;
  /** Use z.strictObject: an unknown query parameter is a 400. */
  readonly query?: Q;
  /** Use z.strictObject: an unknown field is a 400. */
  readonly body?: B;
  /** Undeclared fields are stripped on the way out. Absent: no body. */
  readonly response?: R;
  readonly handle: (input: RouteInput<P, Q, B, A>) => Promise<R extends z.ZodType ? z.input<R> : void>;
};
export type AnyRoute = RouteSpec<Obj, Obj, Any, Any, Scope | 'public'>;

export const route = <
  A extends Scope | 'public',
  P extends Obj = undefined,
  Q extends Obj = undefined,
  B extends Any = undefined,
  R extends Any = undefined,
>(
  spec: RouteSpec<P, Q, B, R, A>,
): AnyRoute => spec as unknown as AnyRoute; // erased here only: mount.ts parses every part with the spec's own schema

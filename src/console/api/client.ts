/** The REST API, typed from its own OpenAPI document. Every answer that is not a success becomes an ApiError. */

import { createDynamoClient, type Schemas } from '../../client/index.ts';
import { ApiError, unreachable } from './errors.ts';
import { session } from './session.ts';

/** With the token of whoever is signed in; a token that has just ended is renewed, and the request made once more. */
export async function authorizedFetch(request: Request): Promise<Response> {
  const spare = request.clone();
  const token = await session.token();
  const first = await send(request, token);
  if (first.status !== 401 || !(await session.renewAfter(token))) return first;
  return send(spare, await session.token());
}

async function send(request: Request, token: string): Promise<Response> {
  request.headers.set('authorization', `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw unreachable();
  }
}

export const api = createDynamoClient({ baseUrl: window.location.origin, fetch: authorizedFetch });
export { onlyOnce, type paths, type Schemas } from '../../client/index.ts';

type Outcome<T> = { readonly data?: T; readonly error?: unknown; readonly response: Response };

/** The answer, or an ApiError. */
export async function answer<T>(asked: Promise<Outcome<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await asked;
  if (!response.ok) throw errorOf(response, error);
  return data as NonNullable<T>;
}

/** Of routes that answer with nothing. */
export async function done(asked: Promise<Outcome<unknown>>): Promise<void> {
  const { error, response } = await asked;
  if (!response.ok) throw errorOf(response, error);
}

function errorOf(response: Response, body: unknown): ApiError {
  const wait = Number(response.headers.get('retry-after'));
  const isError = typeof body === 'object' && body !== null && 'error' in body;
  return new ApiError(response.status, isError ? (body as Schemas['Error']) : undefined, wait > 0 ? wait : undefined);
}

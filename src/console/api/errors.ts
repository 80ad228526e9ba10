/** What the API says when it refuses, as one kind of error: what is wrong, which field, and the number that finds it in the log. */
import type { Schemas } from '../../client/index.ts';

export type FieldFault = { readonly field: string; readonly message: string };

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: readonly FieldFault[];
  readonly requestId: string | undefined;
  readonly retryAfterS: number | undefined;

  constructor(status: number, body: Schemas['Error'] | undefined, retryAfterS?: number) {
    super(body?.error.message ?? `HTTP ${status}`);
    this.name = 'ApiError';
    this.status = status;
    this.code = body?.error.code ?? (status === 0 ? 'unreachable' : 'internal');
    this.details = body?.error.details ?? [];
    this.requestId = body?.error.request_id;
    this.retryAfterS = retryAfterS;
  }
}

/** No answer at all: the server or the network is away. */
export const unreachable = (): ApiError => new ApiError(0, undefined);

export const isApiError = (cause: unknown): cause is ApiError => cause instanceof ApiError;

/** Worth another try: nothing is wrong with what was asked. */
export const isPassing = (cause: unknown): boolean =>
  isApiError(cause) && (cause.status === 0 || cause.status === 503 || cause.status === 502 || cause.status === 504);

/** By field, for forms. */
export const faultsByField = (cause: unknown): Readonly<Record<string, string>> =>
  isApiError(cause) ? Object.fromEntries(cause.details.map(({ field, message }) => [field, message])) : {};

/** What all routes share that send a command: their parts in OpenAPI, and the way from a request to the command. */
import type { Response } from 'express';
import { z } from 'zod';
import { boolParam, idParam, intParam } from '../http/kit/fields.ts';
import type { Principal } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { type CommandRequest, DEFAULT_EXPIRY_S, type IssueCommand } from './issue-command.ts';
import type { StoredCommand } from './read-store.ts';
import type { Call, FriendlyCommand, Outlet } from './types.ts';

const wait = boolParam
  .optional()
  .describe(
    'true: answer with the outcome, at most timeout_s and 5 s later (queued or sent if there is none by then), instead of at once with the queued command',
  );
const queue = boolParam
  .optional()
  .describe('true: a charge point that is offline gets it when it connects, if that is before its expiry');
const expiresIn = { min: 60, max: 30 * 86_400 };
const expiresInS = intParam({ ...expiresIn, fallback: DEFAULT_EXPIRY_S })
  .optional()
  .describe('With queue=true, in seconds');

export const asking = {
  tag: 'Commands',
  access: 'write:commands',
  params: z.object({ id: idParam('cp') }),
  wait,
  /** Spread into the strictObject of the query of every route that sends a command. */
  query: { wait, queue, expires_in_s: expiresInS },
  /** The same, in a body. */
  expiresInS: z.int().min(expiresIn.min).max(expiresIn.max),
  timeoutS: z.int().min(1).max(600).optional().describe('How long the charger has for its answer; default 30'),
  connectorId: z.int().min(1).max(1000),
  /** With it, a connector_id beside it is the number of a connector within that EVSE. */
  evseId: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('An EVSE; a connector_id beside it then counts within that EVSE. Of OCPP 1.6 both are the same number'),
  errors: {
    404: 'There is no such charge point',
    409: 'The charge point is offline: it is not connected, and without queue=true nothing is kept for later',
    429: 'Too many commands wait for this charge point',
  },
} as const;

/** As much of a request as sending needs. */
export type Asked = {
  readonly params: { readonly id: string };
  readonly query: {
    readonly wait?: boolean | undefined;
    readonly queue?: boolean | undefined;
    readonly expires_in_s?: number | undefined;
  };
  readonly body: { readonly timeout_s?: number | undefined };
  readonly principal: Principal;
  readonly res: Response;
};
export type Send<Shown> = (
  asked: Asked,
  command: Call | FriendlyCommand,
  validate?: boolean,
  /** What the asking room writes down in the transaction that queues the command. */
  alongside?: CommandRequest['alongside'],
) => Promise<Shown>;

export const createSend =
  <Shown>(issue: IssueCommand, present: (command: StoredCommand) => Shown): Send<Shown> =>
  async ({ params, query, body, principal, res }, command, validate, alongside) => {
    // Nobody waits any more for what a closed connection asked.
    const gone = new AbortController();
    res.once('close', () => gone.abort());
    const stored = await issue({
      organizationId: principal.organizationId,
      chargePointId: params.id,
      command,
      requestedBy: principal.id,
      timeoutS: body.timeout_s,
      validate,
      alongside,
      wait: query.wait,
      queueForS: queueFor(query),
      signal: gone.signal,
      traceId: traceIdOf(res),
    });
    return present(stored);
  };

/** The outlet that a body names. Throws validation_failed when it names none. */
export function outletIn(body: {
  readonly evse_id?: number | undefined;
  readonly connector_id?: number | undefined;
}): Outlet {
  const { evse_id: evseId, connector_id: connectorId } = body;
  if (evseId !== undefined) return { evseId, connectorId };
  if (connectorId !== undefined) return { connectorId };
  const message = 'is missing; name connector_id, or evse_id';
  throw new AppError('validation_failed', `The request is not valid: connector_id ${message}`, {
    details: [{ field: 'connector_id', message }],
  });
}

/** How long it may wait for a charger that is offline; undefined: not at all. Throws validation_failed. */
export function queueFor(query: Asked['query']): number | undefined {
  if (query.queue === true) return query.expires_in_s ?? DEFAULT_EXPIRY_S;
  if (query.expires_in_s === undefined) return undefined;
  const message = 'is for commands that may wait; add queue=true or leave it out';
  throw new AppError('validation_failed', `The query is not valid: expires_in_s ${message}`, {
    details: [{ field: 'expires_in_s', message }],
  });
}

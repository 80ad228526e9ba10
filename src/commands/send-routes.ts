/** What all routes share that send a command: their parts in OpenAPI, and the way from a request to the command. */
import type { Response } from 'express';
import { z } from 'zod';
import { boolParam, idParam } from '../http/kit/fields.ts';
import type { Principal } from '../http/kit/route.ts';
import type { IssueCommand } from './issue-command.ts';
import type { StoredCommand } from './read-store.ts';
import type { Call, FriendlyCommand } from './types.ts';

export const asking = {
  tag: 'Commands',
  access: 'write:commands',
  params: z.object({ id: idParam('cp') }),
  wait: boolParam
    .optional()
    .describe(
      'true: answer with the outcome, at most timeout_s and 5 s later (queued or sent if there is none by then), instead of at once with the queued command',
    ),
  timeoutS: z.int().min(1).max(600).optional().describe('How long the charger has for its answer; default 30'),
  connectorId: z.int().min(1).max(1000),
  errors: {
    404: 'There is no such charge point',
    409: 'The charge point is offline: it is not connected, and nothing is kept for later',
    429: 'Too many commands wait for this charge point',
  },
} as const;

/** As much of a request as sending needs. */
export type Asked = {
  readonly params: { readonly id: string };
  readonly query: { readonly wait?: boolean | undefined };
  readonly body: { readonly timeout_s?: number | undefined };
  readonly principal: Principal;
  readonly res: Response;
};
export type Send<Shown> = (asked: Asked, command: Call | FriendlyCommand, validate?: boolean) => Promise<Shown>;

export const createSend =
  <Shown>(issue: IssueCommand, present: (command: StoredCommand) => Shown): Send<Shown> =>
  async ({ params, query, body, principal, res }, command, validate) => {
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
      wait: query.wait,
      signal: gone.signal,
    });
    return present(stored);
  };

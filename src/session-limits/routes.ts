/** REST: what a session may cost, take or last at most. */
import type { Response } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { SubmitFor } from '../ingest/contract.ts';
import type { TransactionLimit } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { limitBody, limitOf, presentLimit, shownSessionLimit } from './schemas.ts';
import { limitsOf } from './store.ts';

const tag = 'Sessions';
const path = '/sessions/{id}/limit';
const params = z.object({ id: idParam('ses') });
const PATIENCE_MS = 5_000;

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: SubmitFor;
  readonly clock: Clock;
  readonly newId: (prefix: 'slm') => string;
  /** src/sessions sessionById */
  readonly findSession: (
    organizationId: string,
    id: string,
  ) => Promise<{ readonly chargePointId: string; readonly endedAt: Date | null } | undefined>;
};

export function sessionLimitRoutes({ db, submit, clock, newId, findSession }: Needs): AnyRoute[] {
  async function openSession(organizationId: string, id: string) {
    const session = await findSession(organizationId, id);
    if (session === undefined) throw new AppError('not_found', 'There is no such session');
    if (session.endedAt !== null) throw new AppError('conflict', 'This session has already ended');
    return session;
  }

  async function found(organizationId: string, id: string) {
    const row = (await limitsOf(db, organizationId, [id])).get(id);
    if (row === undefined) throw new AppError('not_found', 'There is no such session, or it has no limit');
    return presentLimit(row);
  }

  async function set(
    principal: { organizationId: string; id: string },
    sessionId: string,
    limit: TransactionLimit,
    res: Response,
  ) {
    const { organizationId, id: setBy } = principal;
    const { chargePointId } = await openSession(organizationId, sessionId);
    const about = { room: 'session_limits', type: 'set', chargePointId, receivedAt: clock.now() } as const;
    await submit(
      { ...about, onlyFor: organizationId, limitId: newId('slm'), sessionId, limit, source: 'operator', setBy },
      { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
    );
    return found(organizationId, sessionId);
  }

  return [
    route({
      method: 'get',
      path,
      operationId: 'getSessionLimit',
      summary: 'Get the limit of a session',
      tag,
      access: 'read:sessions',
      status: 200,
      params,
      response: shownSessionLimit,
      handle: ({ principal: { organizationId }, params: { id } }) => found(organizationId, id),
    }),
    route({
      method: 'put',
      path,
      operationId: 'setSessionLimit',
      summary: 'Limit a session that runs, in energy, time, cost or state of charge',
      description:
        'In place of what was set before. What is paid, or left on a prepaid token, stays the most that it may cost: `max_cost` is that, or ' +
        'less where less is asked for. A station of OCPP 2.1 is told with the answer to its next event and stops the charging ' +
        'by itself once it has confirmed the limit (`kept_by: station`); raised, it goes on. Of every other station the session is ' +
        'stopped from here when its readings, or the clock, say that it is reached.',
      tag,
      access: 'write:commands',
      status: 200,
      params,
      body: limitBody,
      response: shownSessionLimit,
      errors: { 409: 'The session has ended.' },
      handle: ({ principal, params: { id }, body, res }) => set(principal, id, limitOf(body), res),
    }),
    route({
      method: 'delete',
      path,
      operationId: 'removeSessionLimit',
      summary: 'Take back what was set as the limit of a session',
      description:
        'What a driver has set at the station stays, and so does `max_cost` of what is paid, or left on a prepaid token. OCPP 2.1 cannot take a limit back: it is raised beyond reach.',
      tag,
      access: 'write:commands',
      status: 200,
      params,
      response: shownSessionLimit,
      errors: { 409: 'The session has ended.' },
      async handle({ principal, params: { id }, res }) {
        await openSession(principal.organizationId, id);
        await found(principal.organizationId, id);
        return set(principal, id, {}, res);
      },
    }),
  ];
}

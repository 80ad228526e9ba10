/** REST for sessions: read them, stop one at the charger, close the record of one that the charger has forgotten. */
import { z } from 'zod';
import { commandSchema, presentCommand, type StopSession } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idField, idParam, instantIn, listParam } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { SubmitFor } from '../ingest/contract.ts';
import type { CloseReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Plans } from '../tariffs/index.ts';
import { costRoutes } from './cost-routes.ts';
import { detailRoutes } from './detail-routes.ts';
import { limitsFor, paidFor, presentSession, session, statuses } from './present.ts';
import { listSessions, type SessionView, sessionById } from './read-store.ts';

const tag = 'Sessions';
const params = z.object({ id: idParam('ses') });
/** While the database is away a person would rather be told. Counted by a timer of this process. */
const PATIENCE_MS = 5_000;

const sessionKey = z
  .tuple([z.iso.datetime({ precision: 3 }), z.string().regex(/^[\x21-\x7e]{1,64}$/)])
  .transform(([at, id]) => ({ startedAt: new Date(at), id }));
export type SessionRoutesNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: SubmitFor;
  /** src/commands createStopSession */
  readonly stopSession: StopSession;
  readonly plans: Plans;
  readonly clock: Clock;
};

export function sessionRoutes({ db, submit, stopSession, plans, clock }: SessionRoutesNeeds): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<SessionView> {
    const found = await sessionById(db, organizationId, id);
    if (found === undefined) throw new AppError('not_found', 'There is no such session');
    return found;
  }
  async function present(organizationId: string, row: SessionView) {
    const now = clock.now();
    const paid = (await paidFor({ db, plans }, organizationId, [row], now)).get(row.id);
    const limit = (await limitsFor(db, organizationId, [row])).get(row.id);
    return presentSession(row, { paid, limit }, now);
  }

  return [
    route({
      method: 'get',
      path: '/sessions',
      operationId: 'listSessions',
      summary: 'List sessions, newest first',
      tag,
      access: 'read:sessions',
      confined: 'by_handler',
      status: 200,
      query: z.strictObject({
        status: listParam(statuses).optional(),
        charge_point_id: idField('cp').optional(),
        token: z
          .string()
          .min(1)
          .max(255)
          .optional()
          .meta({ description: 'Uid, in any case, or tok_… id of the token' }),
        from: instantIn.optional().meta({ description: 'Began at or after' }),
        to: instantIn.optional().meta({ description: 'Began before' }),
        ...pageQuery,
      }),
      response: pageOf(session),
      handle: async ({ principal: { organizationId, within }, query }) => {
        const page = readPage(query, sessionKey);
        const { status, charge_point_id: chargePointId, token, from, to } = query;
        const isId = token !== undefined && /^tok_[0-9A-Z]{26}$/.test(token);
        const filter = {
          statuses: status,
          chargePointId,
          chargePointIds: await within?.chargePointIds(),
          tokenId: isId ? token : undefined,
          tokenUid: isId ? undefined : token?.trim(),
          from,
          to,
        };
        const rows = await listSessions(db, organizationId, filter, page);
        const now = clock.now();
        const paid = await paidFor({ db, plans }, organizationId, rows.slice(0, page.limit), now);
        const limits = await limitsFor(db, organizationId, rows);
        const shown = (row: SessionView) =>
          presentSession(row, { paid: paid.get(row.id), limit: limits.get(row.id) }, now);
        return pageFrom(rows, page.limit, (row) => [row.startedAt, row.id], shown);
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}',
      operationId: 'getSession',
      summary: 'Get a session',
      tag,
      access: 'read:sessions',
      status: 200,
      params,
      response: session,
      handle: async ({ principal: { organizationId }, params: { id } }) =>
        present(organizationId, await find(organizationId, id)),
    }),
    ...detailRoutes({ db, clock, find }),
    ...costRoutes({ db, submit, plans, clock, find, present }),
    route({
      method: 'post',
      path: '/sessions/{id}/stop',
      operationId: 'stopSession',
      summary: 'Ask the charger to stop a session',
      description:
        'Answers with the command. The session ends when the charger says so; to end a record that no charger will end, close it.',
      tag,
      access: 'write:commands',
      status: 202,
      params,
      query: z.strictObject({ wait: boolParam.optional().meta({ description: 'true: answer with the outcome' }) }),
      body: z.strictObject({ timeout_s: z.int().min(1).max(600).optional() }),
      response: commandSchema,
      errors: { 409: 'The session has ended, or the charge point is offline.' },
      handle: async ({ principal, params: { id }, query, body, res }) => {
        const { chargePointId, transactionId, ocppTransactionId, endedAt } = await find(principal.organizationId, id);
        if (endedAt !== null) throw new AppError('conflict', 'This session has already ended');
        const gone = new AbortController(); // nobody waits any more for what a closed connection asked
        res.once('close', () => gone.abort());
        const command = await stopSession({
          organizationId: principal.organizationId,
          chargePointId,
          transactionId,
          ocppTransactionId,
          requestedBy: principal.id,
          timeoutS: body.timeout_s,
          wait: query.wait,
          signal: gone.signal,
          traceId: traceIdOf(res),
        });
        return presentCommand(command);
      },
    }),
    route({
      method: 'post',
      path: '/sessions/{id}/close',
      operationId: 'closeSession',
      summary: 'Close the record of a session',
      description:
        'For a session that its charger will never end. Nothing is sent to the charger; a stop that comes later still corrects the figures.',
      tag,
      access: 'write:commands',
      status: 200,
      params,
      body: z.strictObject({
        reason: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,49}$/, { error: 'must be a word of a-z, 0-9 and _, such as charger_replaced' })
          .optional()
          .meta({
            description: 'Becomes stop_reason and a flag. Default closed_by_operator',
            examples: ['charger_replaced'],
          }),
      }),
      response: session,
      errors: { 409: 'The session has ended.' },
      handle: async ({ principal: { organizationId }, params: { id }, body, res }) => {
        const { chargePointId } = await find(organizationId, id);
        const reason = body.reason ?? 'closed_by_operator';
        const input = { room: 'sessions', type: 'closed', chargePointId, sessionId: id, reason } as const;
        const reply = await submit(
          { ...input, onlyFor: organizationId, receivedAt: clock.now() },
          { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
        );
        const { closed, why } = reply as CloseReply; // what `closed` promises, see ingest/inputs.ts
        if (!closed && why === 'already_ended') throw new AppError('conflict', 'This session has already ended');
        return present(organizationId, await find(organizationId, id));
      },
    }),
  ];
}

/** REST for alerts: see them, take them on, say something about them, end them. */
import type { Response } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { AlertReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { idInRequest } from '../platform/request-ids.ts';
import { alertDetail, alertSchema, commentSchema, present, presentComment } from './present.ts';
import {
  type AlertView,
  addComment,
  alertById,
  commentsOf,
  listAlerts,
  MOST_COMMENTS,
  membersOf,
} from './read-store.ts';
import { ruleIds } from './rules/index.ts';
import { severities, statuses } from './types.ts';

const tag = 'Alerts';
const params = z.object({ id: idParam('alr') });
const text = z
  .string()
  .trim()
  .min(1)
  .max(2000)
  .regex(/^[^\p{Cc}\n\t]*(?:[\n\t][^\p{Cc}\n\t]*)*$/u, { error: 'must not contain control characters' });
const said = z.strictObject({ comment: text.optional() }).meta({ examples: [{ comment: 'Technician is on the way' }] });

export type AlertRoutesNeeds = {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly submit: SubmitFor;
  readonly clock: Clock;
};

export function alertOnlyRoutes({ db, submit, clock }: AlertRoutesNeeds): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<AlertView> {
    const row = await alertById(db, organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is no such alert');
    return row;
  }
  async function detail(organizationId: string, id: string) {
    const row = await find(organizationId, id);
    const [comments, members] = await Promise.all([
      commentsOf(db, organizationId, id),
      row.members === 0 ? [] : membersOf(db, id),
    ]);
    return { ...present(row), comments: comments.map(presentComment), charge_point_ids: members };
  }
  async function act(
    type: 'acknowledged' | 'resolved',
    { organizationId, author, id }: { organizationId: string; author: string; id: string },
    comment: string | undefined,
    res: Response,
  ) {
    const { chargePointId } = await find(organizationId, id);
    const note = { commentId: idInRequest('alc'), author, text: comment ?? null };
    const reply = (await submit(
      { room: 'alerts', type, chargePointId, receivedAt: clock.now(), onlyFor: organizationId, alertId: id, note },
      { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
    )) as AlertReply; // as: what both inputs promise, see ingest/inputs/alerts.ts
    if (!reply.done) {
      const row = await find(organizationId, id);
      throw new AppError('conflict', `Alert ${id} is ${row.status}: ${WHY[type]}`);
    }
    return detail(organizationId, id);
  }

  return [
    route({
      method: 'get',
      path: '/alerts',
      operationId: 'listAlerts',
      summary: 'List alerts, newest first',
      tag,
      access: 'read:charge_points',
      confined: 'by_handler',
      status: 200,
      query: z.strictObject({
        status: listParam(statuses).optional(),
        severity: listParam(severities).optional(),
        rule: z.enum(ruleIds).optional(),
        charge_point_id: idParam('cp').optional().meta({ description: 'Groups that it is in are listed too' }),
        site_id: idParam('site').optional(),
        from: instantIn.optional().meta({ description: 'Begun at or after' }),
        to: instantIn.optional().meta({ description: 'Begun before' }),
        ...pageQuery,
      }),
      response: pageOf(alertSchema),
      handle: async ({ principal: { organizationId, within }, query }) => {
        const { status: wanted, severity, rule, charge_point_id: chargePointId, site_id: siteId, from, to } = query;
        const reached = await within?.chargePointIds();
        const filter = { statuses: wanted, reached, severities: severity, rule, chargePointId, siteId, from, to };
        const page = readPage(query, idKey);
        return pageFrom(await listAlerts(db, organizationId, filter, page), page.limit, ({ id }) => id, present);
      },
    }),
    route({
      method: 'get',
      path: '/alerts/{id}',
      operationId: 'getAlert',
      summary: 'Get an alert with its comments',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: alertDetail,
      handle: ({ principal: { organizationId }, params: { id } }) => detail(organizationId, id),
    }),
    route({
      method: 'post',
      path: '/alerts/{id}/acknowledge',
      operationId: 'acknowledgeAlert',
      summary: 'Take an alert on',
      description: 'It stays open until it is resolved; others see that somebody cares.',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      errors: { 409: 'It is not open, or taken on already' },
      body: said,
      response: alertDetail,
      handle: ({ principal: { organizationId, id: author }, params: { id }, body, res }) =>
        act('acknowledged', { organizationId, author, id }, body.comment, res),
    }),
    route({
      method: 'post',
      path: '/alerts/{id}/resolve',
      operationId: 'resolveAlert',
      summary: 'End an alert by hand',
      description:
        'If what it tells of goes on, nothing more is said about it until it has gone and come again, or has happened again.',
      tag,
      access: 'write:charge_points',
      status: 200,
      params,
      errors: { 409: 'It is not open' },
      body: said,
      response: alertDetail,
      handle: ({ principal: { organizationId, id: author }, params: { id }, body, res }) =>
        act('resolved', { organizationId, author, id }, body.comment, res),
    }),
    route({
      method: 'post',
      path: '/alerts/{id}/comments',
      operationId: 'commentAlert',
      summary: 'Say something about an alert',
      tag,
      access: 'write:charge_points',
      status: 201,
      params,
      errors: { 409: `It has ${MOST_COMMENTS} comments already` },
      body: z.strictObject({ text }).meta({ examples: [{ text: 'Router replaced' }] }),
      response: commentSchema,
      handle: async ({ principal: { organizationId, id: author }, params: { id: alertId }, body }) => {
        await find(organizationId, alertId);
        const comment = {
          id: idInRequest('alc'),
          organizationId,
          alertId,
          author,
          text: body.text,
          createdAt: clock.now(),
        };
        if (!(await addComment(db, comment)))
          throw new AppError('conflict', `Alert ${alertId} has ${MOST_COMMENTS} comments already`);
        return presentComment({ ...comment, kind: 'comment' });
      },
    }),
  ];
}

const WHY = {
  acknowledged: 'only one that is triggered can be acknowledged',
  resolved: 'only one that is open can be resolved',
} as const;

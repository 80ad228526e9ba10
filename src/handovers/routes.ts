/** REST for handovers: begin one, see one's own. What the receiving side does is in answer-routes.ts. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import { idField, idParam, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { answerRoutes, type HandoverRoutesNeeds } from './answer-routes.ts';
import { newHandover } from './bodies.ts';
import { createLooking } from './looking.ts';
import { namesOf } from './machine/checks.ts';
import { handoverStatuses } from './machine/rules.ts';
import * as shown from './present.ts';
import * as reads from './read-store.ts';
import { createSubmit } from './submit.ts';
import { createToken } from './token.ts';

export type { HandoverRoutesNeeds } from './answer-routes.ts';

const tag = 'Handovers';
const params = z.object({ id: idParam('hnd') });
const DAY_MS = 86_400_000;

export function handoverRoutes(needs: HandoverRoutesNeeds): AnyRoute[] {
  const { db, submit, newId, clock } = needs;
  const send = createSubmit(submit);
  const { own, checksOf, show } = createLooking(db);

  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/handovers',
      operationId: 'initiateHandover',
      summary: 'Begin to hand a charge point over to another organization',
      description:
        'Answers, once, with the token that the receiving organization accepts with, within 14 days. Nothing changes before it does. One at a time for each charge point.',
      tag,
      access: 'write:charge_points',
      status: 201,
      errors: { 409: 'A handover of this charge point is open, or it is decommissioned.' },
      params: z.object({ id: idParam('cp') }),
      body: newHandover,
      response: shown.createdHandover,
      handle: async ({ principal: { organizationId, id: by }, params: { id: chargePointId }, body, res }) => {
        await ownChargePoint(db, organizationId, chargePointId);
        if (body.to_organization_id === organizationId) throw toOneself();
        const { token, hash } = createToken();
        const id = newId('hnd');
        const now = clock.now();
        await send(
          {
            ...{
              room: 'handovers',
              type: 'initiated',
              chargePointId,
              receivedAt: now,
              handoverId: id,
              organizationId,
              by,
            },
            ...{ mode: body.mode, note: body.note ?? null, toOrganizationId: body.to_organization_id ?? null },
            ...{ tokenHash: hash, expiresAt: new Date(now.getTime() + (body.expires_in_days ?? 14) * DAY_MS) },
          },
          traceIdOf(res),
        );
        return { ...(await show(organizationId, id)), token };
      },
    }),
    route({
      method: 'get',
      path: '/handovers',
      operationId: 'listHandovers',
      summary: 'List handovers of one side, newest first',
      description:
        '`outgoing` (the default): charge points that this organization gives away; `incoming`: those meant for it by name, and those it has accepted.',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({
        direction: z.enum(['outgoing', 'incoming']).optional(),
        status: listParam(handoverStatuses).optional(),
        charge_point_id: idField('cp').optional(),
        ...pageQuery,
      }),
      response: pageOf(shown.handoverSchema),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const { direction = 'outgoing', status: statuses, charge_point_id: chargePointId } = query;
        const rows = await reads.listHandovers(db, organizationId, { direction, statuses, chargePointId }, page);
        return pageFrom(
          rows,
          page.limit,
          (row) => row.id,
          (row) => shown.presentHandover(row, organizationId),
        );
      },
    }),
    route({
      method: 'get',
      path: '/handovers/{id}',
      operationId: 'getHandover',
      summary: 'Get a handover with its history',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: shown.handoverDetail,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await own(organizationId, id);
        const steps = await reads.stepsOf(db, id);
        const history = steps.map((step) => shown.presentStep(step, row, organizationId));
        return { ...shown.presentHandover(row, organizationId), history };
      },
    }),
    route({
      method: 'get',
      path: '/handovers/{id}/checklist',
      operationId: 'getHandoverChecklist',
      summary: 'What has to be right before it can be accepted, as it is now',
      description: 'Of a handover that has ended the list is empty.',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: shown.checklistSchema,
      handle: async ({ principal: { organizationId }, params: { id } }) => {
        const row = await own(organizationId, id);
        const checks = await checksOf(row);
        return { acceptable: row.dueAt !== null && namesOf(checks, 'blocked').length === 0, checklist: checks };
      },
    }),
    ...answerRoutes(needs),
  ];
}

const toOneself = (): AppError => {
  const message = 'is the organization that holds the charge point';
  return new AppError('validation_failed', `The request body is not valid: to_organization_id ${message}`, {
    details: [{ field: 'to_organization_id', message }],
  });
};

/** REST for the receiving side of a handover: look at what a token is for, accept, decline; and for the giving side: cancel. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { HandoverInput } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { tokenHashOf } from '../platform/link-token.ts';
import { siteById } from '../sites/index.ts';
import { acceptance, giveUp, tokenOnly } from './bodies.ts';
import { createFindByToken, createLooking, mayLookAt, unknownHandover } from './looking.ts';
import * as shown from './present.ts';
import * as reads from './read-store.ts';
import { createSubmit, type SubmitHandover } from './submit.ts';
import { createTokenThrottle, type TokenThrottle } from './throttle.ts';

const tag = 'Handovers';
const params = z.object({ id: idParam('hnd') });

export type HandoverRoutesNeeds = {
  readonly db: Pick<Database, 'rows' | 'prisma'>;
  readonly submit: SubmitHandover;
  readonly newId: (prefix: 'hnd') => string;
  readonly clock: Clock;
  readonly throttle?: TokenThrottle;
};

export function answerRoutes({ db, submit, clock, throttle = createTokenThrottle() }: HandoverRoutesNeeds): AnyRoute[] {
  const send = createSubmit(submit);
  const { own, checksOf, show } = createLooking(db);
  const byToken = createFindByToken(throttle);

  return [
    route({
      method: 'post',
      path: '/handovers/lookup',
      operationId: 'lookUpHandover',
      summary: 'See what a token is for, before accepting',
      tag,
      access: 'write:charge_points',
      status: 200,
      errors: {
        404: 'No handover has this token, or it is meant for another organization, or another has accepted or declined it.',
        429: 'Too many wrong tokens.',
      },
      body: tokenOnly,
      response: shown.lookedUp,
      handle: async ({ principal: { organizationId }, body: { token } }) => {
        const row = await byToken(organizationId, token, () => reads.handoverByToken(db, tokenHashOf(token)));
        if (!mayLookAt(row, organizationId)) throw unknownHandover();
        const checks = await checksOf(row);
        return { handover: shown.presentHandover(row, organizationId), checklist: checks };
      },
    }),
    route({
      method: 'post',
      path: '/handovers/{id}/accept',
      operationId: 'acceptHandover',
      summary: 'Take a charge point over',
      description:
        'With the token. If nothing is going on the charge point changes hands at once (`completed`); with `when: idle` as soon as its sessions, a firmware update and its commands have ended, within 7 days (`accepted`).',
      tag,
      access: 'write:charge_points',
      status: 200,
      errors: {
        409: 'Somebody has accepted it already, it has ended or expired, it is one’s own, or a check is in the way.',
        429: 'Too many wrong tokens.',
      },
      params,
      body: acceptance,
      response: shown.handoverSchema,
      handle: async ({ principal: { organizationId, id: by }, params: { id }, body, res }) => {
        const row = await byToken(organizationId, body.token, () => reads.anyHandoverById(db, id));
        const siteId = body.site_id ?? null;
        if (siteId !== null && (await siteById(db, organizationId, siteId)) === undefined) throw noSuchSite();
        await send(
          {
            ...about(row, clock.now()),
            ...{ type: 'accepted', organizationId, by, when: body.when ?? 'now', siteId, name: body.name ?? null },
          },
          traceIdOf(res),
        );
        return show(organizationId, id);
      },
    }),
    route({
      method: 'post',
      path: '/handovers/{id}/decline',
      operationId: 'declineHandover',
      summary: 'Do not take a charge point over',
      description:
        'By the organization that was named or has accepted, until the charge point changes hands; by others with the token.',
      tag,
      access: 'write:charge_points',
      status: 200,
      errors: { 409: 'It has ended, or somebody else has accepted it.', 429: 'Too many wrong tokens.' },
      params,
      body: giveUp.extend({ token: tokenOnly.shape.token.optional() }).optional(),
      response: shown.handoverSchema,
      handle: async ({ principal: { organizationId, id: by }, params: { id }, body, res }) => {
        const token = body?.token;
        const row =
          token === undefined
            ? await own(organizationId, id)
            : await byToken(organizationId, token, () => reads.anyHandoverById(db, id));
        const reason = body?.reason ?? null;
        await send({ ...about(row, clock.now()), type: 'declined', organizationId, by, reason }, traceIdOf(res));
        return show(organizationId, id);
      },
    }),
    route({
      method: 'post',
      path: '/handovers/{id}/cancel',
      operationId: 'cancelHandover',
      summary: 'Do not give a charge point away after all',
      description: 'By the organization that began it, until the charge point changes hands.',
      tag,
      access: 'write:charge_points',
      status: 200,
      errors: { 409: 'It has ended.' },
      params,
      body: giveUp.optional(),
      response: shown.handoverSchema,
      handle: async ({ principal: { organizationId, id: by }, params: { id }, body, res }) => {
        const row = await own(organizationId, id);
        const reason = body?.reason ?? null;
        await send({ ...about(row, clock.now()), type: 'cancelled', organizationId, by, reason }, traceIdOf(res));
        return show(organizationId, id);
      },
    }),
  ];
}

const about = ({ id, chargePointId }: reads.HandoverView, receivedAt: Date) =>
  ({ room: 'handovers', chargePointId, receivedAt, handoverId: id }) as const satisfies Partial<HandoverInput>;
const noSuchSite = (): AppError => {
  const message = 'is no site of this organization';
  return new AppError('validation_failed', `The request body is not valid: site_id ${message}`, {
    details: [{ field: 'site_id', message }],
  });
};

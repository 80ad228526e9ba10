/** REST: what a session costs, priced anew on request, and every correction of it. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut, nameField } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { SubmitFor } from '../ingest/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type Plans, presentCost, shownCost } from '../tariffs/index.ts';
import { type CorrectionView, correctionsOf } from './cost-read-store.ts';
import { type presentSession, session } from './present.ts';
import type { SessionView } from './read-store.ts';
import { reprice } from './reprice.ts';

const tag = 'Sessions';
const params = z.object({ id: idParam('ses') });

const correction = z
  .object({
    id: z.string(),
    reason: z
      .string()
      .meta({ description: 'As somebody gave it, or a word of the server: stop_after_close, out_of_order, …' }),
    corrected_by: z.string().meta({ description: 'system, key_… or usr_…' }),
    before: shownCost.nullable(),
    after: shownCost.nullable(),
    created_at: instantOut,
  })
  .meta({ id: 'CostCorrection' });

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: SubmitFor;
  readonly plans: Plans;
  readonly clock: Clock;
  /** Throws not_found, also for those of other organizations. */
  readonly find: (organizationId: string, id: string) => Promise<SessionView>;
  readonly present: (organizationId: string, row: SessionView) => Promise<ReturnType<typeof presentSession>>;
};

export function costRoutes({ db, submit, plans, clock, find, present }: Needs): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/sessions/{id}/reprice',
      operationId: 'repriceSession',
      summary: 'Price a session anew from its recordings',
      description:
        'By the tariff that was frozen when it began. Of one that has ended this is a correction, also where nothing changes: it is kept with your reason, and told as session.cost_updated where the cost is another one now.',
      tag,
      access: 'write:billing',
      status: 200,
      params,
      body: z.strictObject({ reason: nameField.meta({ examples: ['The meter was exchanged'] }) }),
      response: session,
      errors: {
        409: 'No tariff holds for it, it is free of charge, or it is too long to be priced at once.',
      },
      handle: async ({ principal, params: { id }, body: { reason } }) => {
        const { organizationId, id: by } = principal;
        await find(organizationId, id);
        const needs = { db, ingest: { submit }, plans, now: () => clock.now() };
        const done = await reprice(needs, organizationId, id, { by, reason });
        if (!done.repriced) throw new AppError('conflict', whyNot[done.why]);
        return present(organizationId, await find(organizationId, id));
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}/cost-corrections',
      operationId: 'listSessionCostCorrections',
      summary: 'List the corrections of what a session costs, newest first',
      tag,
      access: 'read:billing',
      status: 200,
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(correction),
      handle: async ({ principal: { organizationId }, params: { id }, query }) => {
        await find(organizationId, id);
        const page = readPage(query, idKey);
        const rows = await correctionsOf(db, organizationId, id, page);
        return pageFrom(rows, page.limit, (row) => row.id, presentCorrection);
      },
    }),
  ];
}

const whyNot = {
  unknown: 'No tariff holds for this session',
  free: 'This session is free of charge',
  too_long: 'This session is too long to be priced at once',
  changed: 'This session changes all the time; try again',
} as const;

const presentCorrection = (row: CorrectionView) => ({
  id: row.id,
  reason: row.reason,
  corrected_by: row.by,
  before: row.before === null ? null : presentCost(row.before),
  after: row.after === null ? null : presentCost(row.after),
  created_at: row.at,
});

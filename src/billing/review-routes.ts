/** REST: sessions that a person has to look at before they are billed, and what was decided about them. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { sessionById } from '../sessions/index.ts';
import { type Decided, decideReview, type OpenReview, openReviews, type ReviewRow, reviewsOf } from './review-store.ts';

const tag = 'Billing';
const params = z.object({ id: idParam('ses') });
const openReview = z
  .object({
    session_id: z.string(),
    status: z.literal('open'),
    reasons: z.array(z.string()).meta({ examples: [['meter_backwards']] }),
    charge_point_id: z.string(),
    charge_point_identity: z.string(),
    evse_id: z.int(),
    token: z.string().nullable(),
    started_at: instantOut,
    ended_at: instantOut.nullable(),
    energy_wh: z.int(),
    flags: z.array(z.string()),
    currency: z.string(),
    incl_tax: z.string().nullable().meta({ description: 'What it would cost' }),
  })
  .meta({ id: 'OpenReview' });
const figures = z.object({ energy_wh: z.int(), ended_at: instantOut });
const review = z
  .object({
    id: z.string(),
    session_id: z.string(),
    decision: z.enum(['approve', 'correct']),
    reason: z.string(),
    reasons: z.array(z.string()).meta({ description: 'Why it was to be looked at' }),
    before: figures.extend({ incl_tax: z.string().nullable(), currency: z.string() }),
    after: figures.nullable().meta({ description: 'Of a correction' }),
    decided_by: z.string(),
    decided_at: instantOut,
  })
  .meta({ id: 'ReviewedSession' });
const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}]*$/u, { error: 'must not contain control characters' })
  .meta({ description: 'Kept, and shown on the receipt of a corrected session', examples: ['meter was read by hand'] });
const decision = z
  .strictObject({
    decision: z.enum(['approve', 'correct']),
    energy_wh: z.int().min(0).max(1_000_000_000).optional().meta({ description: 'Of a correction' }),
    ended_at: instantIn.optional().meta({ description: 'Of a correction' }),
    reason,
  })
  .refine((body) => (body.decision === 'correct') === (body.energy_wh !== undefined || body.ended_at !== undefined), {
    error: 'must come with energy_wh, ended_at or both where it is correct, and with neither where it is approve',
    path: ['decision'],
  })
  .meta({ examples: [{ decision: 'correct', energy_wh: 8400, reason: 'meter was read by hand' }] });

const REFUSALS: Readonly<Record<Exclude<Decided['at'], 'decided' | 'unknown'>, string>> = {
  unpriced: 'The session has no price: there is nothing to review',
  running: 'The session has not ended; review it afterwards',
  not_open: 'The session is not under review',
  ends_before_start: 'ended_at lies before the session began',
};

type Needs = { readonly db: Pick<Database, 'rows' | 'transaction'>; readonly clock: Clock };

export function reviewRoutes({ db, clock }: Needs): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/sessions/reviews',
      operationId: 'listSessionReviews',
      summary: 'List sessions that a person has to look at before they are billed, newest first',
      description:
        'Sessions with a price whose energy or times may be wrong. They are left out of revenue, receipts and charge detail records ' +
        'until they are decided.',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject({ status: z.enum(['open']).default('open'), ...pageQuery }),
      response: pageOf(openReview),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        return pageFrom(await openReviews(db, organizationId, page), page.limit, (row) => row.sessionId, presentOpen);
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}/reviews',
      operationId: 'listReviewsOfSession',
      summary: 'List what was decided about a session, newest first',
      tag,
      access: 'read:billing',
      status: 200,
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(review),
      handle: async ({ principal: { organizationId }, params: { id }, query }) => {
        if ((await sessionById(db, organizationId, id)) === undefined) throw unknown();
        const page = readPage(query, idKey);
        const rows = await reviewsOf(db, organizationId, id, page);
        return pageFrom(
          rows,
          page.limit,
          (row) => row.id,
          (row) => present(id, row),
        );
      },
    }),
    route({
      method: 'post',
      path: '/sessions/{id}/review',
      operationId: 'reviewSession',
      summary: 'Approve or correct what a session says',
      description:
        'approve: it is billed as it is. correct: with the energy, the end or both that you give; it is priced anew within seconds, by ' +
        'its tariff, and `session.cost_updated` tells of it. Any ended session with a price can be corrected. Who, when and why is kept.',
      tag,
      access: 'write:billing',
      status: 200,
      params,
      body: decision,
      response: review,
      errors: { 409: 'The session runs, has no price, or is not under review.' },
      handle: async ({ principal, params: { id }, body }) => {
        const about = {
          ...{ organizationId: principal.organizationId, sessionId: id, decidedBy: principal.id },
          ...{ reason: body.reason, now: clock.now() },
        };
        const decided = await decideReview(
          db,
          body.decision === 'approve'
            ? { ...about, decision: 'approve' }
            : { ...about, decision: 'correct', energyWh: body.energy_wh, endedAt: body.ended_at },
        );
        if (decided.at === 'unknown') throw unknown();
        if (decided.at !== 'decided') throw new AppError('conflict', REFUSALS[decided.at]);
        return present(id, decided.review);
      },
    }),
  ];
}

const unknown = (): AppError => new AppError('not_found', 'There is no such session');

const presentOpen = (row: OpenReview) => ({
  session_id: row.sessionId,
  status: 'open' as const,
  reasons: [...row.reasons],
  charge_point_id: row.chargePointId,
  charge_point_identity: row.identity,
  evse_id: row.evseId,
  token: row.tokenUid,
  started_at: row.startedAt,
  ended_at: row.endedAt,
  energy_wh: row.energyWh,
  flags: [...row.flags],
  currency: row.currency,
  incl_tax: row.inclTax,
});

const figuresOf = ({ energyWh, endedAt }: { energyWh: number; endedAt: string }) => ({
  energy_wh: energyWh,
  ended_at: new Date(endedAt),
});

const present = (sessionId: string, row: ReviewRow) => ({
  id: row.id,
  session_id: sessionId,
  decision: row.decision,
  reason: row.reason,
  reasons: [...row.reasons],
  before: { ...figuresOf(row.before), incl_tax: row.before.inclTax, currency: row.before.currency },
  after: row.after === null ? null : figuresOf(row.after),
  decided_by: row.decidedBy,
  decided_at: row.createdAt,
});

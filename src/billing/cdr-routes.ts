/** REST: charge detail records in the shape of OCPI 2.2.1. */
import type { Response } from 'express';
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn } from '../http/kit/fields.ts';
import { pageFrom, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, aboutToChange, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { Timeline } from '../pricing/index.ts';
import { recordedTimeline } from '../sessions/index.ts';
import { type Bill, type BillKey, billOf, billsEnded, correctionsOf } from './bill-store.ts';
import { cdrsOf, type Records } from './cdr.ts';
import { cdrSchema } from './cdr-schema.ts';
import { type FreshCdr, givenCdrs, keepCdrs } from './cdr-store.ts';
import { billedNow } from './receipt.ts';
import { receiptNumbersOf } from './receipt-store.ts';

const tag = 'Billing';
const incomplete = z.object({
  session_id: z.string(),
  missing: z.array(z.string()).meta({ examples: [['organization.party_id', 'site.coordinates']] }),
});
const billKey = z
  .tuple([z.iso.datetime({ precision: 3 }), z.string().max(40)])
  .transform(([endedAt, id]): BillKey => ({ endedAt: new Date(endedAt), id }));

const about =
  'A session has one. It is kept as it was first given out; a correction of the cost after that adds a credit CDR (negative cost) and a ' +
  'new one. Sessions under review have none until they are decided. ';

export function cdrRoutes({ db, clock }: { readonly db: Pick<Database, 'rows'>; readonly clock: Clock }): AnyRoute[] {
  /** What is given out for the first time is kept: that is a change, and none that follows. */
  async function recordsOf(
    organizationId: string,
    bills: readonly Bill[],
    res: Response,
  ): Promise<Map<string, Records>> {
    const ids = bills.map(({ sessionId }) => sessionId);
    const corrections = await correctionsOf(db, organizationId, ids);
    const receipts = await receiptNumbersOf(db, organizationId, ids);
    const given = await givenCdrs(db, organizationId, ids);
    const made = new Map<string, Records>();
    const fresh: FreshCdr[] = [];
    for (const bill of bills) {
      const { sessionId } = bill;
      const known = { timeline: undefined, receipts: receipts.get(sessionId), given: given.get(sessionId) };
      // What was given out needs no look at the readings.
      const isGiven = known.given?.has(billedNow(bill, corrections.get(sessionId) ?? []).number) === true;
      const timeline = isGiven ? undefined : await timelineOf(organizationId, sessionId);
      const records = cdrsOf(bill, corrections.get(sessionId) ?? [], { ...known, timeline });
      made.set(sessionId, records);
      if (records.at === 'complete' && records.fresh !== undefined) fresh.push({ sessionId, ...records.fresh });
    }
    if (fresh.length > 0) await aboutToChange(res, { sessions: fresh.map(({ sessionId }) => sessionId) });
    const kept = await keepCdrs(db, organizationId, fresh, clock.now());
    return new Map(
      [...made].map(([id, records]) => {
        if (records.at === 'incomplete' || records.fresh === undefined) return [id, records];
        const first = kept.get(id)?.get(records.fresh.billed) ?? records.fresh.cdr;
        return [id, { ...records, cdrs: records.cdrs.map((cdr) => (cdr.id === first.id ? first : cdr)) }];
      }),
    );
  }
  async function timelineOf(organizationId: string, sessionId: string): Promise<Timeline | undefined> {
    const recorded = await recordedTimeline(db, organizationId, sessionId, clock.now());
    return recorded.at === 'found' ? recorded.timeline : undefined;
  }

  return [
    route({
      method: 'get',
      path: '/cdrs',
      operationId: 'listCdrs',
      summary: 'List charge detail records (OCPI 2.2.1) of ended sessions, oldest first',
      description:
        `${about}\`limit\` counts sessions. Sessions of which something is not known that a CDR must say are under \`incomplete\`, ` +
        'with what to complete: a page may have no `data`, and still have a `next_cursor`.',
      tag,
      access: 'read:billing',
      status: 200,
      query: z.strictObject({
        from: instantIn.optional().meta({ description: 'Sessions that ended at or after' }),
        to: instantIn.optional().meta({ description: 'Sessions that ended before' }),
        ...pageQuery,
      }),
      response: z.object({
        data: z.array(cdrSchema),
        incomplete: z.array(incomplete),
        next_cursor: z.string().nullable().meta({ description: 'null: this is the last page' }),
      }),
      handle: async ({ principal: { organizationId }, query, res }) => {
        const page = readPage(query, billKey);
        const bills = await billsEnded(db, organizationId, { from: query.from, to: query.to }, page);
        const records = await recordsOf(organizationId, bills.slice(0, page.limit), res);
        const { next_cursor } = pageFrom(
          bills,
          page.limit,
          (bill) => [bill.endedAt, bill.sessionId],
          () => undefined,
        );
        return {
          data: [...records.values()].flatMap((each) => (each.at === 'complete' ? [...each.cdrs] : [])),
          incomplete: [...records].flatMap(([sessionId, each]) =>
            each.at === 'complete' ? [] : [{ session_id: sessionId, missing: [...each.missing] }],
          ),
          next_cursor,
        };
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}/cdr',
      operationId: 'getSessionCdr',
      summary: 'The charge detail records (OCPI 2.2.1) of a session, oldest first',
      description: `${about}The last one is the one that holds.`,
      tag,
      access: 'read:billing',
      status: 200,
      params: z.object({ id: idParam('ses') }),
      response: z.object({ data: z.array(cdrSchema) }),
      errors: {
        409: 'The session runs, has no price, is under review, is the test of a commissioning run, or lacks what a CDR must say: `details` names it.',
      },
      handle: async ({ principal: { organizationId }, params: { id }, res }) => {
        const bill = await billOf(db, organizationId, id);
        if (bill === undefined) throw new AppError('not_found', 'There is no such session');
        billedNow(bill, []); // says why there is none
        const records = (await recordsOf(organizationId, [bill], res)).get(id);
        if (records === undefined || records.at === 'incomplete')
          throw new AppError(
            'conflict',
            'A charge detail record needs more than is known; complete the fields in details',
            {
              details: (records?.missing ?? []).map((field) => ({ field, message: 'is not set' })),
            },
          );
        return { data: [...records.cdrs] };
      },
    }),
  ];
}

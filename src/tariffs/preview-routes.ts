/** REST: what a session would cost, line by line, by a tariff that is kept or by one that is only thought of. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, idParam } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { price, type Timeline } from '../pricing/index.ts';
import { termsBody } from './checks.ts';
import { presentCost, shownCost } from './cost.ts';
import { tariffById, timezoneOf, versionOf } from './store.ts';
import { shownTerms, termsOf } from './terms.ts';
import { timelineBody, timelineOf } from './timeline.ts';

const common = { method: 'post', tag: 'Tariffs', access: 'read:billing', status: 200, audited: false } as const;

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly clock: Clock;
  /** src/sessions recordedTimeline */
  readonly recordedTimeline: (
    db: Pick<Database, 'rows'>,
    organizationId: string,
    id: string,
    now: Date,
  ) => Promise<
    | { readonly at: 'found'; readonly timeline: Timeline }
    | { readonly at: 'unknown' }
    | { readonly at: 'too_long'; readonly why: string }
  >;
};

export function tariffPreviewRoutes({ db, clock, recordedTimeline }: Needs): AnyRoute[] {
  async function recorded(organizationId: string, sessionId: string): Promise<Timeline> {
    const found = await recordedTimeline(db, organizationId, sessionId, clock.now());
    if (found.at === 'found') return found.timeline;
    const message = found.at === 'unknown' ? 'there is no such session' : `cannot be priced at once: ${found.why}`;
    throw new AppError('validation_failed', `The request body is not valid: session_id: ${message}`, {
      details: [{ field: 'session_id', message }],
    });
  }
  return [
    route({
      ...common,
      path: '/tariffs/preview',
      operationId: 'previewTerms',
      summary: 'Price a timeline by terms that are not kept',
      description: 'Nothing is kept. At most 31 days and 1,000 samples.',
      body: z.strictObject({ terms: termsBody, timeline: timelineBody }),
      response: shownCost,
      handle: async ({ principal: { organizationId }, body: { terms, timeline } }) =>
        presentCost(price(timelineOf(timeline, await timezoneOf(db, organizationId)), termsOf(terms))),
    }),
    route({
      ...common,
      path: '/tariffs/{id}/preview',
      operationId: 'previewTariff',
      summary: 'Price a timeline or a recorded session by a tariff',
      description:
        'Nothing is kept. A timeline: at most 31 days and 1,000 samples. A session: as its meter and its status told, without its reservation; one that runs, until now.',
      errors: { 400: 'There is no such session, or it is too long to be priced at once.' },
      params: z.object({ id: idParam('tar') }),
      body: z
        .strictObject({
          version: z.int().min(1).max(999_999_999).optional().describe('Default: the newest'),
          timeline: timelineBody.optional(),
          session_id: idField('ses').optional(),
        })
        .refine(({ timeline, session_id: id }) => (timeline === undefined) !== (id === undefined), {
          error: 'is needed, or session_id, and only one of them',
          path: ['timeline'],
        })
        .meta({ examples: [{ timeline: { started_at: '2026-11-23T20:00:00Z', ended_at: '2026-11-23T22:00:00Z' } }] }),
      response: shownCost,
      handle: async ({ principal: { organizationId }, params: { id }, body }) => {
        const { version, timeline, session_id: sessionId } = body;
        const found =
          version === undefined
            ? await tariffById(db, organizationId, id)
            : await versionOf(db, organizationId, id, version);
        if (found === undefined) throw new AppError('not_found', 'There is no such tariff');
        const terms = termsOf(shownTerms.parse(found.terms));
        const priced =
          timeline === undefined
            ? await recorded(organizationId, sessionId ?? '')
            : timelineOf(timeline, await timezoneOf(db, organizationId));
        return presentCost(price(priced, terms));
      },
    }),
  ];
}

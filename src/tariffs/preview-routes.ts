/** REST: what a session would cost, line by line, by a tariff that is kept or by one that is only thought of. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { price } from '../pricing/index.ts';
import { termsBody } from './checks.ts';
import { presentCost, shownCost } from './cost.ts';
import { tariffById, timezoneOf, versionOf } from './store.ts';
import { shownTerms, termsOf } from './terms.ts';
import { timelineBody, timelineOf } from './timeline.ts';

const common = { method: 'post', tag: 'Tariffs', access: 'read:billing', status: 200 } as const;

export function tariffPreviewRoutes({ db }: { db: Pick<Database, 'rows'> }): AnyRoute[] {
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
      summary: 'Price a timeline by a tariff',
      description: 'Nothing is kept. At most 31 days and 1,000 samples.',
      params: z.object({ id: idParam('tar') }),
      body: z.strictObject({
        version: z.int().min(1).max(999_999_999).optional().describe('Default: the newest'),
        timeline: timelineBody,
      }),
      response: shownCost,
      handle: async ({ principal: { organizationId }, params: { id }, body: { version, timeline } }) => {
        const found =
          version === undefined
            ? await tariffById(db, organizationId, id)
            : await versionOf(db, organizationId, id, version);
        if (found === undefined) throw new AppError('not_found', 'There is no such tariff');
        const terms = termsOf(shownTerms.parse(found.terms));
        return presentCost(price(timelineOf(timeline, await timezoneOf(db, organizationId)), terms));
      },
    }),
  ];
}

/** REST: sessions, energy, duration and revenue by site, charge point, EVSE, token, day or month; also as a file. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, downloadRoute, type Principal, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { streamOf } from '../platform/row-stream.ts';
import { contentTypes, exportFormats } from '../platform/row-text.ts';
import { rangeOf, rangeQuery, wrong } from './range.ts';
import { spansOf } from './spans.ts';
import { everySpan, type Group, groupsOf, nameOf } from './totals.ts';
import { totalColumns } from './totals-columns.ts';
import { totalPages } from './totals-pages.ts';
import { type Grouping, groupings, type TotalsWanted, totals } from './totals-store.ts';
import { zoneOfOrganization } from './zone-store.ts';

const tag = 'Reports';
/** 400 days, or as many months. */
const MOST_SPANS = 400;

const money = z.string().meta({ examples: ['1204.50'] });
const group = z
  .object({
    site_id: z.string().nullable().optional(),
    charge_point_id: z.string().optional(),
    evse_id: z.int().optional(),
    token: z.string().nullable().optional().meta({ description: 'Uid in lower case; null: sessions without a token' }),
    day: z
      .string()
      .optional()
      .meta({ examples: ['2026-03-29'] }),
    month: z
      .string()
      .optional()
      .meta({ examples: ['2026-03'] }),
    sessions: z.int(),
    running: z.int().meta({ description: 'Of them, those that have not ended' }),
    energy_wh: z.int(),
    duration_s: z.int().meta({ description: 'Of running ones: until now' }),
    revenue: z
      .array(
        z.object({
          currency: z.string(),
          sessions: z.int(),
          excl_tax: money,
          tax: money,
          incl_tax: money,
        }),
      )
      .optional()
      .meta({
        description:
          'Of ended sessions with a price that are not under review; per currency, never added over currencies. ' +
          'Only with the scope read:billing',
      }),
    under_review: z.int().optional().meta({ description: 'Sessions that are left out of revenue until approved' }),
  })
  .meta({ id: 'SessionTotals' });

const asked = {
  group_by: z.enum(groupings).default('day'),
  by: z.enum(['started', 'ended']).default('started').meta({
    description: 'By which instant a session belongs to the range and to its day; ended leaves out running ones',
  }),
  ...rangeQuery,
  site_id: idField('site').optional(),
  charge_point_id: idField('cp').optional(),
};
type Asked = z.output<z.ZodObject<typeof asked>>;

const about =
  'Days and months are those on the calendar of the organization, also where clocks change; at most 400 of them, those ' +
  'without sessions too. ';

export type TotalsRoutesNeeds = {
  readonly db: Pick<Database, 'rows' | 'transaction'>;
  readonly clock: Clock;
  readonly takePlace: (organizationId: string, open: () => ReturnType<typeof streamOf>) => ReturnType<typeof streamOf>;
};

const seesMoney = ({ scopes }: Principal): boolean => scopes.has('read:billing');

export function totalsRoutes({ db, clock, takePlace }: TotalsRoutesNeeds): AnyRoute[] {
  async function wantedBy({ organizationId }: Principal, query: Asked): Promise<TotalsWanted> {
    const now = clock.now();
    const range = rangeOf(query, now);
    const { group_by: grouping, by, site_id: siteId, charge_point_id: chargePointId } = query;
    const zone = await zoneOfOrganization(db, organizationId);
    const wanted = { organizationId, by, ...range, siteId, chargePointId, now, zone };
    if (grouping !== 'day' && grouping !== 'month') return wanted;
    const spans = spansOf(zone, range, grouping, MOST_SPANS);
    if (spans === undefined) throw wrong('from', `must be at most ${MOST_SPANS} ${grouping}s before to`);
    return { ...wanted, spans };
  }

  return [
    route({
      method: 'get',
      path: '/reports/totals',
      operationId: 'getTotals',
      summary: 'Add up sessions by site, charge point, EVSE, token, day or month',
      description: about,
      tag,
      access: 'read:analytics',
      status: 200,
      query: z.strictObject({ ...asked, ...pageQuery }),
      response: pageOf(group),
      handle: async ({ principal, query }) => {
        const page = readPage(query, z.string().max(300));
        const wanted = await wantedBy(principal, query);
        const parts = await totals(db, wanted, query.group_by, { after: page.after, limit: page.limit + 1 });
        const found = groupsOf(parts);
        const groups = wanted.spans === undefined ? found : everySpan(found, wanted.spans, page.after, page.limit);
        const present = presentGroup(query.group_by, wanted.spans, seesMoney(principal));
        return pageFrom(groups, page.limit, ({ key }) => key, present);
      },
    }),
    downloadRoute({
      path: '/exports/totals',
      operationId: 'exportTotals',
      summary: 'Download such totals',
      description: `${about}A line for each group and currency, so that no column adds up amounts of different currencies.`,
      tag: 'Exports',
      access: 'read:analytics',
      query: z.strictObject({ format: z.enum(exportFormats).default('csv'), ...asked }),
      download: Object.values(contentTypes),
      handle: async ({ principal, query: { format, ...query } }) => {
        const wanted = await wantedBy(principal, query);
        const columns = totalColumns(query.group_by, wanted.spans, seesMoney(principal));
        const pages = () => totalPages(db, wanted, query.group_by, seesMoney(principal));
        const body = takePlace(principal.organizationId, () => streamOf(pages(), columns, format));
        return { fileName: `totals-by-${query.group_by}.${format}`, contentType: contentTypes[format], body };
      },
    }),
  ];
}

const presentGroup = (grouping: Grouping, spans: TotalsWanted['spans'], hasMoney: boolean) => (row: Group) => ({
  ...nameOf(row.key, grouping, spans),
  sessions: row.sessions,
  running: row.running,
  energy_wh: row.energyWh,
  duration_s: row.durationS,
  ...(hasMoney && {
    revenue: row.revenue.map(({ currency, sessions, exclTax, tax, inclTax }) => ({
      currency,
      sessions,
      excl_tax: exclTax,
      tax,
      incl_tax: inclTax,
    })),
    under_review: row.underReview,
  }),
});

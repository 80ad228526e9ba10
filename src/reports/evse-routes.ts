/** REST: utilisation, uptime, energy and revenue of each EVSE; also as a file. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, downloadRoute, route } from '../http/kit/route.ts';
import { streamOf } from '../platform/row-stream.ts';
import { contentTypes, exportFormats } from '../platform/row-text.ts';
import { evseColumns, evseReport, presentWith, type Shown } from './evse-report.ts';
import { type EvseKey, evses } from './evse-store.ts';
import { type EvseReport, reportEvses } from './evses.ts';
import { type Range, rangeOf, rangeQuery } from './range.ts';
import type { TotalsRoutesNeeds } from './totals-routes.ts';

/** A page of the file. */
const PAGE = 100;

const asked = { ...rangeQuery, site_id: idField('site').optional(), charge_point_id: idField('cp').optional() };
const evseKey = z
  .tuple([z.string().max(40), z.int().min(0)])
  .transform(([chargePointId, evseId]): EvseKey => ({ chargePointId, evseId }));

const about =
  'Of the EVSEs that stations have reported. Down is an EVSE whose station is offline while nobody charges at it, or whose ' +
  'station or connectors are all faulted or unavailable. ';

export function evseReportRoutes({ db, clock, takePlace }: TotalsRoutesNeeds): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/reports/evses',
      operationId: 'listEvseReports',
      summary: 'Utilisation, uptime, energy and revenue of each EVSE',
      description: about,
      tag: 'Reports',
      access: 'read:analytics',
      status: 200,
      query: z.strictObject({ ...asked, ...pageQuery }),
      response: pageOf(evseReport),
      handle: async ({ principal: { organizationId, scopes }, query }) => {
        const { after, limit } = readPage(query, evseKey);
        const now = clock.now();
        const range = rangeOf(query, now);
        const wanted = { organizationId, siteId: query.site_id, chargePointId: query.charge_point_id };
        const rows = await evses(db, wanted, { after, limit: limit + 1 });
        const reports = await reportEvses({ db }, wanted, rows.slice(0, limit), range, now);
        const page = pageFrom(
          rows,
          limit,
          (row) => [row.chargePointId, row.evseId],
          () => undefined,
        );
        const present = presentWith(range, now, scopes.has('read:billing'));
        return { data: reports.map(present), next_cursor: page.next_cursor };
      },
    }),
    downloadRoute({
      path: '/exports/evses',
      operationId: 'exportEvseReports',
      summary: 'Download that report',
      description: about,
      tag: 'Exports',
      access: 'read:analytics',
      query: z.strictObject({ format: z.enum(exportFormats).default('csv'), ...asked }),
      download: Object.values(contentTypes),
      handle: async ({ principal: { organizationId, scopes }, query }) => {
        const { format } = query;
        const now = clock.now();
        const range = rangeOf(query, now);
        const wanted = { organizationId, siteId: query.site_id, chargePointId: query.charge_point_id };
        const hasMoney = scopes.has('read:billing');
        const pages = () => reportPages(db, wanted, range, now, presentWith(range, now, hasMoney));
        const body = takePlace(organizationId, () => streamOf(pages(), evseColumns(hasMoney), format));
        return { fileName: `evses.${format}`, contentType: contentTypes[format], body };
      },
    }),
  ];
}

async function* reportPages(
  db: Pick<Database, 'rows'>,
  wanted: Parameters<typeof evses>[1],
  range: Range,
  now: Date,
  present: (report: EvseReport) => Shown,
): AsyncGenerator<readonly Shown[]> {
  for (let after: EvseKey | undefined; ; ) {
    const rows = await evses(db, wanted, { after, limit: PAGE });
    const reports = await reportEvses({ db }, wanted, rows, range, now);
    if (reports.length > 0) yield reports.map(present);
    after = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}

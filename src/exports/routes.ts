/** REST: sessions and their meter values as files, however many there are. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, instantIn, listParam } from '../http/kit/fields.ts';
import { type AnyRoute, downloadRoute } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { streamOf } from '../platform/row-stream.ts';
import { contentTypes, exportFormats } from '../platform/row-text.ts';
import { sampleColumns, sessionColumns } from './columns.ts';
import { samplePages } from './meter-store.ts';
import type { TakePlace } from './places.ts';
import { PAGE, type SessionsWanted, sessionPages } from './session-store.ts';

const tag = 'Exports';
const statuses = ['active', 'suspended_ev', 'suspended_evse', 'ended', 'closed_by_system'] as const;
/** Whoever takes nothing for so long is gone. Counted by a timer of this process. */
const STALLED_MS = 120_000;

const query = z.strictObject({
  format: z.enum(exportFormats).default('csv'),
  by: z
    .enum(['started', 'ended'])
    .default('started')
    .meta({ description: 'The instant that from and to are about; ended leaves out sessions that run' }),
  from: instantIn.optional().meta({ description: 'Sessions that began, or ended, at or after' }),
  to: instantIn.optional().meta({ description: 'Sessions that began, or ended, before' }),
  status: listParam(statuses).optional(),
  site_id: idField('site').optional(),
  charge_point_id: idField('cp').optional(),
  token: z.string().min(1).max(255).optional().meta({ description: 'Uid, in any case, or tok_… id of the token' }),
});

function wantedSessions(
  organizationId: string,
  asked: Omit<z.output<typeof query>, 'format'>,
  withCost: boolean,
): SessionsWanted {
  const { by, from, to, status: statuses, site_id: siteId, charge_point_id: chargePointId, token } = asked;
  const isId = token !== undefined && /^tok_[0-9A-Z]{26}$/.test(token);
  const tokenId = isId ? token : undefined;
  const tokenUid = isId ? undefined : token?.trim();
  return { organizationId, by, withCost, from, to, statuses, siteId, chargePointId, tokenId, tokenUid };
}

const about =
  'Streamed, whatever the number: it is read as fast as you take it. An answer that is cut off ended before all was there. ' +
  'At most 4 exports per organization and process at a time. In CSV (RFC 4180) a text that a spreadsheet would take for a ' +
  "formula has a `'` before it.";

export type ExportRoutesNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly takePlace: TakePlace;
  readonly clock: Clock;
};

export function exportRoutes({ db, takePlace, clock }: ExportRoutesNeeds): AnyRoute[] {
  return [
    downloadRoute({
      path: '/exports/sessions',
      operationId: 'exportSessions',
      summary: 'Download sessions, oldest first',
      description: `${about} What sessions cost is told to whoever has the scope read:billing.`,
      tag,
      access: 'read:sessions',
      errors: { 429: '4 exports of the organization are running; or too many requests.' },
      query,
      download: Object.values(contentTypes),
      handle: async ({ principal: { organizationId, scopes }, query: { format, ...asked }, res }) => {
        res.setTimeout(STALLED_MS, () => res.destroy());
        const withCost = scopes.has('read:billing');
        const pages = () => sessionPages(db, wantedSessions(organizationId, asked, withCost), PAGE);
        const body = takePlace(organizationId, () => streamOf(pages(), sessionColumns(clock.now(), withCost), format));
        return { fileName: `sessions.${format}`, contentType: contentTypes[format], body };
      },
    }),
    downloadRoute({
      path: '/exports/meter-values',
      operationId: 'exportMeterValues',
      summary: 'Download the meter values of sessions, session by session',
      description: `Of the sessions that are asked for, oldest first. ${about}`,
      tag,
      access: 'read:sessions',
      errors: { 429: '4 exports of the organization are running; or too many requests.' },
      query,
      download: Object.values(contentTypes),
      handle: async ({ principal: { organizationId }, query: { format, ...asked }, res }) => {
        res.setTimeout(STALLED_MS, () => res.destroy());
        const pages = () => samplePages(db, wantedSessions(organizationId, asked, false), PAGE, clock.now());
        const body = takePlace(organizationId, () => streamOf(pages(), sampleColumns, format));
        return { fileName: `meter-values.${format}`, contentType: contentTypes[format], body };
      },
    }),
  ];
}

/** The report of an EVSE as REST shows it, and as columns of a file. */
import { z } from 'zod';
import type { Columns } from '../platform/row-text.ts';
import type { EvseReport } from './evses.ts';
import type { Range } from './range.ts';
import { uptimeOf } from './usage.ts';

const share = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description, examples: [0.9987] });
const seconds = z.int();
export const evseReport = z
  .object({
    charge_point_id: z.string(),
    charge_point_identity: z.string(),
    site_id: z.string().nullable(),
    evse_id: z.int(),
    sessions: z.int().meta({ description: 'That began in the range' }),
    energy_wh: z.int().meta({ description: 'Of these sessions' }),
    revenue: z
      .array(
        z.object({
          currency: z.string(),
          sessions: z.int(),
          excl_tax: z.string(),
          tax: z.string(),
          incl_tax: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'As in /reports/totals. Only with the scope read:billing' }),
    range_s: seconds.meta({ description: 'Length of the range, until now at most' }),
    occupied_s: seconds.meta({ description: 'A session was open' }),
    charging_s: seconds.meta({ description: 'Of that, it charged' }),
    occupied: share('Share of the range'),
    charging: share('Share of the range'),
    observed_s: seconds.meta({ description: 'Of the range, since when it is known whether the station was connected' }),
    offline_s: seconds.meta({ description: 'Not connected, and nobody charged' }),
    faulted_s: seconds,
    unavailable_s: seconds,
    excluded_s: seconds.meta({ description: 'Of offline, faulted and unavailable: in a maintenance window' }),
    uptime: share('(observed - (offline + faulted + unavailable - excluded)) / observed; null: nothing was observed'),
  })
  .meta({ id: 'EvseReport' });
export type Shown = z.input<typeof evseReport>;

export const evseColumns = (hasMoney: boolean): Columns<Shown> => [
  { name: 'charge_point_id', of: (row) => row.charge_point_id },
  { name: 'charge_point_identity', of: (row) => row.charge_point_identity },
  { name: 'site_id', of: (row) => row.site_id },
  { name: 'evse_id', of: (row) => row.evse_id },
  { name: 'sessions', of: (row) => row.sessions },
  { name: 'energy_wh', of: (row) => row.energy_wh },
  ...(hasMoney
    ? [
        {
          name: 'revenue_incl_tax',
          of: (row: Shown) => (row.revenue ?? []).map((each) => `${each.incl_tax} ${each.currency}`).join(' + '),
        },
      ]
    : []),
  { name: 'range_s', of: (row) => row.range_s },
  { name: 'occupied_s', of: (row) => row.occupied_s },
  { name: 'charging_s', of: (row) => row.charging_s },
  { name: 'occupied', of: (row) => row.occupied },
  { name: 'charging', of: (row) => row.charging },
  { name: 'observed_s', of: (row) => row.observed_s },
  { name: 'offline_s', of: (row) => row.offline_s },
  { name: 'faulted_s', of: (row) => row.faulted_s },
  { name: 'unavailable_s', of: (row) => row.unavailable_s },
  { name: 'excluded_s', of: (row) => row.excluded_s },
  { name: 'uptime', of: (row) => row.uptime },
];

const whole = (ms: number): number => Math.round(ms / 1000);
const rounded = (share: number | null): number | null => (share === null ? null : Math.round(share * 10_000) / 10_000);
const shareOf = (part: number, all: number): number | null => rounded(all <= 0 ? null : part / all);

export const presentWith =
  (range: Range, now: Date, hasMoney: boolean) =>
  ({ usage, group, ...row }: EvseReport): Shown => {
    const rangeMs = Math.max(0, Math.min(range.to.getTime(), now.getTime()) - range.from.getTime());
    return {
      charge_point_id: row.chargePointId,
      charge_point_identity: row.identity,
      site_id: row.siteId,
      evse_id: row.evseId,
      sessions: group?.sessions ?? 0,
      energy_wh: group?.energyWh ?? 0,
      ...(hasMoney && {
        revenue: (group?.revenue ?? []).map(({ currency, sessions, exclTax, tax, inclTax }) => ({
          currency,
          sessions,
          excl_tax: exclTax,
          tax,
          incl_tax: inclTax,
        })),
      }),
      range_s: whole(rangeMs),
      occupied_s: whole(usage.occupiedMs),
      charging_s: whole(usage.chargingMs),
      occupied: shareOf(usage.occupiedMs, rangeMs),
      charging: shareOf(usage.chargingMs, rangeMs),
      observed_s: whole(usage.observedMs),
      offline_s: whole(usage.offlineMs),
      faulted_s: whole(usage.faultedMs),
      unavailable_s: whole(usage.unavailableMs),
      excluded_s: whole(usage.excludedMs),
      uptime: rounded(uptimeOf(usage)),
    };
  };

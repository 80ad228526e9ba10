/** Limits of sessions in requests and answers. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import { keepsTo, kindsOf, shownLimit } from './machine/compare.ts';
import { kinds, type LimitRow, sources, type TransactionLimit } from './types.ts';

const money = z.string().regex(/^\d{1,9}(\.\d{1,6})?$/, { error: 'must be a decimal text, such as "20.00"' });
const fields = {
  max_energy_wh: z.int().min(1).max(999_999_999).optional().describe('So much energy at most'),
  max_time_s: z.int().min(1).max(31_536_000).optional().describe('So long at most, from its start'),
  max_cost: money
    .optional()
    .describe('So much at most, tax included, in the currency of its tariff; without a tariff nothing is counted'),
  max_soc_percent: z.int().min(1).max(100).optional().describe('So full at most, where the station tells it'),
};

/** Of one that is to be set. */
export const limitBody = z
  .strictObject(fields)
  .refine((limit) => Object.values(limit).some((value) => value !== undefined), {
    error: 'must limit something: max_energy_wh, max_time_s, max_cost or max_soc_percent',
  })
  .meta({ examples: [{ max_energy_wh: 20_000 }] });

export const limitOf = (body: z.output<typeof limitBody>): TransactionLimit => ({
  ...(body.max_energy_wh !== undefined && { maxEnergyWh: body.max_energy_wh }),
  ...(body.max_time_s !== undefined && { maxTimeS: body.max_time_s }),
  ...(body.max_cost !== undefined && { maxCost: body.max_cost }),
  ...(body.max_soc_percent !== undefined && { maxSocPercent: body.max_soc_percent }),
});

const values = {
  max_energy_wh: z.number().nullable(),
  max_time_s: z.number().nullable(),
  max_cost: z.string().nullable(),
  max_soc_percent: z.number().nullable(),
};
export const shownSessionLimit = z
  .object({
    ...values,
    source: z
      .enum(sources)
      .describe(
        'Who set it. station: a driver at the charger; payment, credit: what it is paid by, also where less was set since',
      ),
    set_by: z.string(),
    set_at: instantOut,
    kept_by: z
      .enum(['station', 'server'])
      .describe('station: it has said that it keeps to it; server: the session is stopped from here'),
    station: z.object(values).nullable().describe('What the station says its limit is (2.1)'),
    reached: z.enum(kinds).nullable(),
    reached_by: z.enum(['station', 'csms']).nullable().describe('Who found out'),
    reached_at: instantOut.nullable(),
  })
  .meta({ id: 'SessionLimit' });

const shown = (limit: TransactionLimit) => {
  const { maxEnergyWh, maxTimeS, maxCost, maxSocPercent } = shownLimit(limit);
  return {
    max_energy_wh: maxEnergyWh ?? null,
    max_time_s: maxTimeS ?? null,
    max_cost: maxCost ?? null,
    max_soc_percent: maxSocPercent ?? null,
  };
};

export function presentLimit(row: LimitRow): z.input<typeof shownSessionLimit> {
  const ours = shownLimit(row.limit);
  const isKept = kindsOf(ours).every((kind) => keepsTo(row.told, ours, kind));
  return {
    ...shown(row.limit),
    source: row.source,
    set_by: row.setBy,
    set_at: row.setAt,
    kept_by: isKept ? 'station' : 'server',
    station: row.told === null ? null : shown(row.told),
    reached: row.reached,
    reached_by: row.reachedBy,
    reached_at: row.reachedAt,
  };
}

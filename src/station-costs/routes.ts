/** REST: what a station says that a session costs. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { stationCostOf } from './store.ts';
import type { StationCostRow } from './types.ts';

const amount = z.object({ excl_tax: z.string().nullable(), incl_tax: z.string().nullable() });
const partNames = ['fixed', 'energy', 'charging_time', 'idle_time', 'reservation_time', 'reservation_fixed'] as const;
const shown = z
  .object({
    tariff_id: z.string().nullable().describe('Of a tariff here: its id, a colon, its version'),
    currency: z.string().nullable(),
    kind: z.enum(['normal', 'min', 'max']).nullable().describe('min, max: bounded by the tariff'),
    total: amount.nullable(),
    parts: z.object({
      fixed: amount.optional(),
      energy: amount.optional(),
      charging_time: amount.optional(),
      idle_time: amount.optional(),
      reservation_time: amount.optional(),
      reservation_fixed: amount.optional(),
    }),
    energy: z.number().nullable().describe('As the station tells it'),
    charging_s: z.number().nullable(),
    idle_s: z.number().nullable(),
    reservation_s: z.number().nullable(),
    periods: z.array(
      z.object({
        started_at: z.string(),
        tariff_id: z.string().nullable(),
        dimensions: z.array(z.object({ type: z.string(), volume: z.number() })),
      }),
    ),
    failed: z.boolean().describe('The station could not compute it'),
    failure_reason: z.string().nullable(),
    is_final: z.boolean(),
    told_at: instantOut,
  })
  .meta({ id: 'StationCost' });

type Amount = { readonly exclTax: string | null; readonly inclTax: string | null };
const money = ({ exclTax, inclTax }: Amount) => ({ excl_tax: exclTax, incl_tax: inclTax });

const present = ({ cost, tariffId, isFinal, toldAt }: StationCostRow): z.input<typeof shown> => ({
  tariff_id: tariffId,
  currency: cost?.currency ?? null,
  kind: cost?.kind ?? null,
  total: cost === null ? null : money(cost.total),
  parts: Object.fromEntries(
    partNames.flatMap((name) => {
      const part = cost?.parts[name];
      return part === undefined ? [] : [[name, money(part)]];
    }),
  ),
  energy: cost?.usage.energy ?? null,
  charging_s: cost?.usage.chargingS ?? null,
  idle_s: cost?.usage.idleS ?? null,
  reservation_s: cost?.usage.reservationS ?? null,
  periods: (cost?.periods ?? []).map((period) => ({
    started_at: period.startedAt,
    tariff_id: period.tariffId,
    dimensions: [...period.dimensions],
  })),
  failed: cost?.failed ?? false,
  failure_reason: cost?.failureReason ?? null,
  is_final: isFinal,
  told_at: toldAt,
});

export const stationCostRoutes = ({ db }: { readonly db: Pick<Database, 'rows'> }): AnyRoute[] => [
  route({
    method: 'get',
    path: '/sessions/{id}/station-cost',
    operationId: 'getStationCost',
    summary: 'Get what a charge point says that a session costs',
    description:
      'Of a station of OCPP 2.1 that computes costs by a tariff it was given; while the session runs, and once final.',
    tag: 'Sessions',
    access: 'read:billing',
    status: 200,
    params: z.object({ id: idParam('ses') }),
    response: shown,
    async handle({ principal: { organizationId }, params: { id } }) {
      const row = await stationCostOf(db, organizationId, id);
      if (row === undefined)
        throw new AppError('not_found', 'There is no such session, or its station computes no cost');
      return present(row);
    },
  }),
];

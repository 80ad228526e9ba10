/** A session as REST shows it. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { instantOut } from '../platform/fields.ts';
import { type Cost, planOf } from '../pricing/index.ts';
import { limitsOf, presentLimit, shownSessionLimit } from '../session-limits/index.ts';
import { levels, type Plans, presentCost, shownCost } from '../tariffs/index.ts';
import { type CostView, costsOf } from './cost-read-store.ts';
import { costUntil, freeTerms } from './machine/cost.ts';
import type { SessionView } from './read-store.ts';

export const statuses = ['active', 'suspended_ev', 'suspended_evse', 'ended', 'closed_by_system'] as const;
export const chargingStates = ['charging', 'ev_connected', 'suspended_ev', 'suspended_evse', 'idle'] as const;
export const authorizations = [
  'accepted',
  'blocked',
  'expired',
  'invalid',
  'not_at_this_location',
  'concurrent_tx',
  'no_credit',
] as const;

const cost = z
  .object({
    ...shownCost.shape,
    is_final: z.boolean().meta({ description: 'The session has ended; corrections may follow' }),
  })
  .meta({ id: 'SessionCost' });
const tariff = z
  .object({
    id: z.string(),
    version: z.int(),
    name: z.string().nullable(),
    level: z.enum(levels).meta({ description: 'Why this one: what it was assigned to' }),
    target_id: z.string(),
  })
  .meta({ id: 'SessionTariff' });
const reviewStatuses = ['open', 'approved', 'corrected'] as const;
const review = z
  .object({
    status: z.enum(reviewStatuses),
    reasons: z.array(z.string()).meta({ description: 'Flags of the session' }),
  })
  .meta({ id: 'SessionReview' });

const text = z.string().nullable();
const figure = (description: string) => z.number().nullable().meta({ description });
export const session = z
  .object({
    id: z.string(),
    transaction_id: z.int().meta({ description: 'Our own number of it, and what an OCPP 1.6 charger calls it' }),
    ocpp_transaction_id: text.meta({ description: 'What an OCPP 2.x charger calls it; null: 1.6' }),
    charge_point_id: z.string(),
    charge_point_identity: z.string(),
    site_id: text,
    evse_id: z.int(),
    connector_id: z.int(),
    status: z.enum(statuses),
    charging_state: z.enum(chargingStates).nullable().meta({
      description:
        'What an OCPP 2.x charger said last, idle where its connector has become free since; null: 1.6, or nothing',
    }),
    token: text.meta({ description: 'Uid of the token that started it' }),
    token_id: text,
    authorization: z.enum(authorizations).meta({ description: 'What the charger was told about the token' }),
    command_id: text.meta({ description: 'The remote start that led to it' }),
    reservation_id: z.int().nullable(),
    free_of_charge: z.boolean().meta({ description: 'Begun where the authorization policy is free: never billed' }),
    is_test: z
      .boolean()
      .meta({ description: 'The test transaction of a commissioning run: in no bill, report or export' }),
    started_at: instantOut,
    ended_at: instantOut.nullable(),
    duration_s: z.int().meta({ description: 'Until its end, or until now' }),
    meter_start_wh: z.int(),
    meter_stop_wh: z.int().nullable(),
    energy_wh: z.int(),
    power_w: figure('Last reading'),
    current_a: figure('Last reading'),
    voltage_v: figure('Last reading'),
    soc_percent: figure('Last reading'),
    last_sample_at: instantOut.nullable(),
    stop_reason: text,
    stop_token: text.meta({ description: 'Uid of the token that stopped it, where it is another' }),
    cost: cost.nullable().meta({
      description:
        'null: no tariff holds for it, or it cannot be priced. While it runs: until now, as far as time goes on by itself',
    }),
    tariff: tariff
      .nullable()
      .meta({ description: 'As it was frozen when the session began; null: none, or free of charge' }),
    review: review.nullable().meta({ description: 'Whether a person has to look at what it costs; null: no' }),
    flags: z.array(z.string()).meta({ description: 'Why a person should look at it; empty: nothing odd' }),
    limit: shownSessionLimit.nullable().meta({ description: 'What it may take, last or cost; null: nothing was said' }),
    updated_at: instantOut,
  })
  .meta({ id: 'Session' });

type Limit = Parameters<typeof presentLimit>[0];

/** By session; those that nobody limited have none. */
export const limitsFor = (
  db: Pick<Database, 'rows'>,
  organizationId: string,
  sessions: readonly SessionView[],
): Promise<ReadonlyMap<string, Limit>> =>
  limitsOf(
    db,
    organizationId,
    sessions.filter(({ isLimited }) => isLimited).map(({ id }) => id),
  );

/** `cost`: null if it cannot be priced. */
export type Paid = { readonly view: CostView; readonly cost: Cost | null };

/** What sessions cost: the final cost, or of those that run what it is by now. By session; those without a tariff have none. */
export async function paidFor(
  { db, plans }: { readonly db: Pick<Database, 'rows'>; readonly plans: Plans },
  organizationId: string,
  sessions: readonly SessionView[],
  now: Date,
): Promise<ReadonlyMap<string, Paid>> {
  const ids = sessions.filter(({ isPriced }) => isPriced).map(({ id }) => id);
  const views = [...(await costsOf(db, organizationId, ids)).values()];
  const running = views.flatMap(({ tariff: of, isFinal, timezone }) =>
    of === null || isFinal ? [] : [{ ...of, timezone }],
  );
  const planFor = running.length === 0 ? undefined : await plans.of(db, running);
  return new Map(
    views.map((view) => {
      const { tariff: of, currency, timezone, count, final, isFinal } = view;
      const plan =
        of === null || planFor === undefined ? planOf(freeTerms(currency), timezone) : planFor({ ...of, timezone });
      return [view.sessionId, { view, cost: isFinal ? final : costUntil({ plan, count, final }, now) }];
    }),
  );
}

/** The answer's schema refuses a status or authorization that it does not know. */
export const presentSession = (
  row: SessionView,
  { paid, limit }: { readonly paid: Paid | undefined; readonly limit: Limit | undefined },
  now: Date,
) => ({
  id: row.id,
  transaction_id: row.transactionId,
  ocpp_transaction_id: row.ocppTransactionId,
  charge_point_id: row.chargePointId,
  charge_point_identity: row.chargePointIdentity,
  site_id: row.siteId,
  evse_id: row.evseId,
  connector_id: row.connectorId,
  status: row.status as (typeof statuses)[number],
  // Without a car on its connector a transaction is idle, whoever says so.
  charging_state: row.freedAt !== null ? 'idle' : (chargingStates.find((each) => each === row.chargingState) ?? null),
  token: row.tokenUid,
  token_id: row.tokenId,
  authorization: row.authorization as (typeof authorizations)[number],
  command_id: row.commandId,
  reservation_id: row.reservationId,
  free_of_charge: row.freeOfCharge,
  is_test: row.isTest,
  started_at: row.startedAt,
  ended_at: row.endedAt,
  duration_s: Math.max(0, Math.round(((row.endedAt ?? now).getTime() - row.startedAt.getTime()) / 1000)),
  meter_start_wh: row.meterStartWh,
  meter_stop_wh: row.meterStopWh,
  energy_wh: row.energyWh,
  power_w: row.powerW,
  current_a: row.currentA,
  voltage_v: row.voltageV,
  soc_percent: row.socPercent,
  last_sample_at: row.lastSampleAt,
  stop_reason: row.stopReason,
  stop_token: row.stopTokenUid,
  cost: paid?.cost == null ? null : { ...presentCost(paid.cost), is_final: paid.view.isFinal },
  tariff: paid === undefined ? null : presentTariff(paid.view),
  review: paid === undefined ? null : presentReview(paid.view),
  flags: [...row.flags],
  limit: limit === undefined ? null : presentLimit(limit),
  updated_at: row.updatedAt,
});

const presentTariff = ({ tariff: of }: CostView) =>
  of === null
    ? null
    : {
        id: of.tariffId,
        version: of.version,
        name: of.name,
        level: of.level as (typeof levels)[number], // as: the answer's schema refuses another
        target_id: of.targetId,
      };

const presentReview = ({ reviewStatus: status, reviewReasons }: CostView) =>
  status === null ? null : { status: status as (typeof reviewStatuses)[number], reasons: [...reviewReasons] };

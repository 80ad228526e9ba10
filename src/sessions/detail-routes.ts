/** REST: what a session is made of, its meter values and (OCPP 2.x) the events that it was told by. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { contextName } from '../meter/index.ts';
import type { Clock } from '../platform/clock.ts';
import { type EventView, eventsOf, type SampleView, type SessionView, samplesOf } from './read-store.ts';

const tag = 'Sessions';
const params = z.object({ id: idParam('ses') });

const sample = z.object({
  at: instantOut,
  context: z.string().meta({ description: 'Why it was read: sample_periodic, transaction_begin, …' }),
  energy_wh: z.int().nullable().meta({ description: 'The register, not the energy of the session' }),
  power_w: z.number().nullable(),
  current_a: z.number().nullable(),
  voltage_v: z.number().nullable(),
  soc_percent: z.number().nullable(),
  extra: z
    .array(z.record(z.string(), z.unknown()))
    .meta({ description: 'Sampled values without a field above, as the charger said them' }),
});

const kinds = ['started', 'updated', 'ended'] as const;
const outcomes = ['applied', 'held', 'late', 'reused'] as const;
const event = z.object({
  seq_no: z.int().meta({ description: 'Its number within the transaction; -1: the charger did not say' }),
  event_type: z.enum(kinds),
  trigger_reason: z.string().meta({ description: 'In the words of OCPP', examples: ['ChargingStateChanged'] }),
  charging_state: z.string().nullable(),
  offline: z.boolean().meta({ description: 'It happened while the charger was offline' }),
  at: instantOut.meta({ description: 'When it happened, by the clock of the charger' }),
  received_at: instantOut,
  outcome: z.enum(outcomes).meta({
    description:
      'applied: in its order; held: it came before others that lead to it, and was applied after them; late: those after it had ' +
      'been applied already; reused: its number had been used for another event',
  }),
});

const sampleKey = z
  .tuple([z.iso.datetime({ precision: 3 }), z.int().min(0).max(100), z.int().min(0).max(32_767)])
  .transform(([at, context, evseId]) => ({ at: new Date(at), context, evseId }));

const eventKey = z
  .tuple([z.iso.datetime({ precision: 3 }), z.int().min(-1).max(2_147_483_647)])
  .transform(([at, seqNo]) => ({ receivedAt: new Date(at), seqNo }));

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly clock: Clock;
  /** Throws not_found, also for those of other organizations. */
  readonly find: (organizationId: string, id: string) => Promise<SessionView>;
};

export function detailRoutes({ db, clock, find }: Needs): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/sessions/{id}/meter-values',
      operationId: 'listSessionMeterValues',
      summary: 'List the meter values of a session, oldest first',
      tag,
      access: 'read:sessions',
      status: 200,
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(sample),
      handle: async ({ principal: { organizationId }, params: { id }, query }) => {
        const page = readPage(query, sampleKey);
        const rows = await samplesOf(db, await find(organizationId, id), page, clock.now());
        return pageFrom(rows, page.limit, (row) => [row.at, row.context, row.evseId], presentSample);
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}/events',
      operationId: 'listSessionEvents',
      summary: 'List the events that an OCPP 2.x charger told a session by, as they were received',
      description: 'Empty for sessions of OCPP 1.6 chargers. Kept as long as meter values.',
      tag,
      access: 'read:sessions',
      status: 200,
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(event),
      handle: async ({ principal: { organizationId }, params: { id }, query }) => {
        const page = readPage(query, eventKey);
        const rows = await eventsOf(db, await find(organizationId, id), page, clock.now());
        return pageFrom(rows, page.limit, (row) => [row.receivedAt, row.seqNo], presentEvent);
      },
    }),
  ];
}

const presentSample = (row: SampleView) => ({
  at: row.at,
  context: contextName(row.context),
  energy_wh: row.energyWh,
  power_w: row.powerW,
  current_a: row.currentA,
  voltage_v: row.voltageV,
  soc_percent: row.socPercent,
  extra: row.extra === null ? [] : [...row.extra],
});

/** The answer's schema refuses words that it does not know. */
const presentEvent = (row: EventView) => ({
  seq_no: row.seqNo,
  event_type: row.eventType as (typeof kinds)[number],
  trigger_reason: row.triggerReason,
  charging_state: row.chargingState,
  offline: row.offline,
  at: row.at,
  received_at: row.receivedAt,
  outcome: row.outcome as (typeof outcomes)[number],
});

/** REST: battery swaps, as stations tell of them; beginning one (2.1 block S). */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import { asking } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { SwappedBattery } from '../ingest/inputs.ts';
import type { RequestSwap } from './request-swap.ts';
import { listSwaps, type SwapView } from './store.ts';
import { swapStatuses } from './types.ts';

const tag = 'Battery swaps';

const battery = z.object({
  evse_id: z.int().describe('The slot'),
  serial_number: z.string(),
  soc_percent: z.number().nullable(),
  soh_percent: z.number().nullable(),
  produced_at: z.string().nullable(),
  vendor_info: z.string().nullable(),
});
const batterySwap = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    status: z
      .enum(swapStatuses)
      .describe(
        'timed_out: the batteries were offered and nobody took them; refused: not enough charged ones, or an unknown token',
      ),
    why: z.string().nullable(),
    request_id: z.int(),
    command_id: z.string().nullable().describe('null: begun at the station'),
    requested_by: z.string().nullable(),
    token: z.string().nullable(),
    authorization: z.string().nullable().describe('What was known of the token when batteries moved'),
    batteries_in: z.array(battery),
    batteries_out: z.array(battery),
    created_at: instantOut,
    in_at: instantOut.nullable(),
    out_at: instantOut.nullable(),
    ended_at: instantOut.nullable(),
    updated_at: instantOut,
  })
  .meta({ id: 'BatterySwap' });

const presentBattery = (each: SwappedBattery): z.input<typeof battery> => ({
  evse_id: each.evseId,
  serial_number: each.serialNumber,
  soc_percent: each.socPercent ?? null,
  soh_percent: each.sohPercent ?? null,
  produced_at: each.producedAt ?? null,
  vendor_info: each.vendorInfo ?? null,
});

const present = (row: SwapView): z.input<typeof batterySwap> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  status: row.status,
  why: row.why,
  request_id: row.requestId,
  command_id: row.commandId,
  requested_by: row.requestedBy,
  token: row.tokenUid,
  authorization: row.authorization,
  batteries_in: row.batteriesIn.map(presentBattery),
  batteries_out: row.batteriesOut.map(presentBattery),
  created_at: row.createdAt,
  in_at: row.inAt,
  out_at: row.outAt,
  ended_at: row.endedAt,
  updated_at: row.updatedAt,
});

type Needs = { readonly db: Pick<Database, 'rows'>; readonly requestSwap: RequestSwap };

export function batterySwapRoutes({ db, requestSwap }: Needs): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/battery-swaps',
      operationId: 'listBatterySwaps',
      summary: 'List battery swaps, newest first',
      tag,
      access: 'read:sessions',
      status: 200,
      query: z.strictObject({
        charge_point_id: idParam('cp').optional(),
        status: listParam(swapStatuses).optional(),
        token: z.string().min(1).max(255).optional().meta({ description: 'Uid, in any case' }),
        ...pageQuery,
      }),
      response: pageOf(batterySwap),
      async handle({ principal: { organizationId }, query }) {
        const page = readPage(query, idKey);
        const { charge_point_id: chargePointId, status: statuses, token } = query;
        const rows = await listSwaps(db, organizationId, { chargePointId, statuses, token }, page);
        return pageFrom(rows, page.limit, ({ id }) => id, present);
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/battery-swaps',
      operationId: 'requestBatterySwap',
      summary: 'Ask a swapping station to begin a swap for somebody',
      description:
        'OCPP 2.1. It becomes accepted or refused by the answer; the batteries that move are told by the station.',
      tag,
      access: asking.access,
      status: 202,
      errors: { ...asking.errors, 409: 'The charge point is offline, or the token may not charge there' },
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject({ wait: asking.wait }),
      body: z.strictObject({
        token: z
          .string()
          .trim()
          .min(1)
          .max(255)
          .describe('Uid')
          .meta({ examples: ['04A1B2C3'] }),
        timeout_s: asking.timeoutS,
      }),
      response: batterySwap,
      async handle({ principal, params: { id: chargePointId }, query, body, res }) {
        const { organizationId, id: requestedBy } = principal;
        await ownChargePoint(db, organizationId, chargePointId);
        const { token: tokenUid, timeout_s: timeoutS } = body;
        const asked = { organizationId, chargePointId, requestedBy, tokenUid, timeoutS, wait: query.wait };
        return present(await requestSwap({ ...asked, traceId: traceIdOf(res) }));
      },
    }),
  ];
}

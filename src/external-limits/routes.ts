/** REST: the limits that others than this system have set at a charge point. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idParam, instantOut, intParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { presentSchedule, shownSchedule } from '../smart-charging/index.ts';
import { listLimits } from './store.ts';
import type { ExternalLimit } from './types.ts';

const limit = z
  .object({
    id: z.string(),
    connector_id: z.int().describe('0: the whole charge point'),
    source: z
      .string()
      .describe('Who set it, in words of OCPP: EMS (an energy manager), SO (a grid operator), Other, …'),
    is_grid_critical: z.boolean().nullable(),
    is_local_generation: z.boolean().nullable().describe('OCPP 2.1: it adds what is generated on the site'),
    schedules: z.array(shownSchedule).describe('Empty: the charge point did not say how much'),
    status: z.enum(['active', 'replaced', 'cleared']),
    reported_at: instantOut.describe('Of schedules without a start: when they were told last, and begin'),
    ended_at: instantOut.nullable(),
  })
  .meta({ id: 'ExternalLimit' });

const present = (row: ExternalLimit): z.input<typeof limit> => ({
  id: row.id,
  connector_id: row.evseId,
  source: row.source,
  is_grid_critical: row.isGridCritical,
  is_local_generation: row.isLocalGeneration,
  schedules: row.schedules.map(presentSchedule),
  status: row.status,
  reported_at: row.reportedAt,
  ended_at: row.endedAt,
});

export function externalLimitRoutes({ db }: { readonly db: Pick<Database, 'prisma' | 'rows'> }): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/external-limits',
      operationId: 'listExternalLimits',
      summary: 'List the limits that others have set at a charge point, newest first',
      description: 'As the charge point reports them (OCPP 2.x). Those that are over are kept too, the last 200.',
      tag: 'Smart charging',
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point' },
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject({
        active: boolParam.optional().describe('true: only those that hold'),
        connector_id: intParam({ min: 0, max: 1000 }).optional(),
        ...pageQuery,
      }),
      response: pageOf(limit),
      async handle({ params: { id: chargePointId }, query, principal: { organizationId } }) {
        await ownChargePoint(db, organizationId, chargePointId);
        const { active, connector_id: evseId } = query;
        const page = readPage(query, idKey);
        const rows = await listLimits(db, { organizationId, chargePointId, active, evseId, ...page });
        return pageFrom(rows, page.limit, ({ id }) => id, present);
      },
    }),
  ];
}

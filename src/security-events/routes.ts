/** REST: what chargers reported to threaten their security. */
import { z } from 'zod';
import { knownChargePoint } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idParam, instantIn, instantOut, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { type ListedSecurityEvent, listSecurityEvents } from './store.ts';

const severities = ['info', 'warning', 'critical'] as const;

const securityEvent = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    type: z.string().describe('From OCA’s list of security events, or a vendor’s own'),
    critical: z.boolean().describe('By OCA’s list: a charger has to report it, also when it was offline meanwhile'),
    severity: z.enum(severities).describe('How soon a person should look'),
    at: instantOut.describe("By the charger's clock where that is sane"),
    raw_at: z.string().nullable().describe('What the charger wrote instead of a sane time'),
    historical: z.boolean().describe('Reported later, when the charger was back'),
    tech_info: z.string().nullable(),
    received_at: instantOut,
  })
  .meta({ id: 'SecurityEvent' });

const filters = {
  type: z.string().max(100).optional(),
  severity: listParam(severities).optional(),
  critical: boolParam.optional(),
  from: instantIn.optional().meta({ description: 'At or after' }),
  to: instantIn.optional().meta({ description: 'Before' }),
  ...pageQuery,
};

export function securityEventRoutes({ db }: { readonly db: Pick<Database, 'prisma' | 'rows'> }): AnyRoute[] {
  type Filters = z.output<z.ZodObject<typeof filters>>;
  const list = async (organizationId: string, query: Filters, chargePointId: string | undefined) => {
    const { type, severity, critical, from, to } = query;
    const page = readPage(query, idKey);
    const where = { organizationId, chargePointId, type, severities: severity, critical, from, to };
    return pageFrom(await listSecurityEvents(db, { ...where, ...page }), page.limit, ({ id }) => id, present);
  };
  const common = {
    method: 'get',
    tag: 'Security',
    access: 'read:charge_points',
    status: 200,
    response: pageOf(securityEvent),
  } as const;

  return [
    route({
      ...common,
      path: '/security-events',
      operationId: 'listSecurityEvents',
      summary: 'List security events of all charge points, last received first',
      query: z.strictObject({ charge_point_id: idParam('cp').optional(), ...filters }),
      handle: ({ principal: { organizationId }, query }) => list(organizationId, query, query.charge_point_id),
    }),
    route({
      ...common,
      path: '/charge-points/{id}/security-events',
      operationId: 'listChargePointSecurityEvents',
      summary: 'List security events of a charge point, last received first',
      errors: { 404: 'There is no such charge point' },
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject(filters),
      async handle({ principal: { organizationId }, params: { id }, query }) {
        await knownChargePoint(db, organizationId, id);
        return list(organizationId, query, id);
      },
    }),
  ];
}

const present = (row: ListedSecurityEvent): z.input<typeof securityEvent> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  type: row.type,
  critical: row.critical,
  severity: row.severity,
  at: row.at,
  raw_at: row.rawAt,
  historical: row.historical,
  tech_info: row.techInfo,
  received_at: row.receivedAt,
});

/** REST: chargers that knocked and were refused, and why. What they said of themselves is a stranger's text. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { instantOut } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { listUnknownChargePoints, type UnknownChargePointRow } from './store.ts';

const unknownChargePoint = z
  .object({
    identity: z.string().meta({ description: 'As it stood in the address it asked for' }),
    reason: z.string().meta({ description: 'unknown_identity, wrong_password, missing_credentials, …' }),
    charge_point_id: z.string().nullable().meta({ description: 'null: the identity is not registered' }),
    remote_address: z.string(),
    protocols: z.string().meta({ description: 'The subprotocols it offered' }),
    user_agent: z.string(),
    vendor: z
      .string()
      .meta({ description: 'What it said of itself at boot, where OCPP_UNKNOWN_IDENTITY=pending; else empty' }),
    model: z.string(),
    serial_number: z.string(),
    firmware_version: z.string(),
    count: z.int(),
    first_seen_at: instantOut,
    last_seen_at: instantOut,
  })
  .meta({ id: 'UnknownChargePoint' });

const key = z
  .tuple([z.iso.datetime({ precision: 3 }), z.string().max(100), z.string().max(100)])
  .transform(([at, identity, reason]) => ({ lastSeenAt: new Date(at), identity, reason }));

export function unknownChargePointRoutes({ db }: { readonly db: Pick<Database, 'rows'> }): AnyRoute[] {
  return [
    route({
      method: 'get',
      path: '/unknown-charge-points',
      operationId: 'listUnknownChargePoints',
      summary: 'List refused chargers, last seen first',
      description:
        'Refusals of your own charge points; those of identities that nobody has registered are shown to the first organization of the installation.',
      tag: 'Charge points',
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({ reason: z.string().max(100).optional(), ...pageQuery }),
      response: pageOf(unknownChargePoint),
      handle: async ({ principal: { organizationId }, query }) => {
        const { after, limit } = readPage(query, key);
        const rows = await listUnknownChargePoints(db, { organizationId, reason: query.reason, after, limit });
        return pageFrom(rows, limit, (row) => [row.lastSeenAt, row.identity, row.reason], present);
      },
    }),
  ];
}

const present = (row: UnknownChargePointRow) => ({
  identity: row.identity,
  reason: row.reason,
  charge_point_id: row.chargePointId,
  remote_address: row.remoteAddress,
  protocols: row.protocols,
  user_agent: row.userAgent,
  vendor: row.vendor,
  model: row.model,
  serial_number: row.serialNumber,
  firmware_version: row.firmwareVersion,
  count: row.count,
  first_seen_at: row.firstSeenAt,
  last_seen_at: row.lastSeenAt,
});

/** REST: the messages of a charge point as they went over the wire, and what its messages get wrong. */
import { z } from 'zod';
import { chargePointById } from '../charge-points/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantIn, instantOut } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import { type DeviationCount, listDeviations } from './deviation-store.ts';
import { type FrameRow, listFrames } from './store.ts';

const frame = z
  .object({
    at: instantOut,
    direction: z.enum(['from_charger', 'to_charger']),
    message_type: z
      .int()
      .nullable()
      .meta({ description: '2 call, 3 result, 4 error, 5 result error, 6 send; null: unreadable' }),
    message_id: z.string().nullable(),
    action: z.string().nullable(),
    raw: z.string().meta({ description: 'The text of the message; secrets are masked' }),
  })
  .meta({ id: 'Frame' });

const deviation = z
  .object({
    action: z.string(),
    field: z.string().meta({ description: 'Dotted path; positions in lists as []' }),
    kind: z.string().meta({ description: 'missing, type, enum, too_long, unknown_field, null, format, range' }),
    count: z.int(),
    example: z.string().meta({ description: 'What was there' }),
    first_at: instantOut,
    last_at: instantOut,
  })
  .meta({ id: 'Deviation' });

const key = z
  .tuple([z.iso.datetime({ precision: 3 }), z.int().nonnegative()])
  .transform(([at, seq]) => ({ at: new Date(at), seq }));

export function frameRoutes({ db }: { readonly db: Pick<Database, 'rows'> }): AnyRoute[] {
  async function mustExist(organizationId: string, chargePointId: string): Promise<void> {
    if ((await chargePointById(db, organizationId, chargePointId)) === undefined)
      throw new AppError('not_found', 'There is no such charge point');
  }

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/frames',
      operationId: 'listFrames',
      summary: 'List the messages of a charge point, newest first',
      description: 'Both directions, within the retention of the installation.',
      tag: 'Charge points',
      access: 'read:charge_points',
      status: 200,
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject({
        from: instantIn.optional().meta({ description: 'At or after' }),
        to: instantIn.optional().meta({ description: 'Before' }),
        action: z.string().max(100).optional(),
        ...pageQuery,
      }),
      response: pageOf(frame),
      handle: async ({ principal: { organizationId }, params: { id: chargePointId }, query }) => {
        await mustExist(organizationId, chargePointId);
        const { after, limit } = readPage(query, key);
        const { from, to, action } = query;
        const rows = await listFrames(db, { organizationId, chargePointId, from, to, action, after, limit });
        return pageFrom(rows, limit, (row) => [row.at, row.seq], present);
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/deviations',
      operationId: 'listDeviations',
      summary: 'List what the messages of a charge point get wrong',
      description:
        'Most frequent first, at most 200. Such messages are mended and processed, unless the charge point is `strict`.',
      tag: 'Charge points',
      access: 'read:charge_points',
      status: 200,
      params: z.object({ id: idParam('cp') }),
      response: z.object({ data: z.array(deviation) }),
      handle: async ({ principal: { organizationId }, params: { id: chargePointId } }) => {
        await mustExist(organizationId, chargePointId);
        const rows = await listDeviations(db, { organizationId, chargePointId });
        return { data: rows.map(presentDeviation) };
      },
    }),
  ];
}

const present = (row: FrameRow) => ({
  at: row.at,
  direction: row.inbound ? ('from_charger' as const) : ('to_charger' as const),
  message_type: row.messageType,
  message_id: row.messageId,
  action: row.action,
  raw: row.raw,
});

const presentDeviation = ({ action, field, kind, count, example, firstAt, lastAt }: DeviationCount) => ({
  action,
  field,
  kind,
  count,
  example,
  first_at: firstAt,
  last_at: lastAt,
});

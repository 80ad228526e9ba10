/** REST: the messages of a charge point as they went over the wire, and what its messages get wrong. */
import { z } from 'zod';
import { knownChargePoint, ownChargePoint } from '../charge-points/index.ts';
import type { Database, IsTransient } from '../database/contract.ts';
import { idParam, instantIn, instantOut, intParam, traceIdIn, traceIdOut } from '../http/kit/fields.ts';
import { cursorOf, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, downloadRoute, route, streamRoute } from '../http/kit/route.ts';
import { type Feed, LAST_EVENT_ID } from '../http/kit/sse.ts';
import { type DeviationCount, listDeviations } from './deviation-store.ts';
import { exportFormats, exportFrames, exportTypes, presentFrame } from './export.ts';
import { followFrames } from './follow.ts';
import { listFrames, MOST_SHOWN } from './read-store.ts';

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
    raw: z.string().meta({
      description: `The text of the message; secrets are masked. In lists and streams its first ${MOST_SHOWN} characters, in exports all`,
    }),
    trace_id: traceIdOut.meta({
      description: 'A call and its answer have the same; so have the events and deliveries that came of it',
    }),
  })
  .meta({ id: 'Frame' });

const deviation = z
  .object({
    action: z.string(),
    field: z.string().meta({ description: 'Dotted path; positions in lists as []' }),
    kind: z.string().meta({
      description: 'missing, type, enum, too_long, unknown_field, null, format, range; envelope: around the payload',
    }),
    count: z.int(),
    example: z.string().meta({ description: 'What was there; of an envelope, what is odd about it' }),
    first_at: instantOut,
    last_at: instantOut,
  })
  .meta({ id: 'Deviation' });

const key = z
  .tuple([z.iso.datetime({ precision: 3 }), z.int().nonnegative()])
  .transform(([at, seq]) => ({ at: new Date(at), seq }));

const filters = {
  action: z.string().max(100).optional(),
  direction: z.enum(['from_charger', 'to_charger']).optional(),
  message_type: intParam({ min: 2, max: 6 }).optional(),
  trace_id: traceIdIn.optional(),
  text: z.string().min(2).max(100).optional().meta({ description: 'Anywhere in the message; case does not count' }),
};
const span = {
  from: instantIn.optional().meta({ description: 'At or after' }),
  to: instantIn.optional().meta({ description: 'Before' }),
};
type Filters = z.infer<z.ZodObject<typeof filters>>;
const filterOf = ({ action, direction, message_type: messageType, text, trace_id: traceId }: Filters) => ({
  action,
  inbound: direction === undefined ? undefined : direction === 'from_charger',
  messageType,
  text,
  traceId,
});

/** Of who held it before: nothing of after. */
const earlier = (to: Date | undefined, until: Date | null): Date | undefined =>
  until === null || (to !== undefined && to < until) ? to : until;

type Needs = { readonly db: Pick<Database, 'rows'>; readonly isTransient: IsTransient; readonly now: () => Date };

export function frameRoutes({ db, isTransient, now }: Needs): AnyRoute[] {
  const mustExist = (organizationId: string, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/frames',
      operationId: 'listFrames',
      summary: 'List the messages of a charge point, newest first',
      description:
        'Both directions, within the retention of the installation. With a filter, one request looks at 20,000 messages at ' +
        'most: a page may hold fewer than `limit`, or none, and still have a `next_cursor`.',
      tag: 'Charge points',
      access: 'read:charge_points',
      status: 200,
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject({
        ...span,
        ...filters,
        ...pageQuery,
      }),
      response: pageOf(frame),
      handle: async ({ principal: { organizationId }, params: { id: chargePointId }, query }) => {
        const { until } = await knownChargePoint(db, organizationId, chargePointId);
        const { after, limit } = readPage(query, key);
        const { from, to } = query;
        const asked = { organizationId, chargePointId, from, to: earlier(to, until), ...filterOf(query), after, limit };
        const { rows, searchedTo } = await listFrames(db, asked);
        const page = pageFrom(rows, limit, (row) => [row.at, row.seq], presentFrame);
        if (page.next_cursor !== null || searchedTo === undefined) return page;
        return { ...page, next_cursor: cursorOf([searchedTo.at, searchedTo.seq]) };
      },
    }),
    downloadRoute({
      path: '/charge-points/{id}/frames/export',
      operationId: 'exportFrames',
      summary: 'Download the messages of a charge point, oldest first',
      description: "In CSV, a text that a spreadsheet would take for a formula has a `'` before it.",
      tag: 'Charge points',
      access: 'read:charge_points',
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject({ format: z.enum(exportFormats).default('jsonl'), ...span, ...filters }),
      download: Object.values(exportTypes),
      handle: async ({ principal: { organizationId }, params: { id: chargePointId }, query }) => {
        const { until } = await knownChargePoint(db, organizationId, chargePointId);
        const { format, from } = query;
        const to = earlier(query.to, until);
        const body = exportFrames(db, { organizationId, chargePointId, from, to, ...filterOf(query) }, format);
        return { fileName: `frames-${chargePointId}.${format}`, contentType: exportTypes[format], body };
      },
    }),
    streamRoute({
      path: '/charge-points/{id}/frames/stream',
      operationId: 'streamFrames',
      summary: 'The messages of a charge point as they come, as server-sent events',
      description:
        'From now on, or after the message that the header `Last-Event-ID` names, if it is not older than 15 minutes. Messages ' +
        'are told within a second. At most 20 streams per organization and process.',
      tag: 'Charge points',
      access: 'read:charge_points',
      errors: { 429: 'The organization has 20 of these streams open; or too many requests.' },
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject(filters),
      stream: frame,
      handle: async ({ principal: { organizationId }, params: { id: chargePointId }, query, req }) => {
        await mustExist(organizationId, chargePointId);
        const last = /^\d{1,15}$/.exec(req.get(LAST_EVENT_ID) ?? '')?.[0];
        const after = last === undefined ? undefined : Number(last);
        const of = { organizationId, chargePointId, ...filterOf(query) };
        const frames: Feed = async function* ({ signal }) {
          for await (const row of followFrames({ db, isTransient, now }, of, after, signal))
            yield { id: String(row.seq), event: 'frame', data: JSON.stringify(presentFrame(row)) };
        };
        return frames;
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

const presentDeviation = ({ action, field, kind, count, example, firstAt, lastAt }: DeviationCount) => ({
  action,
  field,
  kind,
  count,
  example,
  first_at: firstAt,
  last_at: lastAt,
});

/** REST: rollouts, from the draft to their end. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { optionFields, optionsIn } from '../firmware-updates/index.ts';
import { idField, idParam, instantOut, intParam, listParam, nameField, traceIdOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import type { ChangeRollout, Wish } from './change-rollout.ts';
import type { CreateRollout } from './create-rollout.ts';
import { countMembers, findRollout, listMembers, listRollouts, type Member, type StoredRollout } from './store.ts';
import { rolloutStatuses, strategies } from './types.ts';

const tag = 'Firmware';
const params = z.object({ id: idParam('rol') });
const text = z.string().min(1).max(100);
const count = z.int();

const counts = z.object({
  size: count,
  pending: count.describe('Not yet given an update'),
  open: count,
  installed: count,
  failed: count,
  skipped: count.describe('Had another update open, or the version already; is gone; was called off'),
});
const rollout = z
  .object({
    id: z.string(),
    name: z.string(),
    image_id: z.string(),
    target_version: z.string(),
    signed: z.boolean(),
    strategy: z.enum(strategies),
    status: z.enum(rolloutStatuses),
    stage: z.int().describe('The one that runs, from 1'),
    stages: z.array(counts.extend({ stage: z.int() })),
    progress: counts.describe('Of all stages'),
    awaiting_promotion: z.boolean(),
    paused_by: z.enum(['person', 'failures']).nullable(),
    max_failed_percent: z.int(),
    requested_by: z.string().describe('key_… or usr_…'),
    created_at: instantOut,
    started_at: instantOut.nullable(),
    ended_at: instantOut.nullable(),
    updated_at: instantOut,
    trace_id: traceIdOut.describe('Of the request that drafted it; also of its updates'),
  })
  .meta({ id: 'FirmwareRollout' });
const member = z.object({
  charge_point_id: z.string(),
  charge_point_identity: z.string().nullable().describe('null: it is gone'),
  stage: z.int(),
  status: z.string().describe('pending, skipped, or the status of its update'),
  reason: z.string().nullable().describe('Why it was skipped, or the error of its update'),
  update_id: z.string().nullable(),
  firmware_version: z.string().nullable().describe('As it booted last'),
});

type Counted = z.output<typeof counts> & { readonly stage: number };
const KINDS = ['size', 'pending', 'open', 'installed', 'failed', 'skipped'] as const;

const present = (row: StoredRollout, stages: readonly Counted[]): z.input<typeof rollout> => ({
  id: row.id,
  name: row.name,
  image_id: row.imageId,
  target_version: row.targetVersion,
  signed: row.signed,
  strategy: row.strategy,
  status: row.status,
  stage: row.stage + 1,
  stages: stages.map((each) => ({ ...each, stage: each.stage + 1 })),
  progress: stages.reduce(
    (sum, each) => Object.assign(sum, Object.fromEntries(KINDS.map((kind) => [kind, sum[kind] + each[kind]]))),
    { size: 0, pending: 0, open: 0, installed: 0, failed: 0, skipped: 0 },
  ),
  awaiting_promotion: row.awaitingPromotion,
  paused_by: row.pausedBy,
  max_failed_percent: row.maxFailedPercent,
  requested_by: row.requestedBy,
  created_at: row.createdAt,
  started_at: row.startedAt,
  ended_at: row.endedAt,
  updated_at: row.updatedAt,
  trace_id: row.traceId,
});
const presentMember = (row: Member): z.input<typeof member> => ({
  charge_point_id: row.chargePointId,
  charge_point_identity: row.identity,
  stage: row.stage + 1,
  status: row.state === 'issued' ? (row.status ?? 'pending') : row.state,
  reason: row.reason ?? row.errorCode,
  update_id: row.updateId,
  firmware_version: row.firmwareVersion,
});

const WISHES = {
  start: 'Start a draft',
  pause: 'Pause a rollout: what is not sent yet waits',
  resume: 'Go on with a paused rollout; failures so far are taken for seen',
  promote: 'Let a canary go on to its next stage',
  abort: 'End a rollout: what is not sent yet is called off, what chargers know of goes on',
} as const satisfies Record<Wish, string>;

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly create: CreateRollout;
  readonly change: ChangeRollout;
};

export function rolloutRoutes({ db, create, change }: Needs): AnyRoute[] {
  const shown = async (row: StoredRollout) => present(row, await countMembers(db, row.id));
  async function found(organizationId: string, id: string): Promise<StoredRollout> {
    const row = await findRollout(db, organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is nothing under this id');
    return row;
  }
  const wishes = Object.entries(WISHES) as [Wish, string][]; // as it stands right above
  return [
    route({
      method: 'post',
      path: '/firmware-rollouts',
      operationId: 'createFirmwareRollout',
      summary: 'Draft a rollout of an image to many charge points',
      description:
        'It is matched now, leaving out those that have the version; its members show to whom it would go. Nothing happens before ' +
        '`POST …/start`.',
      tag,
      access: 'write:commands',
      status: 201,
      errors: { 409: 'The image has no file yet' },
      body: z.strictObject({
        name: nameField.meta({ examples: ['7.1.0 for all X1'] }),
        ...optionFields,
        strategy: z.enum(strategies).describe('canary: each stage is promoted by hand · rolling: batch after batch'),
        stage_sizes: z
          .array(z.int().min(1).max(10_000))
          .min(1)
          .max(20)
          .default([1])
          .describe('Of a canary: how many charge points its stages have; all others are the last one'),
        batch_size: z.int().min(1).max(1000).default(10).describe('Of a rolling one'),
        max_failed_percent: z
          .int()
          .min(0)
          .max(100)
          .default(10)
          .describe('When more of a stage than that have failed, it pauses by itself'),
        filter: z
          .strictObject({
            site_id: idField('site').optional(),
            vendor: text.optional(),
            model: text.optional(),
            firmware_version: text.optional(),
            charge_point_ids: z.array(idField('cp')).min(1).max(1000).optional(),
          })
          .default({})
          .describe("Default: all, of the image's vendor and model"),
      }),
      response: rollout,
      async handle({ principal: { organizationId, id: requestedBy }, body, res }) {
        const { filter } = body;
        const row = await create({
          organizationId,
          requestedBy,
          traceId: traceIdOf(res),
          name: body.name,
          imageId: body.image_id,
          signed: body.signed,
          strategy: body.strategy,
          stageSizes: body.stage_sizes,
          batchSize: body.batch_size,
          maxFailedPercent: body.max_failed_percent,
          filter: {
            siteId: filter.site_id,
            vendor: filter.vendor,
            model: filter.model,
            firmwareVersion: filter.firmware_version,
            chargePointIds: filter.charge_point_ids,
          },
          options: optionsIn(body),
        });
        return shown(row);
      },
    }),
    route({
      method: 'get',
      path: '/firmware-rollouts',
      operationId: 'listFirmwareRollouts',
      summary: 'List rollouts, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({ status: listParam(rolloutStatuses).optional(), ...pageQuery }),
      response: pageOf(rollout),
      async handle({ principal: { organizationId }, query }) {
        const page = readPage(query, idKey);
        const rows = await listRollouts(db, organizationId, query.status, page);
        const { data, next_cursor } = pageFrom(
          rows,
          page.limit,
          ({ id }) => id,
          (row) => row,
        );
        return { data: await Promise.all(data.map(shown)), next_cursor };
      },
    }),
    route({
      method: 'get',
      path: '/firmware-rollouts/{id}',
      operationId: 'getFirmwareRollout',
      summary: 'Get a rollout and how far it is',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: rollout,
      handle: async ({ principal, params: { id } }) => shown(await found(principal.organizationId, id)),
    }),
    route({
      method: 'get',
      path: '/firmware-rollouts/{id}/members',
      operationId: 'listFirmwareRolloutMembers',
      summary: 'List the charge points of a rollout; of a draft: those that it would go to',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      query: z.strictObject({ stage: intParam({ min: 1, max: 10_000 }).optional(), ...pageQuery }),
      response: pageOf(member),
      async handle({ principal, params: { id }, query }) {
        const row = await found(principal.organizationId, id);
        const page = readPage(query, idKey);
        const stage = query.stage === undefined ? undefined : query.stage - 1;
        const rows = await listMembers(db, row, stage, page);
        return pageFrom(rows, page.limit, ({ chargePointId }) => chargePointId, presentMember);
      },
    }),
    ...wishes.map(([wish, summary]) =>
      route({
        method: 'post',
        path: `/firmware-rollouts/{id}/${wish}`,
        operationId: `${wish}FirmwareRollout`,
        summary,
        tag,
        access: 'write:commands',
        status: 200,
        errors: { 409: 'Not in this state' },
        params,
        response: rollout,
        handle: async ({ principal, params: { id } }) => shown(await change(principal.organizationId, id, wish)),
      }),
    ),
  ];
}

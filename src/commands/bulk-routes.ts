/** REST: one command to many charge points, and what became of it at each. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idField, idParam, instantOut, listParam, traceIdOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, answerWith, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { AppError } from '../platform/errors.ts';
import { type Bulks, MOST_MATCHED } from './bulk.ts';
import { bulksById, countMembers, listMembers } from './bulk-store.ts';
import { DEFAULT_EXPIRY_S, DEFAULT_TIMEOUT_S } from './issue-command.ts';
import { commandStatuses } from './present.ts';
import { asking } from './send-routes.ts';
import { type FriendlyCommand, triggerMessages } from './types.ts';

const { tag, access } = asking;
const text = z.string().trim().min(1).max(100);

const filter = z
  .strictObject({
    site_id: idField('site').optional(),
    vendor: text.optional().describe('As the charger reports it, else as it was registered; without regard to case'),
    model: text.optional(),
    firmware_version: text.optional(),
    protocol: z.enum(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1']).optional(),
    connected: z.boolean().optional(),
    charge_point_ids: z.array(idField('cp')).min(1).max(2500).optional(),
  })
  .refine((by) => Object.values(by).some((value) => value !== undefined), {
    error: 'must name something; {"connected":true} matches all that are connected',
  })
  .meta({ examples: [{ connected: true }] });

/** The friendly commands that make sense for many at once. */
const friendly = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('reset'), type: z.enum(['soft', 'hard']).default('soft') }),
  z.strictObject({ do: z.literal('clear_cache') }),
  z.strictObject({
    do: z.literal('availability'),
    operative: z.boolean(),
    connector_id: z.int().min(0).max(1000).default(0),
  }),
  z.strictObject({ do: z.literal('trigger'), message: z.enum(triggerMessages) }),
]);

function wishOf(command: z.output<typeof friendly>): FriendlyCommand {
  switch (command.do) {
    case 'reset':
      return { do: 'reset', kind: command.type };
    case 'availability':
      return { do: 'availability', connectorId: command.connector_id, operative: command.operative };
    case 'clear_cache':
    case 'trigger':
      return command;
  }
}

const body = z
  .strictObject({
    filter,
    action: z.string().min(1).max(50).optional().describe('An OCPP request, with `payload`; or use `command`'),
    payload: z.record(z.string(), z.unknown()).optional(),
    command: friendly.optional().describe('A friendly command, equal for all versions'),
    timeout_s: asking.timeoutS,
    queue: z.boolean().optional().describe('true: charge points that are offline get it when they connect'),
    expires_in_s: asking.expiresInS.optional().describe('With queue, default a day'),
    dry_run: z.boolean().optional().describe('true: only tell what would happen'),
  })
  .refine((each) => (each.action === undefined) !== (each.command === undefined), {
    error: 'must name either action (with payload) or command',
    path: ['action'],
  })
  .refine((each) => each.command === undefined || each.payload === undefined, {
    error: 'belongs to action, not to command',
    path: ['payload'],
  })
  .refine((each) => each.expires_in_s === undefined || each.queue === true, {
    error: 'is for commands that may wait; add queue or leave it out',
    path: ['expires_in_s'],
  })
  .meta({ examples: [{ filter: { connected: true }, command: { do: 'clear_cache' }, dry_run: true }] });

const memberStatuses = ['pending', 'refused', ...commandStatuses] as const;
const refusal = z.object({ charge_point_id: z.string(), identity: z.string(), code: z.string(), message: z.string() });
/** A dry run tells why for so many; the number counts all. */
const MOST_TOLD = 100;

type Needs = { readonly db: Pick<Database, 'rows'>; readonly bulks: Bulks };

export function commandBulkRoutes({ db, bulks }: Needs): AnyRoute[] {
  return [
    route({
      method: 'post',
      path: '/commands/bulk',
      operationId: 'sendBulkCommand',
      summary: 'Send a command to many charge points',
      description:
        `To all that the filter matches, at most ${MOST_MATCHED}. Each gets a command of its own, checked against its version of ` +
        'OCPP; those that cannot get it are listed with the reason. `dry_run` tells beforehand.',
      tag,
      access,
      status: 202,
      otherStatuses: { 200: 'A dry run: nothing was sent' },
      body,
      response: z.object({
        id: z.string().nullable().describe('null: a dry run'),
        matched: z.int(),
        refused: z.int().nullable().describe('Of a dry run: how many could not get it'),
        refusals: z.array(refusal).describe(`Of a dry run: the first ${MOST_TOLD} of them`),
      }),
      async handle({ body, principal, res }) {
        const {
          site_id: siteId,
          firmware_version: firmwareVersion,
          charge_point_ids: chargePointIds,
          ...by
        } = body.filter;
        const { action = '', payload = {}, command } = body;
        const request = {
          organizationId: principal.organizationId,
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          filter: { ...by, siteId, firmwareVersion, chargePointIds },
          command: command === undefined ? { action, payload } : wishOf(command),
          timeoutS: body.timeout_s ?? DEFAULT_TIMEOUT_S,
          queueForS: body.queue === true ? (body.expires_in_s ?? DEFAULT_EXPIRY_S) : undefined,
        };
        if (body.dry_run !== true) {
          const { id, matched } = await bulks.create(request);
          return { id, matched, refused: null, refusals: [] };
        }
        const { targets, refused } = await bulks.plan(request);
        answerWith(res, 200);
        const told = refused.slice(0, MOST_TOLD).map(({ target, fault }) => ({
          charge_point_id: target.id,
          identity: target.identity,
          ...fault,
        }));
        return { id: null, matched: targets.length, refused: refused.length, refusals: told };
      },
    }),
    route({
      method: 'get',
      path: '/commands/bulk/{id}',
      operationId: 'getBulkCommand',
      summary: 'Get what became of a bulk command, in numbers and charge point by charge point',
      tag,
      access,
      status: 200,
      errors: { 404: 'There is no such bulk command' },
      params: z.object({ id: idParam('blk') }),
      query: z.strictObject({ ...pageQuery, status: listParam(memberStatuses).optional() }),
      response: z.object({
        id: z.string(),
        status: z.enum(['running', 'completed']).describe('running: some are pending, queued or sent'),
        requested_by: z.string(),
        created_at: instantOut,
        expires_at: instantOut.nullable(),
        matched: z.int(),
        counts: z.record(z.string(), z.int()).describe('By status; absent: none'),
        trace_id: traceIdOut.describe('Of the request; also of its commands'),
        ...pageOf(
          z.object({
            charge_point_id: z.string(),
            identity: z.string().nullable(),
            command_id: z.string().nullable(),
            status: z.enum(memberStatuses),
            error: z.object({ code: z.string(), message: z.string() }).nullable(),
          }),
        ).shape,
      }),
      async handle({ params: { id }, query, principal }) {
        const [bulk] = await bulksById(db, [id]);
        if (bulk === undefined || bulk.organizationId !== principal.organizationId)
          throw new AppError('not_found', 'There is no such bulk command');
        const page = readPage(query, idKey);
        const [counts, members] = await Promise.all([countMembers(db, id), listMembers(db, id, query.status, page)]);
        const open = counts.some(({ status }) => status === 'pending' || status === 'queued' || status === 'sent');
        return {
          id,
          status: open ? ('running' as const) : ('completed' as const),
          requested_by: bulk.requestedBy,
          created_at: bulk.createdAt,
          expires_at: bulk.expiresAt,
          matched: bulk.matched,
          counts: Object.fromEntries(counts.map(({ status, count }) => [status, count])),
          trace_id: bulk.traceId,
          ...pageFrom(
            members,
            page.limit,
            ({ chargePointId }) => chargePointId,
            ({ chargePointId, identity, commandId, status, code, message }) => ({
              charge_point_id: chargePointId,
              identity,
              command_id: commandId,
              status,
              error: code === null ? null : { code, message: message ?? '' },
            }),
          ),
        };
      },
    }),
  ];
}

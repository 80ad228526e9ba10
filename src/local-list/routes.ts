/** REST for the local authorization list of a charge point: how it stands, and its synchronization. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { SubmitFor } from '../ingest/contract.ts';
import type { LocalListReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { type Gap, gapOf } from './sync.ts';
import { type ListView, limitsOf, listOf } from './sync-store.ts';

const tag = 'Local lists';
const params = z.object({ id: idParam('cp') });
const modes = ['full', 'differential', 'auto'] as const;
const PATIENCE_MS = 5_000;

const localList = z
  .object({
    charge_point_id: z.string(),
    local_list: z.enum(['off', 'manual', 'auto']).meta({ description: 'The setting of the charge point' }),
    supported: z.boolean().nullable().meta({ description: 'null: the charger has not been asked yet' }),
    enabled: z
      .boolean()
      .nullable()
      .meta({ description: 'LocalAuthListEnabled (2.x: LocalAuthListCtrlr.Enabled), as the charger last said' }),
    version: z.int().nullable().meta({ description: 'At the charger: its answer, or what it accepted last' }),
    desired_version: z.int().nullable().meta({ description: 'What it has when it is in sync; null: not supported' }),
    in_sync: z.boolean(),
    entries: z.int().meta({ description: 'How many the list should have' }),
    missing: z.int().meta({ description: 'Entries that the charger lacks or has otherwise' }),
    surplus: z.int().meta({ description: 'Entries that the charger should not have any more' }),
    max_entries: z.int().nullable(),
    max_per_message: z.int().nullable(),
    max_bytes: z.int().nullable().meta({ description: 'Of one message; OCPP 2.x only' }),
    state: z.enum(['idle', 'configuration', 'version', 'sending']),
    mode: z.enum(modes),
    messages_sent: z.int(),
    requested_by: z.string().nullable(),
    started_at: instantOut.nullable(),
    checked_at: instantOut.nullable().meta({ description: 'When the charger last said its version' }),
    synced_at: instantOut.nullable(),
    last_error: z.object({ code: z.string(), message: z.string() }).nullable(),
    failed_at: instantOut.nullable(),
  })
  .meta({ id: 'LocalList' });

type Needs = { readonly db: Pick<Database, 'rows'>; readonly submit: SubmitFor; readonly clock: Clock };

export function localListRoutes({ db, submit, clock }: Needs): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<ListView> {
    const list = await listOf(db, organizationId, id);
    if (list === undefined) throw new AppError('not_found', 'There is no such charge point');
    return list;
  }
  const show = async (list: ListView) => present(list, await gapOf(db, list, clock.now()));

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/local-list',
      operationId: 'getLocalList',
      summary: 'How the local authorization list of a charge point stands',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: localList,
      handle: async ({ principal: { organizationId }, params: { id } }) => show(await find(organizationId, id)),
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/local-list/sync',
      operationId: 'syncLocalList',
      summary: 'Bring the local authorization list of a charge point up to date',
      description:
        'Asks the charger for its limits and version and sends what it lacks, in as many messages as it needs. auto: differences, and the whole list where the charger holds another one than is known here. differential: never the whole list. It goes on through restarts of the server; GET shows how far it is.',
      tag,
      access: 'write:commands',
      status: 202,
      params,
      errors: { 409: 'The charge point is offline, its local_list is off, or a synchronization is running.' },
      body: z.strictObject({ mode: z.enum(modes).default('auto') }),
      response: localList,
      handle: async ({ principal, params: { id }, body, res }) => {
        const list = await find(principal.organizationId, id);
        if (list.setting === 'off')
          throw new AppError('conflict', `local_list of ${list.identity} is off; set it to manual or auto first`);
        if (!list.connected)
          throw new AppError(
            'charge_point_offline',
            `Charge point ${list.identity} is offline; synchronize when it is connected`,
          );
        const reply = (await submit(
          {
            ...{ room: 'local_lists', type: 'requested', chargePointId: id, receivedAt: clock.now() },
            ...{ mode: body.mode, requestedBy: principal.id, onlyFor: principal.organizationId },
          },
          { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
        )) as LocalListReply; // what `requested` promises, see ingest/inputs.ts
        if (!reply.started)
          throw new AppError('conflict', `A synchronization of ${list.identity} is running; wait for its end`);
        return show(await find(principal.organizationId, id));
      },
    }),
  ];
}

function present(list: ListView, gap: Gap) {
  const isKnown = list.version !== null && list.version === list.contentVersion;
  const inSync = isKnown && gap.put === 0 && gap.removed === 0;
  const limits = limitsOf(list);
  const most = limits.perMessage ?? 20;
  const fewest = isKnown && gap.again > 0 ? 2 : 1;
  const messages = Math.max(fewest, Math.ceil((isKnown ? gap.put + gap.removed : gap.entries) / most));
  const desired = Math.max(list.version ?? 0, 0) + (inSync ? 0 : messages);
  return {
    charge_point_id: list.chargePointId,
    local_list: list.setting,
    supported: list.supported,
    enabled: limits.enabled ?? null,
    version: list.version,
    desired_version: list.supported === false ? null : desired,
    in_sync: inSync,
    entries: gap.entries,
    missing: gap.put,
    surplus: gap.removed,
    max_entries: limits.entries ?? null,
    max_per_message: limits.perMessage ?? null,
    max_bytes: limits.bytes ?? null,
    state: list.step,
    mode: list.mode,
    messages_sent: list.sent,
    requested_by: list.requestedBy,
    started_at: list.startedAt,
    checked_at: list.checkedAt,
    synced_at: list.syncedAt,
    last_error: list.error === null ? null : { ...list.error },
    failed_at: list.failedAt,
  };
}

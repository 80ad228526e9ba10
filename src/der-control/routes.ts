/** REST: DER controls of a charge point: set, list, take back. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, instantOut, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError, type FieldFault } from '../platform/errors.ts';
import { faultsOfControl, settingsOf } from './checks.ts';
import { idOf, isOver } from './machine.ts';
import type { DerReads } from './read-store.ts';
import {
  controlBody,
  controlExample,
  controlOf,
  controlTypes,
  presentControl,
  settingsIn,
  shownControl,
} from './schemas.ts';
import type { DerRow } from './types.ts';

const { params, wait, timeoutS, errors, access } = asking;
export const tag = 'DER control';
const path = '/charge-points/{id}/der-controls';
const statuses = ['pending', 'active', 'superseded', 'replaced', 'rejected', 'failed', 'cleared', 'ended'] as const;

const shown = z
  .object({
    id: z.string(),
    command_id: z.string(),
    ...shownControl,
    status: z
      .enum(statuses)
      .describe(
        'active: the charge point holds it · superseded: it holds it, and another one counts more · ended: its time is over',
      ),
    is_started: z.boolean().describe('Of a scheduled one: the charge point said that it has begun'),
    why: z.string().nullable(),
    requested_by: z.string(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'DerControl' });

function present(row: DerRow, now: Date): z.input<typeof shown> {
  const hasEnded = isOver(row, now);
  return {
    id: row.id,
    command_id: row.commandId,
    ...presentControl(row.control),
    status: hasEnded ? 'ended' : row.status,
    is_started: row.isStarted && !hasEnded,
    why: row.why,
    requested_by: row.requestedBy,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

const invalid = (details: readonly FieldFault[]): AppError =>
  new AppError('validation_failed', `The request is not valid: ${details[0]?.field} ${details[0]?.message}`, {
    details,
  });

export type DerNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly reads: DerReads;
  readonly issue: IssueCommand;
  readonly newId: (prefix: 'cmd' | 'der' | 'drp') => string;
  readonly clock: Clock;
};

export function derControlRoutes({ db, reads, issue, newId, clock }: DerNeeds): AnyRoute[] {
  const send = createSend(issue);
  const mustExist = ({ organizationId }: Principal, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);
  return [
    route({
      method: 'post',
      path,
      operationId: 'setDerControl',
      summary: 'Give a charge point a DER control',
      description:
        'OCPP 2.1, for charge points with generators, batteries or discharging EVs. Exactly one of the settings, by the type. ' +
        'Checked against the rules of OCPP; what the charge point makes of it, its status tells.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({ ...controlBody, timeout_s: timeoutS }).meta({ examples: [controlExample] }),
      response: shown,
      async handle({ params, query, body, principal, res }) {
        const where = await mustExist(principal, params.id);
        const settings = settingsIn(body);
        if (settings === undefined)
          throw invalid([{ field: settingsOf(body.type), message: 'and nothing else is required for this type' }]);
        const commandId = newId('cmd');
        const id = idOf(commandId);
        const control = controlOf(body, body.control_id ?? newId('der').slice(4), settings);
        const faults = faultsOfControl(control);
        if (faults.length > 0) throw invalid(faults);
        await issue({
          ...where,
          commandId,
          command: { do: 'set_der_control', control },
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          timeoutS: body.timeout_s,
          wait: query.wait,
          alongside: () => ({
            room: 'der_control',
            type: 'requested',
            chargePointId: params.id,
            receivedAt: clock.now(),
            id,
            commandId,
            control,
            requestedBy: principal.id,
          }),
        });
        const stored = await reads.control({ ...where, id });
        if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
        return present(stored, clock.now());
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listDerControls',
      summary: 'List the DER controls of a charge point, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject({
        ...pageQuery,
        status: listParam(statuses).optional().meta({
          description:
            'active, superseded: also those whose span is over and of which the charge point has said nothing since',
        }),
      }),
      response: pageOf(shown),
      async handle({ params, query, principal }) {
        const where = await mustExist(principal, params.id);
        const page = readPage(query, idKey);
        const rows = await reads.controls({ ...where, ...page, statuses: query.status });
        const now = clock.now();
        return pageFrom(
          rows,
          page.limit,
          ({ id }) => id,
          (row) => present(row, now),
        );
      },
    }),
    route({
      method: 'delete',
      path,
      operationId: 'clearDerControls',
      summary: 'Take DER controls back',
      description: 'Defaults or scheduled ones; without an id or a type all of them.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({
        wait,
        is_default: boolParam.optional().describe('Default false: scheduled ones'),
        control_id: z.string().min(1).max(36).optional(),
        type: z.enum(controlTypes).optional(),
      }),
      response: commandSchema,
      handle({ params, query, principal, res }) {
        const { is_default: isDefault = false, control_id: controlId, type: controlType } = query;
        const asked = { params, query: { wait: query.wait }, body: {}, principal, res };
        return send(asked, { do: 'clear_der_controls', criteria: { isDefault, controlId, controlType } });
      },
    }),
  ];
}

/** REST: commands to charge points, raw as OCPP has them and friendly, equal for all versions. */
import { z } from 'zod';
import { boolParam, idField, idParam, instantOut, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import type { IssueCommand } from './issue-command.ts';
import type { CommandReads, StoredCommand } from './read-store.ts';
import { asking, createSend as createAsk, type Send } from './send-routes.ts';
import { findSessionToStop } from './stop-session.ts';
import { triggerMessages } from './types.ts';

const statuses = ['queued', 'sent', 'accepted', 'rejected', 'failed', 'timed_out', 'cancelled'] as const;

const commandError = z.object({
  code: z.enum([
    'charger_error',
    'no_answer',
    'not_sent',
    'connection_lost',
    'no_session_started',
    'charge_point_deleted',
  ]),
  message: z.string(),
  ocpp_code: z.string().optional().describe('Of a CALLERROR, as the charger said it'),
  ocpp_details: z.unknown().optional(),
});

export const commandSchema = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    action: z.string(),
    payload: z.record(z.string(), z.unknown()),
    status: z.enum(statuses),
    timeout_s: z.int(),
    unchecked: z.boolean().describe('Sent without regard to its schema (validate=false)'),
    requested_by: z.string().describe('key_… or usr_… or system'),
    created_at: instantOut,
    sent_at: instantOut.nullable(),
    completed_at: instantOut.nullable(),
    result: z.record(z.string(), z.unknown()).nullable().describe('The answer as the charger gave it'),
    error: commandError.nullable().describe('Why there is no answer, or why it came to nothing'),
    late: z.boolean().describe('It was given up before the charger answered'),
    session_id: z.string().nullable().describe('The session that a remote start led to'),
  })
  .meta({ id: 'Command' });

/** As REST shows it; also for routes of other rooms that answer with a command. */
export const presentCommand = (command: StoredCommand): z.input<typeof commandSchema> => ({
  id: command.id,
  charge_point_id: command.chargePointId,
  action: command.action,
  payload: { ...command.payload },
  status: command.status,
  timeout_s: command.timeoutS,
  unchecked: command.unchecked,
  requested_by: command.requestedBy,
  created_at: command.createdAt,
  sent_at: command.sentAt,
  completed_at: command.completedAt,
  result: command.result === null ? null : { ...command.result },
  error: command.error === null ? null : { ...command.error },
  late: command.late,
  session_id: command.sessionId,
});

const { tag, access, params, wait, timeoutS, connectorId, errors } = asking;

/** For the routes of other rooms too: sends, and shows the command. */
export const createSend = (issue: IssueCommand): Send<z.input<typeof commandSchema>> =>
  createAsk(issue, presentCommand);

type Needs = { readonly reads: CommandReads; readonly issue: IssueCommand };

export function commandRoutes({ reads, issue }: Needs): AnyRoute[] {
  const send = createSend(issue);
  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/commands',
      operationId: 'sendCommand',
      summary: 'Send an OCPP request to a charge point',
      description:
        "Any action that may be sent in the charge point's version of OCPP, checked against its schema. The answer is the " +
        'command, which moves queued → sent → accepted, rejected, failed or timed_out.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({
        wait,
        validate: boolParam.optional().describe('false: send the payload unchecked, for laboratories'),
      }),
      body: z.strictObject({
        action: z
          .string()
          .min(1)
          .max(50)
          .meta({ examples: ['Reset'] }),
        payload: z
          .record(z.string(), z.unknown())
          .default({})
          .meta({ examples: [{ type: 'Soft' }] }),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      handle: (asked) => send(asked, { action: asked.body.action, payload: asked.body.payload }, asked.query.validate),
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/commands',
      operationId: 'listCommands',
      summary: 'List the commands of a charge point, newest first',
      tag,
      access,
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject({
        ...pageQuery,
        status: listParam(statuses).optional(),
        action: z.string().max(50).optional(),
      }),
      response: pageOf(commandSchema),
      async handle({ params, query, principal }) {
        const { organizationId } = principal;
        if ((await reads.target(organizationId, params.id)) === undefined) {
          throw new AppError('not_found', 'There is no such charge point');
        }
        const page = readPage(query, idKey);
        const { status, action } = query;
        const rows = await reads.list({ organizationId, chargePointId: params.id, statuses: status, action, page });
        return pageFrom(rows, page.limit, ({ id }) => id, presentCommand);
      },
    }),
    route({
      method: 'get',
      path: '/commands/{id}',
      operationId: 'getCommand',
      summary: 'Get a command with its outcome',
      tag,
      access,
      status: 200,
      errors: { 404: 'There is no such command' },
      params: z.object({ id: idParam('cmd') }),
      response: commandSchema,
      async handle({ params, principal }) {
        const command = await reads.find(principal.organizationId, params.id);
        if (command === undefined) throw new AppError('not_found', 'There is no such command');
        return presentCommand(command);
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/start',
      operationId: 'startCharging',
      summary: 'Ask a charge point to start a session',
      description:
        'Accepted only means that the charger will try. When a session begins, its id stands in session_id; when none does ' +
        'within 60 s, the command fails with no_session_started.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({
        token: z
          .string()
          .trim()
          .min(1)
          .max(255)
          .describe('Uid of the token to charge with')
          .meta({ examples: ['04A1B2C3'] }),
        connector_id: connectorId.optional().describe('Absent: the charger chooses'),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'start', tokenUid: asked.body.token, connectorId: asked.body.connector_id }),
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/stop',
      operationId: 'stopCharging',
      summary: 'Ask a charge point to stop a session',
      description: 'Names the session, or its connector, or nothing when only one is running.',
      tag,
      access,
      status: 202,
      errors: { ...errors, 409: 'The charge point is offline, or it is not clear which session is meant' },
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({
        session_id: idField('ses').optional(),
        connector_id: connectorId.optional(),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      async handle(asked) {
        const { params, body, principal } = asked;
        const where = { organizationId: principal.organizationId, chargePointId: params.id };
        if ((await reads.target(where.organizationId, params.id)) === undefined) {
          throw new AppError('not_found', 'There is no such charge point');
        }
        const meant = { sessionId: body.session_id, connectorId: body.connector_id };
        const { transactionId } = await findSessionToStop(reads, where, meant);
        return send(asked, { do: 'stop', transactionId });
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/reset',
      operationId: 'resetChargePoint',
      summary: 'Restart a charge point',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({
        type: z.enum(['soft', 'hard']).default('soft').describe('soft: it ends its sessions in order first'),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'reset', kind: asked.body.type }),
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/unlock',
      operationId: 'unlockConnector',
      summary: 'Release the plug of a connector',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({ connector_id: connectorId, timeout_s: timeoutS }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'unlock', connectorId: asked.body.connector_id }),
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/trigger',
      operationId: 'triggerMessage',
      summary: 'Ask a charge point to send a message now',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({
        message: z.enum(triggerMessages).describe('log_status and sign_certificate: 1.6 with the security extension'),
        connector_id: connectorId.optional().describe('Absent: for all connectors'),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      handle: (asked) =>
        send(asked, { do: 'trigger', message: asked.body.message, connectorId: asked.body.connector_id }),
    }),
  ];
}

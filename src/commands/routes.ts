/** REST: commands to charge points, raw as OCPP has them and friendly, equal for all versions. */
import { z } from 'zod';
import { boolParam, idField } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import type { IssueCommand } from './issue-command.ts';
import { commandSchema, presentCommand } from './present.ts';
import type { CommandReads } from './read-store.ts';
import { asking, createSend as createAsk, type Send } from './send-routes.ts';
import { findSessionToStop } from './stop-session.ts';
import { triggerMessages } from './types.ts';

const { tag, access, params, timeoutS, connectorId, errors } = asking;

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
        ...asking.query,
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
      query: z.strictObject(asking.query),
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
      query: z.strictObject(asking.query),
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
      query: z.strictObject(asking.query),
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
      query: z.strictObject(asking.query),
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

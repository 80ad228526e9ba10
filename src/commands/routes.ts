/** REST: commands to charge points, raw as OCPP has them and friendly, equal for all versions. */
import { z } from 'zod';
import { boolParam, idField } from '../http/kit/fields.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { AppError } from '../platform/errors.ts';
import type { CallRules } from './checked-call.ts';
import type { IssueCommand } from './issue-command.ts';
import { commandSchema, presentCommand } from './present.ts';
import type { CommandReads } from './read-store.ts';
import { asking, createSend as createAsk, outletIn, type Send } from './send-routes.ts';
import { findSessionToStop, stopOf } from './stop-session.ts';
import { triggerMessages } from './types.ts';

const { tag, access, params, timeoutS, connectorId, evseId, errors } = asking;

/** For the routes of other rooms too: sends, and shows the command. */
export const createSend = (issue: IssueCommand): Send<z.input<typeof commandSchema>> =>
  createAsk(issue, presentCommand);

type Needs = {
  readonly reads: CommandReads;
  readonly issue: IssueCommand;
  readonly calls: Pick<CallRules, 'examples'>;
};

/** One body for each action of each version. */
const examplesOf = (calls: Needs['calls']): NonNullable<AnyRoute['examples']> =>
  Object.fromEntries(
    calls.examples().map(({ protocol, action, payload }) => {
      const version = protocol.replace('ocpp', 'OCPP ');
      return [`${protocol}.${action}`, { summary: `${action} (${version})`, value: { action, payload } }];
    }),
  );

export function commandRoutes({ reads, issue, calls }: Needs): AnyRoute[] {
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
      examples: examplesOf(calls),
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
        return send(asked, stopOf(await findSessionToStop(reads, where, meant)));
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
        type: z
          .enum(['soft', 'hard', 'resume'])
          .default('soft')
          .describe(
            'soft: it ends its sessions in order first (1.6), or waits until they have ended (2.x); resume: at once, its sessions go on afterwards (2.1)',
          ),
        evse_id: evseId.describe('Only this EVSE (2.x)'),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'reset', kind: asked.body.type, evseId: asked.body.evse_id }),
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
      body: z
        .strictObject({
          connector_id: connectorId.optional(),
          evse_id: evseId,
          timeout_s: timeoutS,
        })
        .meta({ examples: [{ connector_id: 1 }] }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'unlock', ...outletIn(asked.body) }),
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
        message: z
          .enum(triggerMessages)
          .describe(
            'log_status and sign_certificate: 2.x, and 1.6 with the security extension; transaction, publish_firmware_status and the other certificates: 2.x; custom and sign_v2g20_certificate: 2.1',
          ),
        connector_id: connectorId
          .optional()
          .describe('Absent: for all connectors; the status of OCPP 2.x is asked of one connector at a time'),
        evse_id: evseId,
        custom: z.string().min(1).max(50).optional().describe("With message custom: the vendor's own trigger"),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      handle(asked) {
        const { message, connector_id: connectorId, evse_id: evseId, custom } = asked.body;
        if ((message === 'custom') !== (custom !== undefined)) {
          const fault = message === 'custom' ? 'is missing: which trigger?' : 'belongs to the message custom';
          throw new AppError('validation_failed', `The request is not valid: custom ${fault}`, {
            details: [{ field: 'custom', message: fault }],
          });
        }
        return send(asked, { do: 'trigger', message, connectorId, evseId, custom });
      },
    }),
  ];
}

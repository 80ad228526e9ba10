/** REST: messages on the displays of a charging station. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, intParam } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { messageFaults } from './check-message.ts';
import { presentMessage, presentRefresh } from './present.ts';
import type { Refresh } from './refresh.ts';
import { displayMessage, displayRefresh, messageBody, messageOf } from './schemas.ts';
import { latestRefresh, limitsOf, listMessages } from './store.ts';

const tag = 'Display messages';
const path = '/charge-points/{id}/display-messages';
const params = z.object({ id: idParam('cp') });
const messageId = intParam({ min: 0, max: 2_147_483_647 });
const idKey = z.int().min(0);

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly issue: IssueCommand;
  readonly refresh: Refresh;
  readonly clock: Clock;
};

export function displayMessageRoutes({ db, issue, refresh, clock }: Needs): AnyRoute[] {
  const send = createSend(issue);
  async function where({ organizationId }: Principal, chargePointId: string) {
    await ownChargePoint(db, organizationId, chargePointId);
    return { organizationId, chargePointId };
  }
  const asked = {
    tag,
    access: asking.access,
    status: 202,
    errors: asking.errors,
    params,
  } as const;
  return [
    route({
      method: 'get',
      path,
      operationId: 'listDisplayMessages',
      summary: 'List the messages that a charging station holds for its displays, by their number',
      description: 'As far as it has said so: what was set from here and accepted, and what a refresh found there.',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point' },
      params,
      query: z.strictObject(pageQuery),
      response: pageOf(displayMessage),
      async handle({ principal, params: { id }, query }) {
        const page = readPage(query, idKey);
        const rows = await listMessages(db, await where(principal, id), page);
        const now = clock.now();
        return pageFrom(
          rows,
          page.limit,
          (row) => row.message.messageId,
          (row) => presentMessage(row, now),
        );
      },
    }),
    route({
      ...asked,
      method: 'put',
      path,
      operationId: 'putDisplayMessage',
      summary: 'Show a message on the display of a charging station, in place of the one with the same number',
      description:
        'OCPP 2.x. Held against what the station says of its displays (DisplayMessageCtrlr), where that is known. It is listed once the station has accepted it; what a station does not support it says in the ' +
        '`result` of the command: NotSupportedPriority, NotSupportedState, NotSupportedMessageFormat, LanguageNotSupported, ' +
        'UnknownTransaction, Rejected.',
      query: z.strictObject(asking.query),
      body: messageBody,
      response: commandSchema,
      async handle(request) {
        const message = messageOf(request.body);
        const at = await where(request.principal, request.params.id);
        const details = messageFaults(message, await limitsOf(db, at, clock.now()));
        const [first] = details;
        if (first !== undefined)
          throw new AppError('validation_failed', `The message is not valid: ${first.field} ${first.message}`, {
            details,
          });
        return send(request, { do: 'set_display_message', message });
      },
    }),
    route({
      ...asked,
      method: 'delete',
      path,
      operationId: 'deleteDisplayMessage',
      summary: 'Remove a message from a charging station',
      description: 'A station that knows no such message has none: it is listed no more then either.',
      query: z.strictObject({ ...asking.query, message_id: messageId.optional().describe('Which; always needed') }),
      response: commandSchema,
      async handle({ principal, params, query, res }) {
        await where(principal, params.id);
        const { message_id: id, ...how } = query;
        if (id === undefined) {
          const message = 'is missing; which message?';
          throw new AppError('validation_failed', `The query is not valid: message_id ${message}`, {
            details: [{ field: 'message_id', message }],
          });
        }
        const request = { params, query: how, body: {}, principal, res };
        return send(request, { do: 'clear_display_message', messageId: id });
      },
    }),
    route({
      ...asked,
      method: 'post',
      path: `${path}/refresh`,
      operationId: 'refreshDisplayMessages',
      summary: 'Ask a charging station which messages it holds',
      description: 'What it tells replaces the list. `GET` on the same path tells how far that is.',
      body: z.strictObject({ timeout_s: asking.timeoutS }),
      response: displayRefresh,
      async handle({ principal, params: { id }, body, res }) {
        const row = await refresh({
          ...(await where(principal, id)),
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          timeoutS: body.timeout_s,
        });
        return presentRefresh(row);
      },
    }),
    route({
      method: 'get',
      path: `${path}/refresh`,
      operationId: 'getDisplayMessagesRefresh',
      summary: 'Get what became of the last refresh of the messages',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point' },
      params,
      response: z.object({ refresh: displayRefresh.nullable().describe('null: it was never asked') }),
      async handle({ principal, params: { id } }) {
        const row = await latestRefresh(db, await where(principal, id));
        return { refresh: row === undefined ? null : presentRefresh(row) };
      },
    }),
  ];
}

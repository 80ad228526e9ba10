/** REST: what became of commands, of one charge point and of the whole organization; and calling one off. */
import { z } from 'zod';
import { idField, idParam, instantIn, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { CancelReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { commandSchema, commandStatuses, presentCommand } from './present.ts';
import type { CommandReads } from './read-store.ts';
import { asking } from './send-routes.ts';

const { tag, access } = asking;
const noChargePoint = 'There is no such charge point';
const noCommand = 'There is no such command';
const params = z.object({ id: idParam('cmd') });
const filters = {
  ...pageQuery,
  status: listParam(commandStatuses).optional(),
  action: z.string().max(50).optional().describe("In the words of the charge point's version of OCPP"),
  requested_by: z.string().max(50).optional().describe('key_… or usr_… or system'),
  from: instantIn.optional().describe('Asked for at this time or later'),
  to: instantIn.optional().describe('Asked for before this time'),
};
type Filters = z.output<z.ZodObject<typeof filters>>;

type Needs = {
  readonly reads: Pick<CommandReads, 'find' | 'list' | 'target'>;
  readonly submit: SubmitFor;
  readonly clock: Clock;
};

export function commandHistoryRoutes({ reads, submit, clock }: Needs): AnyRoute[] {
  async function list(
    organizationId: string,
    chargePointId: string | undefined,
    query: Filters,
    reached: string[] | undefined,
  ) {
    const page = readPage(query, idKey);
    const { status: statuses, action, requested_by: requestedBy, from, to } = query;
    const rows = await reads.list({
      organizationId,
      chargePointId,
      reached,
      statuses,
      action,
      requestedBy,
      from,
      to,
      page,
    });
    return pageFrom(rows, page.limit, ({ id }) => id, presentCommand);
  }
  async function found(organizationId: string, id: string) {
    const command = await reads.find(organizationId, id);
    if (command === undefined) throw new AppError('not_found', noCommand);
    return command;
  }

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/commands',
      operationId: 'listChargePointCommands',
      summary: 'List the commands of a charge point, newest first',
      tag,
      access,
      status: 200,
      errors: { 404: noChargePoint },
      params: asking.params,
      query: z.strictObject(filters),
      response: pageOf(commandSchema),
      async handle({ params: { id }, query, principal: { organizationId } }) {
        if ((await reads.target(organizationId, id)) === undefined) throw new AppError('not_found', noChargePoint);
        return list(organizationId, id, query, undefined);
      },
    }),
    route({
      method: 'get',
      path: '/commands',
      operationId: 'listCommands',
      summary: 'List the commands of all charge points, newest first',
      tag,
      access,
      confined: 'by_handler',
      status: 200,
      query: z.strictObject({ ...filters, charge_point_id: idField('cp').optional() }),
      response: pageOf(commandSchema),
      handle: async ({ query: { charge_point_id: chargePointId, ...query }, principal: { organizationId, within } }) =>
        list(organizationId, chargePointId, query, await within?.chargePointIds()),
    }),
    route({
      method: 'get',
      path: '/commands/{id}',
      operationId: 'getCommand',
      summary: 'Get a command with its outcome',
      tag,
      access,
      status: 200,
      errors: { 404: noCommand },
      params,
      response: commandSchema,
      handle: async ({ params: { id }, principal: { organizationId } }) =>
        presentCommand(await found(organizationId, id)),
    }),
    route({
      method: 'post',
      path: '/commands/{id}/cancel',
      operationId: 'cancelCommand',
      summary: 'Call a command off',
      description:
        'A queued command is never sent. One that was sent is abandoned: it counts as cancelled at once (error `abandoned`), but ' +
        'the charge point may carry it out all the same, and its answer is still recorded as `result`. The next command goes ' +
        'out when it has answered or its time is up, since OCPP allows one call at a time.',
      tag,
      access,
      status: 200,
      errors: { 404: noCommand, 409: 'The command has ended' },
      params,
      response: commandSchema,
      async handle({ params: { id }, principal: { organizationId }, res }) {
        const { chargePointId } = await found(organizationId, id);
        const reply = (await submit(
          {
            ...{ room: 'commands', type: 'cancel_requested', chargePointId, receivedAt: clock.now() },
            ...{ onlyFor: organizationId, commandId: id },
          },
          { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
        )) as CancelReply; // what `cancel_requested` promises, see ingest/inputs.ts
        const command = await found(organizationId, id);
        if (!reply.cancelled) throw new AppError('conflict', `The command has ended already: it is ${command.status}`);
        return presentCommand(command);
      },
    }),
  ];
}

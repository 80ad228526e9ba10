/** REST for reservations: make them at a charge point, see them, give them up. */
import type { Response } from 'express';
import { z } from 'zod';
import { commandSchema, type IssueCommand, presentCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { reservationStatuses } from '../events/index.ts';
import { boolParam, idField, idParam, instantIn, instantOut, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { listReservations, type ReservationView, reservationById } from './read-store.ts';
import type { Reserve } from './reserve.ts';

const tag = 'Reservations';
const params = z.object({ id: idParam('rsv') });
const wait = boolParam
  .optional()
  .describe('true: answer when the charger has answered, at most timeout_s and 5 s later, instead of at once');
const timeoutS = z.int().min(1).max(600).optional().describe('How long the charger has for its answer; default 30');

const reservation = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    charge_point_identity: z.string().nullable().meta({ description: 'null: the charge point was deleted' }),
    ocpp_reservation_id: z.int().meta({ description: 'What the charger calls it' }),
    connector_id: z.int().meta({ description: '0: any. Of OCPP 2.x the number of the EVSE' }),
    connector_type: z.string().nullable(),
    token: z.string(),
    group_id: z.string().nullable(),
    status: z.enum(reservationStatuses),
    reason: z.string().nullable().meta({
      description:
        'Why it failed (occupied, faulted, unavailable, rejected, …), is still requested (no_answer, connection_lost, asked_again: the answer was lost and the charger is asked again), still open although nobody wants it any more (cancelling, to_be_released: the charger is asked to let go of it until it answers) or was cancelled (requested, replaced, released_by_charger, unknown_to_charger, no_transaction, original_used: a session began on the one that it was to replace)',
    }),
    expires_at: instantOut,
    replaces: z.string().nullable(),
    session_id: z.string().nullable().meta({ description: 'The session that used it' }),
    command_id: z.string().nullable().meta({ description: 'The request that the charger has not answered' }),
    requested_by: z.string(),
    active_since: instantOut.nullable().meta({
      description:
        'Since when the charger keeps the place: a session that uses it is charged for that time, if its tariff says so',
    }),
    created_at: instantOut,
    ended_at: instantOut.nullable(),
    updated_at: instantOut,
  })
  .meta({ id: 'Reservation' });

const newReservation = z
  .strictObject({
    connector_id: z.int().min(0).max(1000).optional().meta({ description: '0 or absent: any' }),
    evse_id: z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .meta({ description: 'The same number as connector_id; name one of them' }),
    connector_type: z
      .string()
      .min(1)
      .max(20)
      .optional()
      .meta({ description: 'OCPP 2.x, without a connector_id: any connector of this type (cCCS2, cType2, …)' }),
    token: z.string().trim().min(1).max(255).meta({ description: 'Uid of the token that it is for' }),
    group_id: idField('tgr').optional().meta({ description: 'All tokens of this group may use it' }),
    expires_at: instantIn.meta({ description: 'At most 7 days ahead' }),
    replaces: idField('rsv').optional().meta({
      description: 'An active reservation of this charge point, whose place it takes once the charger accepts it',
    }),
    timeout_s: timeoutS,
  })
  .refine((body) => body.evse_id === undefined || (body.connector_id ?? body.evse_id) === body.evse_id, {
    error: 'is the same number as connector_id; name one of them',
    path: ['evse_id'],
  })
  .meta({ examples: [{ connector_id: 1, token: '04A1B2C3D4E5F6', expires_at: '2026-11-23T13:00:00Z' }] });

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly reserve: Reserve;
  readonly issue: IssueCommand;
  readonly clock: Clock;
};

export function reservationRoutes({ db, reserve, issue, clock }: Needs): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<ReservationView> {
    const row = await reservationById(db, organizationId, id);
    if (row === undefined) throw new AppError('not_found', 'There is no such reservation');
    return row;
  }

  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/reservations',
      operationId: 'createReservation',
      summary: 'Reserve a connector',
      description:
        'Answers with the reservation as requested; it becomes active when the charger accepts it, or failed with the reason. If the answer is lost it stays requested, and the charger is asked again until it expires. The token must be one that may charge there.',
      tag,
      access: 'write:commands',
      status: 202,
      params: z.object({ id: idParam('cp') }),
      query: z.strictObject({ wait }),
      errors: {
        409: 'The charge point is offline, the token may not charge there, or what is to be replaced is not active',
        429: 'Too many commands wait for this charge point',
      },
      body: newReservation,
      response: reservation,
      handle: async ({ principal, params, query, body, res }) =>
        present(
          await reserve({
            organizationId: principal.organizationId,
            chargePointId: params.id,
            connectorId: body.evse_id ?? body.connector_id ?? 0,
            connectorType: body.connector_type,
            tokenUid: body.token,
            groupId: body.group_id,
            expiresAt: body.expires_at,
            replaces: body.replaces,
            requestedBy: principal.id,
            traceId: traceIdOf(res),
            timeoutS: body.timeout_s,
            wait: query.wait,
            signal: goneOf(res),
          }),
        ),
    }),
    route({
      method: 'get',
      path: '/reservations',
      operationId: 'listReservations',
      summary: 'List reservations, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      query: z.strictObject({
        charge_point_id: idField('cp').optional(),
        status: listParam(reservationStatuses).optional(),
        token: z.string().min(1).max(255).optional().meta({ description: 'Uid, in any case' }),
        ...pageQuery,
      }),
      response: pageOf(reservation),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, idKey);
        const filter = { chargePointId: query.charge_point_id, statuses: query.status, token: query.token };
        const rows = await listReservations(db, organizationId, filter, page);
        return pageFrom(rows, page.limit, (row) => row.id, present);
      },
    }),
    route({
      method: 'get',
      path: '/reservations/{id}',
      operationId: 'getReservation',
      summary: 'Get a reservation',
      tag,
      access: 'read:charge_points',
      status: 200,
      params,
      response: reservation,
      handle: async ({ principal: { organizationId }, params: { id } }) => present(await find(organizationId, id)),
    }),
    route({
      method: 'post',
      path: '/reservations/{id}/cancel',
      operationId: 'cancelReservation',
      summary: 'Cancel a reservation at its charge point',
      description:
        'The reservation is cancelled when the charger agrees, or says that it holds none. If that answer is lost the charger is asked again until it expires.',
      tag,
      access: 'write:commands',
      status: 202,
      params,
      query: z.strictObject({ wait }),
      errors: {
        409: 'It has ended, or the charge point is offline',
        429: 'Too many commands wait for this charge point',
      },
      body: z.strictObject({ timeout_s: timeoutS }),
      response: commandSchema,
      handle: async ({ principal, params, query, body, res }) => {
        const row = await find(principal.organizationId, params.id);
        if (row.dueAt === null) throw new AppError('conflict', `Reservation ${row.id} has ended: it is ${row.status}`);
        const stored = await issue({
          organizationId: principal.organizationId,
          chargePointId: row.chargePointId,
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          command: { do: 'cancel_reservation', ocppId: row.ocppId },
          alongside: () => ({
            ...{ room: 'reservations', type: 'cancel_requested', receivedAt: clock.now() },
            ...{ chargePointId: row.chargePointId, reservationId: row.id },
          }),
          timeoutS: body.timeout_s,
          wait: query.wait,
          signal: goneOf(res),
        });
        return presentCommand(stored);
      },
    }),
  ];
}

/** Nobody waits any more for what a closed connection asked. */
function goneOf(res: Response): AbortSignal {
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  return gone.signal;
}

const present = (row: ReservationView) => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  charge_point_identity: row.chargePointIdentity,
  ocpp_reservation_id: row.ocppId,
  connector_id: row.connectorId,
  connector_type: row.connectorType,
  token: row.tokenUid,
  group_id: row.groupId,
  status: row.status,
  reason: row.reason,
  expires_at: row.expiresAt,
  replaces: row.replacesId,
  session_id: row.sessionId,
  command_id: row.commandId,
  requested_by: row.requestedBy,
  active_since: row.activeSince,
  created_at: row.createdAt,
  ended_at: row.endedAt,
  updated_at: row.updatedAt,
});

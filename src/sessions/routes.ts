/** REST for sessions: read them, stop one at the charger, close the record of one that the charger has forgotten. */
import { z } from 'zod';
import { commandSchema, presentCommand, type StopSession } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { boolParam, idField, idParam, instantIn, instantOut, listParam } from '../http/kit/fields.ts';
import { pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Ingest } from '../ingest/contract.ts';
import type { CloseReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { detailRoutes } from './detail-routes.ts';
import { listSessions, type SessionView, sessionById } from './read-store.ts';

const tag = 'Sessions';
const params = z.object({ id: idParam('ses') });
const statuses = ['active', 'suspended_ev', 'suspended_evse', 'ended', 'closed_by_system'] as const;
const chargingStates = ['charging', 'ev_connected', 'suspended_ev', 'suspended_evse', 'idle'] as const;
const authorizations = ['accepted', 'blocked', 'expired', 'invalid', 'not_at_this_location', 'concurrent_tx'] as const;
/** While the database is away a person would rather be told. Counted by a timer of this process. */
const PATIENCE_MS = 5_000;

const text = z.string().nullable();
const figure = (description: string) => z.number().nullable().meta({ description });
const session = z
  .object({
    id: z.string(),
    transaction_id: z.int().meta({ description: 'Our own number of it, and what an OCPP 1.6 charger calls it' }),
    ocpp_transaction_id: text.meta({ description: 'What an OCPP 2.x charger calls it; null: 1.6' }),
    charge_point_id: z.string(),
    charge_point_identity: z.string(),
    site_id: text,
    evse_id: z.int(),
    connector_id: z.int(),
    status: z.enum(statuses),
    charging_state: z
      .enum(chargingStates)
      .nullable()
      .meta({ description: 'What an OCPP 2.x charger said last; null: 1.6, or nothing' }),
    token: text.meta({ description: 'Uid of the token that started it' }),
    token_id: text,
    authorization: z.enum(authorizations).meta({ description: 'What the charger was told about the token' }),
    command_id: text.meta({ description: 'The remote start that led to it' }),
    reservation_id: z.int().nullable(),
    free_of_charge: z.boolean().meta({ description: 'Begun where the authorization policy is free: never billed' }),
    is_test: z
      .boolean()
      .meta({ description: 'The test transaction of a commissioning run: in no bill, report or export' }),
    started_at: instantOut,
    ended_at: instantOut.nullable(),
    duration_s: z.int().meta({ description: 'Until its end, or until now' }),
    meter_start_wh: z.int(),
    meter_stop_wh: z.int().nullable(),
    energy_wh: z.int(),
    power_w: figure('Last reading'),
    current_a: figure('Last reading'),
    voltage_v: figure('Last reading'),
    soc_percent: figure('Last reading'),
    last_sample_at: instantOut.nullable(),
    stop_reason: text,
    stop_token: text.meta({ description: 'Uid of the token that stopped it, where it is another' }),
    flags: z.array(z.string()).meta({ description: 'Why a person should look at it; empty: nothing odd' }),
    updated_at: instantOut,
  })
  .meta({ id: 'Session' });

const sessionKey = z
  .tuple([z.iso.datetime({ precision: 3 }), z.string().regex(/^[\x21-\x7e]{1,64}$/)])
  .transform(([at, id]) => ({ startedAt: new Date(at), id }));
export type SessionRoutesNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly submit: Ingest['submit'];
  /** src/commands createStopSession */
  readonly stopSession: StopSession;
  readonly clock: Clock;
};

export function sessionRoutes({ db, submit, stopSession, clock }: SessionRoutesNeeds): AnyRoute[] {
  async function find(organizationId: string, id: string): Promise<SessionView> {
    const found = await sessionById(db, organizationId, id);
    if (found === undefined) throw new AppError('not_found', 'There is no such session');
    return found;
  }
  const presentNow = (row: SessionView) => present(row, clock.now());

  return [
    route({
      method: 'get',
      path: '/sessions',
      operationId: 'listSessions',
      summary: 'List sessions, newest first',
      tag,
      access: 'read:sessions',
      status: 200,
      query: z.strictObject({
        status: listParam(statuses).optional(),
        charge_point_id: idField('cp').optional(),
        token: z
          .string()
          .min(1)
          .max(255)
          .optional()
          .meta({ description: 'Uid, in any case, or tok_… id of the token' }),
        from: instantIn.optional().meta({ description: 'Began at or after' }),
        to: instantIn.optional().meta({ description: 'Began before' }),
        ...pageQuery,
      }),
      response: pageOf(session),
      handle: async ({ principal: { organizationId }, query }) => {
        const page = readPage(query, sessionKey);
        const { status, charge_point_id: chargePointId, token, from, to } = query;
        const isId = token !== undefined && /^tok_[0-9A-Z]{26}$/.test(token);
        const filter = {
          statuses: status,
          chargePointId,
          tokenId: isId ? token : undefined,
          tokenUid: isId ? undefined : token?.trim(),
          from,
          to,
        };
        const rows = await listSessions(db, organizationId, filter, page);
        return pageFrom(rows, page.limit, (row) => [row.startedAt, row.id], presentNow);
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}',
      operationId: 'getSession',
      summary: 'Get a session',
      tag,
      access: 'read:sessions',
      status: 200,
      params,
      response: session,
      handle: async ({ principal: { organizationId }, params: { id } }) => presentNow(await find(organizationId, id)),
    }),
    ...detailRoutes({ db, clock, find }),
    route({
      method: 'post',
      path: '/sessions/{id}/stop',
      operationId: 'stopSession',
      summary: 'Ask the charger to stop a session',
      description:
        'Answers with the command. The session ends when the charger says so; to end a record that no charger will end, close it.',
      tag,
      access: 'write:commands',
      status: 202,
      params,
      query: z.strictObject({ wait: boolParam.optional().meta({ description: 'true: answer with the outcome' }) }),
      body: z.strictObject({ timeout_s: z.int().min(1).max(600).optional() }),
      response: commandSchema,
      errors: { 409: 'The session has ended, or the charge point is offline.' },
      handle: async ({ principal, params: { id }, query, body, res }) => {
        const { chargePointId, transactionId, ocppTransactionId, endedAt } = await find(principal.organizationId, id);
        if (endedAt !== null) throw new AppError('conflict', 'This session has already ended');
        const gone = new AbortController(); // nobody waits any more for what a closed connection asked
        res.once('close', () => gone.abort());
        const command = await stopSession({
          organizationId: principal.organizationId,
          chargePointId,
          transactionId,
          ocppTransactionId,
          requestedBy: principal.id,
          timeoutS: body.timeout_s,
          wait: query.wait,
          signal: gone.signal,
        });
        return presentCommand(command);
      },
    }),
    route({
      method: 'post',
      path: '/sessions/{id}/close',
      operationId: 'closeSession',
      summary: 'Close the record of a session',
      description:
        'For a session that its charger will never end. Nothing is sent to the charger; a stop that comes later still corrects the figures.',
      tag,
      access: 'write:commands',
      status: 200,
      params,
      body: z.strictObject({
        reason: z
          .string()
          .regex(/^[a-z][a-z0-9_]{0,49}$/, { error: 'must be a word of a-z, 0-9 and _, such as charger_replaced' })
          .optional()
          .meta({
            description: 'Becomes stop_reason and a flag. Default closed_by_operator',
            examples: ['charger_replaced'],
          }),
      }),
      response: session,
      errors: { 409: 'The session has ended.' },
      handle: async ({ principal: { organizationId }, params: { id }, body }) => {
        const { chargePointId } = await find(organizationId, id);
        const reason = body.reason ?? 'closed_by_operator';
        const input = { room: 'sessions', type: 'closed', chargePointId, sessionId: id, reason } as const;
        const reply = await submit(
          { ...input, receivedAt: clock.now() },
          { deadline: new Date(Date.now() + PATIENCE_MS) },
        );
        const { closed, why } = reply as CloseReply; // what `closed` promises, see ingest/inputs.ts
        if (!closed && why === 'already_ended') throw new AppError('conflict', 'This session has already ended');
        return presentNow(await find(organizationId, id));
      },
    }),
  ];
}

/** The answer's schema refuses a status or authorization that it does not know. */
const present = (row: SessionView, now: Date) => ({
  id: row.id,
  transaction_id: row.transactionId,
  ocpp_transaction_id: row.ocppTransactionId,
  charge_point_id: row.chargePointId,
  charge_point_identity: row.chargePointIdentity,
  site_id: row.siteId,
  evse_id: row.evseId,
  connector_id: row.connectorId,
  status: row.status as (typeof statuses)[number],
  charging_state: row.chargingState as (typeof chargingStates)[number] | null,
  token: row.tokenUid,
  token_id: row.tokenId,
  authorization: row.authorization as (typeof authorizations)[number],
  command_id: row.commandId,
  reservation_id: row.reservationId,
  free_of_charge: row.freeOfCharge,
  is_test: row.isTest,
  started_at: row.startedAt,
  ended_at: row.endedAt,
  duration_s: Math.max(0, Math.round(((row.endedAt ?? now).getTime() - row.startedAt.getTime()) / 1000)),
  meter_start_wh: row.meterStartWh,
  meter_stop_wh: row.meterStopWh,
  energy_wh: row.energyWh,
  power_w: row.powerW,
  current_a: row.currentA,
  voltage_v: row.voltageV,
  soc_percent: row.socPercent,
  last_sample_at: row.lastSampleAt,
  stop_reason: row.stopReason,
  stop_token: row.stopTokenUid,
  flags: [...row.flags],
  updated_at: row.updatedAt,
});

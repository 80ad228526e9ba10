/** REST: what EVs asked for, priority charging and energy transfers of sessions, frequency signals. */
import { z } from 'zod';
import { knownChargePoint } from '../charge-points/index.ts';
import { asking, type Bulks, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import type { NeedsReads, SessionNamed } from './read-store.ts';
import { needs, presentNeeds, transferModes } from './schemas.ts';

const { wait, timeoutS, errors } = asking;
const tag = 'Smart charging';
const ofSession = z.object({ id: idParam('ses') });
const DEFAULT_TIMEOUT_S = 30;

const state = z
  .object({
    ocpp_transaction_id: z.string().nullable().describe('null: OCPP 1.6, which has nothing of all this'),
    priority_charging: z.boolean().nullable().describe('null: the charge point has said nothing of it'),
    priority_charging_at: instantOut.nullable(),
    allowed_energy_transfer: z.array(z.enum(transferModes)).describe('Empty: nothing was said'),
    allowed_energy_transfer_at: instantOut.nullable(),
    charging_needs: z.array(needs).describe('What its EV asked for, newest first; the last twenty'),
  })
  .meta({ id: 'SessionSmartCharging' });

export type NeedsRoutesNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly reads: NeedsReads;
  readonly issue: IssueCommand;
  readonly bulks: Pick<Bulks, 'create'>;
  readonly clock: Clock;
};

export function chargingNeedsRoutes({ db, reads, issue, bulks, clock }: NeedsRoutesNeeds): AnyRoute[] {
  const send = createSend(issue);
  async function session({ organizationId }: Principal, id: string): Promise<SessionNamed> {
    const found = await reads.session({ organizationId, id });
    if (found === undefined) throw new AppError('not_found', 'There is no such session');
    return found;
  }
  /** Of a session that runs, of OCPP 2.x. */
  async function running(principal: Principal, id: string) {
    const found = await session(principal, id);
    if (found.ended) throw new AppError('conflict', 'This session has already ended');
    const { ocppTransactionId } = found;
    if (ocppTransactionId === null)
      throw new AppError('conflict', 'The charge point of this session speaks OCPP 1.6, which has no word for it');
    return { chargePointId: found.chargePointId, ocppTransactionId };
  }
  const sessionErrors = {
    ...errors,
    404: 'There is no such session',
    409: 'The charge point is offline, that session is over, or it is one of OCPP 1.6',
  };

  return [
    route({
      method: 'get',
      path: '/charge-points/{id}/charging-needs',
      operationId: 'listChargingNeeds',
      summary: 'List what EVs asked a charge point for, newest first',
      description: 'ISO 15118, as the charge point passes it on (OCPP 2.x). The last 200 are kept.',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: errors[404] },
      params: asking.params,
      query: z.strictObject(pageQuery),
      response: pageOf(needs),
      async handle({ params: { id: chargePointId }, query, principal: { organizationId } }) {
        await knownChargePoint(db, organizationId, chargePointId);
        const page = readPage(query, idKey);
        const rows = await reads.list({ organizationId, chargePointId, ...page });
        return pageFrom(rows, page.limit, ({ id }) => id, presentNeeds);
      },
    }),
    route({
      method: 'get',
      path: '/sessions/{id}/smart-charging',
      operationId: 'getSessionSmartCharging',
      summary: "A session's charging needs, priority charging and energy transfers",
      tag,
      access: 'read:sessions',
      status: 200,
      params: ofSession,
      response: state,
      async handle({ params, principal }) {
        const { organizationId } = principal;
        const { id: sessionId, chargePointId, ocppTransactionId } = await session(principal, params.id);
        const [rows, power] = await Promise.all([
          reads.list({ organizationId, sessionId, after: undefined, limit: 19 }),
          ocppTransactionId === null ? undefined : reads.power({ organizationId, chargePointId, ocppTransactionId }),
        ]);
        return {
          ocpp_transaction_id: ocppTransactionId,
          priority_charging: power?.priorityActive ?? null,
          priority_charging_at: power?.priorityAt ?? null,
          allowed_energy_transfer: [...(power?.allowedTransfer ?? [])],
          allowed_energy_transfer_at: power?.allowedTransferAt ?? null,
          charging_needs: rows.map(presentNeeds),
        };
      },
    }),
    route({
      method: 'post',
      path: '/sessions/{id}/priority-charging',
      operationId: 'setPriorityCharging',
      summary: 'Begin or end priority charging of a session',
      description: 'OCPP 2.1: a profile with the purpose priority_charging holds instead of its others meanwhile.',
      tag,
      access: asking.access,
      status: 202,
      errors: sessionErrors,
      params: ofSession,
      query: z.strictObject({ wait }),
      body: z.strictObject({ active: z.boolean().default(true), timeout_s: timeoutS }),
      response: commandSchema,
      async handle({ params, query, body, principal, res }) {
        const { chargePointId, ocppTransactionId } = await running(principal, params.id);
        const asked = { params: { id: chargePointId }, query, body, principal, res };
        return send(asked, { do: 'priority_charging', ocppTransactionId, active: body.active });
      },
    }),
    route({
      method: 'post',
      path: '/sessions/{id}/energy-transfer',
      operationId: 'allowEnergyTransfer',
      summary: 'Say how the EV of a session may be charged from now on',
      description: 'OCPP 2.1: for instance dc_bpt, so that it may also discharge. The EV negotiates anew.',
      tag,
      access: asking.access,
      status: 202,
      errors: sessionErrors,
      params: ofSession,
      query: z.strictObject({ wait }),
      body: z
        .strictObject({ modes: z.array(z.enum(transferModes)).min(1).max(11), timeout_s: timeoutS })
        .meta({ examples: [{ modes: ['dc', 'dc_bpt'] }] }),
      response: commandSchema,
      async handle({ params, query, body, principal, res }) {
        const { chargePointId, ocppTransactionId } = await running(principal, params.id);
        const asked = { params: { id: chargePointId }, query, body, principal, res };
        return send(asked, { do: 'allow_energy_transfer', ocppTransactionId, modes: [...new Set(body.modes)] });
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/afrr-signal',
      operationId: 'sendAfrrSignal',
      summary: 'Pass a frequency signal on to a charge point',
      description:
        'OCPP 2.1: automatic frequency restoration reserve, for sessions whose profile has a signal_watt_curve (local_frequency).',
      tag,
      access: asking.access,
      status: 202,
      errors,
      params: asking.params,
      query: z.strictObject({ wait }),
      body: z.strictObject({ signal, timeout_s: timeoutS }),
      response: commandSchema,
      handle: (asked) => send(asked, { do: 'afrr_signal', signal: asked.body.signal, at: clock.now() }),
    }),
    route({
      method: 'post',
      path: '/sites/{id}/afrr-signal',
      operationId: 'sendSiteAfrrSignal',
      summary: 'Pass a frequency signal on to all charge points of a site',
      description: 'To those that are connected with OCPP 2.1; what became of each, GET /commands/bulk/{id} tells.',
      tag,
      access: asking.access,
      status: 202,
      errors: { 404: 'There is no such site' },
      params: z.object({ id: idParam('site') }),
      body: z.strictObject({ signal, timeout_s: timeoutS }),
      response: z.object({ bulk_id: z.string() }),
      async handle({ params, body, principal }) {
        const { organizationId } = principal;
        if (!(await reads.siteExists({ organizationId, id: params.id })))
          throw new AppError('not_found', 'There is no such site');
        const bulk = await bulks.create({
          organizationId,
          requestedBy: principal.id,
          filter: { siteId: params.id, protocol: 'ocpp2.1', connected: true },
          command: { action: 'AFRRSignal', payload: { timestamp: clock.now().toISOString(), signal: body.signal } },
          timeoutS: body.timeout_s ?? DEFAULT_TIMEOUT_S,
          queueForS: undefined,
        });
        return { bulk_id: bulk.id };
      },
    }),
  ];
}

const signal = z
  .int()
  .min(-2_147_483_648)
  .max(2_147_483_647)
  .meta({ examples: [40] });

/** REST: new values for a dynamic charging profile (OCPP 2.1 K28), pushed to the charge point or kept until it fetches them. */
import { z } from 'zod';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import { idParam } from '../http/kit/fields.ts';
import { type AnyRoute, answerWith, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import { PATIENCE_MS, type SubmitFor } from '../ingest/contract.ts';
import type { DynamicReply } from '../ingest/inputs.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { presentRates, rates, ratesOf } from './schedule-schemas.ts';
import { invalid } from './set-profile.ts';
import type { ProfileReads } from './store.ts';

const { params, wait, timeoutS, errors } = asking;
type Needs = {
  readonly reads: Pick<ProfileReads, 'find'>;
  readonly issue: IssueCommand;
  readonly submit: SubmitFor;
  readonly clock: Clock;
};

export function dynamicProfileRoutes({ reads, issue, submit, clock }: Needs): AnyRoute[] {
  const send = createSend(issue);
  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/charging-profiles/{charging_profile_id}/values',
      operationId: 'updateDynamicProfile',
      summary: 'Renew the values of a dynamic charging profile',
      description:
        'OCPP 2.1, of a profile of the kind dynamic that the charge point holds. push: it is told at once; without, the values are ' +
        'kept, and it gets them when it next asks (update_interval_s). What is not given stays as it is.',
      tag: 'Smart charging',
      access: asking.access,
      status: 202,
      otherStatuses: { 200: 'Kept until the charge point asks for them (push false)' },
      errors: {
        ...errors,
        409: 'The charge point is offline, or does not hold this profile, or it is not dynamic',
        404: 'There is no such charge point, or no such profile',
      },
      params: params.extend({ charging_profile_id: idParam('chp') }),
      query: z.strictObject({ wait }),
      body: z
        .strictObject({ ...rates, push: z.boolean().default(true), timeout_s: timeoutS })
        .meta({ examples: [{ limit: 16 }] }),
      response: z.object({
        command: commandSchema.nullable().describe('null: not pushed'),
        values: z.object(Object.fromEntries(Object.keys(rates).map((name) => [name, z.number().optional()]))),
      }),
      async handle({ params, query, body, principal, res }) {
        const { push, timeout_s, ...said } = body;
        const given = ratesOf(said);
        if (Object.keys(given).length === 0)
          throw invalid([{ field: 'limit', message: 'or another value is required' }]);
        const where = { organizationId: principal.organizationId, chargePointId: params.id };
        const row = await reads.find({ ...where, id: params.charging_profile_id });
        if (row === undefined)
          throw new AppError('not_found', 'There is no such charging profile of this charge point');
        if (row.status !== 'active' || row.sessionEnded || row.profile.kind !== 'dynamic') throw notHeld();
        const number = row.profileId;
        if (push) {
          const asked = { params, query: { wait: query.wait }, body: { timeout_s }, principal, res };
          const command = await send(asked, { do: 'update_dynamic_profile', profileId: number, rates: given });
          return { command, values: presentRates(given) };
        }
        const kept = (await submit(
          {
            room: 'smart_charging',
            type: 'values_given',
            chargePointId: params.id,
            receivedAt: clock.now(),
            onlyFor: principal.organizationId,
            profileId: number,
            rates: given,
          },
          { patienceMs: PATIENCE_MS, traceId: traceIdOf(res) },
        )) as DynamicReply; // what `values_given` promises, see ingest/inputs/smart-charging.ts
        if (kept === undefined) throw notHeld();
        answerWith(res, 200);
        return { command: null, values: presentRates(kept.rates) };
      },
    }),
  ];
}

const notHeld = (): AppError =>
  new AppError('conflict', 'The charge point does not hold this profile, or it is not dynamic');

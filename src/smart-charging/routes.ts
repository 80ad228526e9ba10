/** REST: charging profiles, limits and the schedule that results from them. */
import { z } from 'zod';
import { ownChargePoint } from '../charge-points/index.ts';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { intParam, listParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, aboutToChange, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { readComposite } from './composite.ts';
import { chargingProfile, presentProfile, profileBody, profileOf, purposes, statuses } from './schemas.ts';
import type { SetProfile } from './set-profile.ts';
import type { ProfileReads } from './store.ts';

const { params, wait, timeoutS, errors } = asking;
const access = asking.access;
const tag = 'Smart charging';
const path = '/charge-points/{id}/charging-profiles';

export type SmartChargingNeeds = {
  readonly db: Pick<Database, 'rows'>;
  readonly reads: ProfileReads;
  readonly setProfile: SetProfile;
  readonly issue: IssueCommand;
  readonly clock: Clock;
};

export function smartChargingRoutes({ db, reads, setProfile, issue, clock }: SmartChargingNeeds): AnyRoute[] {
  const send = createSend(issue);
  const mustExist = ({ organizationId }: Principal, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);

  return [
    route({
      method: 'post',
      path,
      operationId: 'setChargingProfile',
      summary: 'Give a charge point a charging profile',
      description:
        'Checked against the rules of OCPP and against what the charger has said of itself (stack levels, periods, units). The ' +
        'answer is the profile; its status tells what the charger made of it.',
      tag,
      access,
      status: 202,
      errors: { ...errors, 409: 'The charge point is offline, or no session runs that the profile could be for' },
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({ ...profileBody, timeout_s: timeoutS }),
      response: chargingProfile,
      async handle({ params, query, body, principal, res }) {
        const where = await mustExist(principal, params.id);
        const { purpose, session_id: sessionId, connector_id: connectorId, profile_id: profileId } = body;
        const build: Parameters<SetProfile>[0]['wish']['build'] = (about) => profileOf(body, about, clock.now());
        const stored = await setProfile({
          ...where,
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          timeoutS: body.timeout_s,
          wait: query.wait,
          wish: { purpose, meant: { sessionId, connectorId }, profileId, build },
        });
        return presentProfile(stored, clock.now());
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listChargingProfiles',
      summary: 'List the charging profiles of a charge point, newest first',
      description: 'With what became of each. Those that came as raw commands or with remote starts are there too.',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject({
        ...pageQuery,
        status: listParam(statuses).optional().meta({
          description: 'active: also those whose valid_to has passed, or whose session ended within the last day',
        }),
        connector_id: intParam({ min: 0, max: 1000 }).optional(),
      }),
      response: pageOf(chargingProfile),
      async handle({ params, query, principal }) {
        const where = await mustExist(principal, params.id);
        const page = readPage(query, idKey);
        const rows = await reads.list({ ...where, statuses: query.status, connectorId: query.connector_id, ...page });
        return pageFrom(
          rows,
          page.limit,
          ({ id }) => id,
          (row) => presentProfile(row, clock.now()),
        );
      },
    }),
    route({
      method: 'delete',
      path,
      operationId: 'clearChargingProfiles',
      summary: 'Take charging profiles back',
      description:
        'profile_id names one; without it the other criteria are met together, and none at all means all of them.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject({
        wait,
        profile_id: intParam({ min: 1, max: 2_147_483_647 }).optional(),
        connector_id: intParam({ min: 0, max: 1000 }).optional(),
        purpose: z.enum(purposes).optional(),
        stack_level: intParam({ min: 0, max: 1000 }).optional(),
      }),
      response: commandSchema,
      handle({ params, query, principal, res }) {
        const { profile_id: profileId, connector_id: connectorId, purpose, stack_level: stackLevel } = query;
        const criteria = { profileId, connectorId, purpose, stackLevel };
        const asked = { params, query: { wait: query.wait }, body: {}, principal, res };
        return send(asked, { do: 'clear_charging_profiles', criteria });
      },
    }),
    route({
      method: 'get',
      path: '/charge-points/{id}/composite-schedule',
      operationId: 'getCompositeSchedule',
      summary: 'Ask a charge point what it will let flow',
      description: 'The charger works it out from all its profiles: this asks it, and waits for its answer.',
      tag,
      access,
      status: 200,
      errors: { ...errors, 409: 'The charge point is offline, or it gave no schedule' },
      params,
      query: z.strictObject({
        connector_id: intParam({ min: 0, max: 1000, fallback: 0 }).optional(),
        duration_s: intParam({ min: 1, max: 604_800, fallback: 86_400 }).optional(),
        unit: z.enum(['A', 'W']).optional(),
      }),
      response: z.object({
        connector_id: z.int(),
        start_at: z.string().nullable(),
        unit: z.string(),
        duration_s: z.int().nullable(),
        periods: z.array(
          z.object({
            start_s: z.int(),
            limit: z
              .number()
              .nullable()
              .describe('null: in OCPP 2.1, where a setpoint or a limit of discharging stands alone'),
            phases: z.int().nullable(),
            discharge_limit: z.number().optional(),
            setpoint: z.number().optional(),
          }),
        ),
        command_id: z.string(),
      }),
      async handle({ params, query, principal, res }) {
        const { connector_id: connectorId = 0, duration_s: durationS = 86_400, unit } = query;
        const asked = { params, query: { wait: true }, body: {}, principal, res };
        await aboutToChange(res); // a command is issued
        const command = await send(asked, { do: 'composite_schedule', connectorId, durationS, unit });
        const schedule = command.status === 'accepted' ? readComposite(command.result) : undefined;
        if (schedule === undefined) {
          const why =
            command.error?.message ?? `its answer was ${String(command.result?.['status'] ?? command.status)}`;
          throw new AppError('conflict', `The charge point gave no schedule for connector ${connectorId}: ${why}`);
        }
        return { connector_id: connectorId, ...schedule, command_id: command.id };
      },
    }),
    route({
      method: 'post',
      path: '/charge-points/{id}/charging-limit',
      operationId: 'setChargingLimit',
      summary: 'Limit a charge point, a connector or a session',
      description:
        'One fixed limit, as a profile: for a session (tx), for a connector (tx_default), or for the whole charge point ' +
        '(charge_point_max). Taken back with DELETE on its charging profiles.',
      tag,
      access,
      status: 202,
      errors: { ...errors, 409: 'The charge point is offline, or that session is over' },
      params,
      query: z.strictObject({ wait }),
      body: z.strictObject({
        limit: z
          .number()
          .min(0)
          .max(1_000_000_000)
          .meta({ examples: [16] }),
        unit: z.enum(['A', 'W']).default('A'),
        connector_id: profileBody.connector_id,
        session_id: profileBody.session_id,
        duration_s: z.int().min(1).max(2_147_483_647).optional().describe('Absent: until it is taken back'),
        timeout_s: timeoutS,
      }),
      response: chargingProfile,
      async handle({ params, query, body, principal, res }) {
        const where = await mustExist(principal, params.id);
        const { limit, unit, connector_id: connectorId, session_id: sessionId, duration_s: durationS } = body;
        const purpose = sessionId !== undefined ? 'tx' : (connectorId ?? 0) > 0 ? 'tx_default' : 'charge_point_max';
        const startAt = clock.now().toISOString();
        const stored = await setProfile({
          ...where,
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          timeoutS: body.timeout_s,
          wait: query.wait,
          wish: {
            purpose,
            meant: { sessionId, connectorId },
            build: (about) => ({
              ...about,
              stackLevel: 0,
              // From now on for all; a profile of a session is reckoned from the session's beginning otherwise.
              kind: 'absolute',
              schedule: { durationS, startAt, unit, periods: [{ startS: 0, limit }] },
            }),
          },
        });
        return presentProfile(stored, clock.now());
      },
    }),
  ];
}

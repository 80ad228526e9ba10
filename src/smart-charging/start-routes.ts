/** REST: the remote start, which may bring a charging profile and a limit for the session that it begins. */
import { z } from 'zod';
import { asking, commandSchema, createSend, type IssueCommand } from '../commands/index.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { nextRequestId } from '../platform/ids.ts';
import { limitBody, limitOf } from '../session-limits/index.ts';
import type { DescribeToken } from '../tokens/index.ts';
import { type CheckProfile, newProfileId } from './check-profile.ts';
import { profileBody, profileOf, scheduleFields } from './schemas.ts';
import { invalid } from './set-profile.ts';

const { tag, access, params, timeoutS, connectorId, errors } = asking;

const chargingProfile = z.strictObject({
  purpose: z.literal('tx').default('tx').describe('Another one a remote start cannot bring'),
  profile_id: profileBody.profile_id,
  ...scheduleFields,
});

type Needs = {
  readonly issue: IssueCommand;
  readonly check: CheckProfile;
  readonly describeToken: DescribeToken;
  readonly clock: Clock;
  readonly newId: (prefix: 'slm') => string;
};

export function startRoutes({ issue, check, describeToken, clock, newId }: Needs): AnyRoute[] {
  const send = createSend(issue);

  /** Written down with the command, and of the session that it begins. */
  const limiting = (chargePointId: string, setBy: string, limit: z.output<typeof limitBody> | undefined) =>
    limit &&
    ((commandId: string) => {
      const about = { room: 'session_limits', type: 'wanted', chargePointId, receivedAt: clock.now() } as const;
      return {
        ...about,
        limitId: newId('slm'),
        commandId,
        limit: limitOf(limit),
        source: 'remote_start',
        setBy,
      } as const;
    });

  return [
    route({
      method: 'post',
      path: '/charge-points/{id}/start',
      operationId: 'startCharging',
      summary: 'Ask a charge point to start a session',
      description:
        'Accepted only means that the charger will try. When a session begins, its id stands in session_id; when none does ' +
        'within 60 s, the command fails with no_session_started. A charging_profile is for that session alone; it is checked ' +
        'like any other and listed among the charging profiles. A limit is for that session too: PUT /sessions/{id}/limit says how ' +
        'it is kept.',
      tag,
      access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({
        token: z
          .string()
          .trim()
          .min(1)
          .max(255)
          .describe('Uid of the token to charge with')
          .meta({ examples: ['04A1B2C3'] }),
        connector_id: connectorId.optional().describe('Absent: the charger chooses; required with a charging_profile'),
        charging_profile: chargingProfile.optional(),
        limit: limitBody.optional(),
        timeout_s: timeoutS,
      }),
      response: commandSchema,
      async handle(asked) {
        const { token: tokenUid, connector_id: connectorId, charging_profile: said } = asked.body;
        const { organizationId } = asked.principal;
        const alongside = limiting(asked.params.id, asked.principal.id, asked.body.limit);
        const token = await describeToken(organizationId, tokenUid);
        const start = { do: 'start', tokenUid, connectorId, ...token, remoteStartId: nextRequestId() } as const;
        if (said === undefined) return send(asked, start, undefined, alongside);
        if (connectorId === undefined)
          throw invalid([{ field: 'connector_id', message: 'is required with a charging_profile, which is for one' }]);
        const { purpose, profile_id: profileId = newProfileId() } = said;
        const where = { organizationId, chargePointId: asked.params.id };
        // OCPP 1.6 §5.11, 2.x F01.FR.11: it names no transaction; the one that begins is meant.
        const profile = profileOf(said, { profileId, connectorId, purpose, transactionId: undefined }, clock.now());
        const faults = await check(where, profile);
        if (faults.length > 0)
          throw invalid(faults.map(({ field, message }) => ({ field: `charging_profile.${field}`, message })));
        return send(asked, { ...start, profile }, undefined, alongside);
      },
    }),
  ];
}

/** REST: asks a station which charging profiles it holds (OCPP 2.x), and shows what it said and how that differs from what we know. */

import { z } from 'zod';
import { knownChargePoint, ownChargePoint } from '../charge-points/index.ts';
import { asking, type IssueCommand } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { idParam, instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, type Principal, route } from '../http/kit/route.ts';
import { traceIdOf } from '../http/kit/trace.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { nextRequestId } from '../platform/ids.ts';
import { partsDueAt } from '../platform/parts.ts';
import type { ReportReads } from './report-store.ts';
import { MOST_INT32, presentSchedule, shownSchedule } from './schedule-schemas.ts';
import { purposes } from './schemas.ts';
import type { ProfileReport } from './types.ts';

const tag = 'Smart charging';
const path = '/charge-points/{id}/charging-profile-reports';

const report = z
  .object({
    id: z.string(),
    command_id: z.string().nullable(),
    status: z
      .enum(['requested', 'receiving', 'complete', 'failed', 'incomplete'])
      .describe('incomplete: its last part has not come within two minutes'),
    profiles: z.array(
      z.object({
        source: z.string().describe('Who set it: CSO is this system; EMS, SO, Other and the like are others'),
        profile_id: z.int(),
        connector_id: z.int(),
        purpose: z.enum(purposes),
        stack_level: z.int(),
        kind: z.string(),
        ocpp_transaction_id: z.string().nullable(),
        schedules: z.array(shownSchedule),
      }),
    ),
    drift: z
      .array(z.object({ profile_id: z.int(), kind: z.enum(['missing', 'unknown', 'different']) }))
      .nullable()
      .describe(
        'missing: it should hold it and does not · unknown: it holds one that this system does not know of · different: in its ' +
          'content. null: not complete. The list of charging profiles follows what the charge point says.',
      ),
    why: z.string().nullable(),
    requested_by: z.string(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'ChargingProfileReport' });

const present = (row: ProfileReport, now: Date): z.input<typeof report> => {
  const waits = row.status === 'requested' || row.status === 'receiving';
  return {
    id: row.id,
    command_id: row.commandId,
    status: waits && partsDueAt(row.updatedAt) <= now ? 'incomplete' : row.status,
    profiles: row.profiles.map(({ source, profile }) => ({
      source,
      profile_id: profile.profileId,
      connector_id: profile.connectorId,
      purpose: profile.purpose,
      stack_level: profile.stackLevel,
      kind: profile.kind,
      ocpp_transaction_id: profile.ocppTransactionId ?? null,
      schedules: [profile.schedule, ...(profile.alternatives ?? [])].map(presentSchedule),
    })),
    drift: row.drift?.map(({ profileId, kind }) => ({ profile_id: profileId, kind })) ?? null,
    why: row.why,
    requested_by: row.requestedBy,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
};

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly reads: ReportReads;
  readonly issue: IssueCommand;
  readonly newId: (prefix: 'cpr') => string;
  readonly clock: Clock;
};

export function profileReportRoutes({ db, reads, issue, newId, clock }: Needs): AnyRoute[] {
  const mustExist = ({ organizationId }: Principal, chargePointId: string) =>
    ownChargePoint(db, organizationId, chargePointId);
  return [
    route({
      method: 'post',
      path,
      operationId: 'requestChargingProfileReport',
      summary: 'Ask a charge point which charging profiles it holds',
      description:
        'OCPP 2.x. It answers in parts; read the report until it is complete. What is given is met together.',
      tag,
      access: asking.access,
      status: 202,
      errors: asking.errors,
      params: asking.params,
      body: z.strictObject({
        connector_id: z.int().min(0).max(1000).optional().describe('0: of the whole charge point; absent: of all'),
        purpose: z.enum(purposes).optional(),
        stack_level: z.int().min(0).max(1000).optional(),
        profile_ids: z.array(z.int().min(-MOST_INT32).max(MOST_INT32)).min(1).max(100).optional(),
        sources: z.array(z.string().trim().min(1).max(20)).min(1).max(4).optional(),
        timeout_s: asking.timeoutS,
      }),
      response: report,
      async handle({ params, body, principal, res }) {
        const where = await mustExist(principal, params.id);
        const reportId = newId('cpr');
        const requestId = nextRequestId();
        const { connector_id: connectorId, purpose, stack_level: stackLevel, profile_ids: profileIds, sources } = body;
        const criteria = { connectorId, purpose, stackLevel, profileIds, sources };
        await issue({
          ...where,
          command: { do: 'report_charging_profiles', requestId, criteria },
          requestedBy: principal.id,
          traceId: traceIdOf(res),
          timeoutS: body.timeout_s,
          alongside: (commandId) => ({
            room: 'smart_charging',
            type: 'report_requested',
            chargePointId: params.id,
            receivedAt: clock.now(),
            reportId,
            commandId,
            requestId,
            criteria,
            requestedBy: principal.id,
          }),
        });
        const stored = await reads.report({ ...where, id: reportId });
        if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
        return present(stored, clock.now());
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listChargingProfileReports',
      summary: 'List what a charge point said of its charging profiles, newest first',
      description: 'The last twenty are kept.',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: asking.errors[404] },
      params: asking.params,
      query: z.strictObject(pageQuery),
      response: pageOf(report),
      async handle({ params, query, principal }) {
        const { where } = await knownChargePoint(db, principal.organizationId, params.id);
        const page = readPage(query, idKey);
        const now = clock.now();
        return pageFrom(
          await reads.reports({ ...where, ...page }),
          page.limit,
          ({ id }) => id,
          (row) => present(row, now),
        );
      },
    }),
    route({
      method: 'get',
      path: `${path}/{report_id}`,
      operationId: 'getChargingProfileReport',
      summary: 'What a charge point said of its charging profiles',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: 'There is no such charge point or report' },
      params: asking.params.extend({ report_id: idParam('cpr') }),
      response: report,
      async handle({ params, principal }) {
        const { organizationId } = principal;
        const found = await reads.report({ organizationId, chargePointId: params.id, id: params.report_id });
        if (found === undefined) throw new AppError('not_found', 'There is no such report of this charge point');
        return present(found, clock.now());
      },
    }),
  ];
}

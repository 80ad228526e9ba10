/** How charging profiles look over REST, and how they become the domain's. */
import { z } from 'zod';
import { instantIn, instantOut } from '../platform/fields.ts';
import type { StoredProfile } from './store.ts';
import type { ChargingProfile } from './types.ts';

const MOST_INT32 = 2_147_483_647;
const purpose = z.enum(['charge_point_max', 'tx_default', 'tx']);
const unit = z.enum(['A', 'W']);
const period = z.strictObject({
  start_s: z.int().min(0).max(MOST_INT32).describe('Since the beginning of the schedule'),
  limit: z.number().min(0).max(1_000_000_000).describe('In `unit`, at most one decimal'),
  phases: z.int().min(1).max(3).optional(),
});

/** What a remote start may bring for the session that it begins, too. */
export const scheduleFields = {
  stack_level: z.int().min(0).max(1000).default(0).describe('Of profiles with one purpose the highest holds'),
  kind: z.enum(['absolute', 'recurring', 'relative']).default('relative'),
  recurrency: z.enum(['daily', 'weekly']).optional(),
  valid_from: instantIn.optional(),
  valid_to: instantIn.optional(),
  schedule: z
    .strictObject({
      duration_s: z.int().min(1).max(MOST_INT32).optional().describe('Absent: until the end'),
      start_at: instantIn.optional(),
      unit: unit.default('A'),
      min_rate: z.number().min(0).optional().describe('Below it a car may not charge at all'),
      periods: z.array(period).min(1).max(1000),
    })
    .meta({ examples: [{ unit: 'A', periods: [{ start_s: 0, limit: 16 }] }] }),
};

export const profileBody = {
  connector_id: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('0: the whole charge point; default: 0, or that of the session'),
  purpose: purpose
    .meta({ examples: ['tx_default'] })
    .describe('charge_point_max: a cap for all · tx_default: for every session · tx: for one session'),
  session_id: z
    .string()
    .max(50)
    .optional()
    .describe('For the purpose tx; may be left out when one session runs on the connector'),
  profile_id: z.int().min(1).max(MOST_INT32).optional().describe('Replaces the profile of that id; default: a new one'),
  ...scheduleFields,
};

type Scheduled = z.output<z.ZodObject<typeof scheduleFields>>;

export const profileOf = (
  said: Scheduled,
  about: Pick<ChargingProfile, 'profileId' | 'connectorId' | 'purpose' | 'transactionId'>,
): ChargingProfile => ({
  ...about,
  stackLevel: said.stack_level,
  kind: said.kind,
  recurrency: said.recurrency,
  validFrom: said.valid_from?.toISOString(),
  validTo: said.valid_to?.toISOString(),
  schedule: {
    durationS: said.schedule.duration_s,
    startAt: said.schedule.start_at?.toISOString(),
    unit: said.schedule.unit,
    minRate: said.schedule.min_rate,
    periods: said.schedule.periods.map(({ start_s: startS, limit, phases }) => ({ startS, limit, phases })),
  },
});

export const statuses = ['pending', 'active', 'rejected', 'failed', 'superseded', 'cleared'] as const;
const shown = [...statuses, 'ended', 'expired'] as const;

export const chargingProfile = z
  .object({
    id: z.string(),
    command_id: z.string().describe('The command that brought it to the charger'),
    profile_id: z.int().describe('By which the charger knows it'),
    connector_id: z.int(),
    purpose,
    stack_level: z.int(),
    kind: z.string(),
    recurrency: z.string().nullable(),
    valid_from: z.string().nullable(),
    valid_to: z.string().nullable(),
    transaction_id: z.int().nullable(),
    schedule: z.object({
      duration_s: z.int().nullable(),
      start_at: z.string().nullable(),
      unit,
      min_rate: z.number().nullable(),
      periods: z.array(z.object({ start_s: z.int(), limit: z.number(), phases: z.int().nullable() })),
    }),
    status: z
      .enum(shown)
      .describe(
        'ended: its session is over · expired: valid_to has passed · failed: the charger did not answer as it should',
      ),
    why: z.string().nullable(),
    requested_by: z.string(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'ChargingProfile' });

export function presentProfile(row: StoredProfile, now: Date): z.input<typeof chargingProfile> {
  const { profile } = row;
  const { schedule } = profile;
  return {
    id: row.id,
    command_id: row.commandId,
    profile_id: row.profileId,
    connector_id: row.connectorId,
    purpose: row.purpose,
    stack_level: row.stackLevel,
    kind: profile.kind,
    recurrency: profile.recurrency ?? null,
    valid_from: profile.validFrom ?? null,
    valid_to: profile.validTo ?? null,
    transaction_id: row.transactionId,
    schedule: {
      duration_s: schedule.durationS ?? null,
      start_at: schedule.startAt ?? null,
      unit: schedule.unit,
      min_rate: schedule.minRate ?? null,
      periods: schedule.periods.map(({ startS, limit, phases }) => ({
        start_s: startS,
        limit,
        phases: phases ?? null,
      })),
    },
    status: statusOf(row, now),
    why: row.why,
    requested_by: row.requestedBy,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

function statusOf({ status, sessionEnded, profile }: StoredProfile, now: Date): (typeof shown)[number] {
  if (status !== 'active') return status;
  if (sessionEnded) return 'ended';
  return profile.validTo !== undefined && new Date(profile.validTo) <= now ? 'expired' : 'active';
}

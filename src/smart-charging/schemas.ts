/** How charging profiles look over REST, and how they become the domain's. */
import { z } from 'zod';
import { instantIn, instantOut } from '../platform/fields.ts';
import { MOST_INT32, presentSchedule, schedule, scheduleOf, shownSchedule } from './schedule-schemas.ts';
import type { StoredProfile } from './store.ts';
import type { ChargingProfile } from './types.ts';

export const purposes = [
  'charge_point_max',
  'tx_default',
  'tx',
  'external_constraints',
  'priority_charging',
  'local_generation',
] as const;

/** What a remote start may bring for the session that it begins, too. */
export const scheduleFields = {
  stack_level: z.int().min(0).max(1000).default(0).describe('Of profiles with one purpose the highest holds'),
  kind: z
    .enum(['absolute', 'recurring', 'relative', 'dynamic'])
    .optional()
    .describe(
      'Default: relative, to the beginning of the session; for a whole charge point absolute. dynamic: OCPP 2.1',
    ),
  recurrency: z.enum(['daily', 'weekly']).optional(),
  valid_from: instantIn.optional(),
  valid_to: instantIn.optional(),
  schedule,
  alternatives: z
    .array(schedule)
    .min(1)
    .max(2)
    .optional()
    .describe('OCPP 2.x: schedules that the EV may choose instead'),
  max_offline_s: z.int().min(0).max(MOST_INT32).optional().describe('OCPP 2.1: how long it holds without a connection'),
  invalid_after_offline: z.boolean().optional().describe('OCPP 2.1: then it is gone for good'),
  update_interval_s: z
    .int()
    .min(0)
    .max(MOST_INT32)
    .optional()
    .describe('Of the kind dynamic: how often the charge point asks for new values; absent: it waits for them'),
};

export const profileBody = {
  connector_id: z
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe('0: the whole charge point; default: 0, or that of the session'),
  purpose: z
    .enum(['charge_point_max', 'tx_default', 'tx', 'priority_charging', 'local_generation'])
    .meta({ examples: ['tx_default'] })
    .describe(
      'charge_point_max: a cap for all · tx_default: for every session · tx: for one session · OCPP 2.1: priority_charging, ' +
        'what holds instead while priority charging is on · local_generation: what a source on the site adds',
    ),
  session_id: z
    .string()
    .max(50)
    .optional()
    .describe('For the purpose tx; may be left out when one session runs on the connector'),
  profile_id: z.int().min(1).max(MOST_INT32).optional().describe('Replaces the profile of that id; default: a new one'),
  ...scheduleFields,
};

type Scheduled = z.output<z.ZodObject<typeof scheduleFields>>;

/** Of a whole charge point nothing is relative (2.0.1 K01.FR.38); what is absolute begins, if nothing else is said, now. */
export function profileOf(
  said: Scheduled,
  about: Pick<ChargingProfile, 'profileId' | 'connectorId' | 'purpose' | 'transactionId' | 'ocppTransactionId'>,
  now: Date,
): ChargingProfile {
  const isOfStation = about.purpose === 'charge_point_max' || about.purpose === 'local_generation';
  const kind = said.kind ?? (isOfStation ? 'absolute' : 'relative');
  const [first, ...others] = [said.schedule, ...(said.alternatives ?? [])].map((each) =>
    scheduleOf(kind === 'absolute' ? { ...each, start_at: each.start_at ?? now } : each),
  );
  return {
    ...about,
    stackLevel: said.stack_level,
    kind,
    recurrency: said.recurrency,
    validFrom: said.valid_from?.toISOString(),
    validTo: said.valid_to?.toISOString(),
    schedule: first ?? scheduleOf(said.schedule),
    ...(others.length > 0 && { alternatives: others }),
    maxOfflineS: said.max_offline_s,
    invalidAfterOffline: said.invalid_after_offline,
    updateIntervalS: said.update_interval_s,
  };
}

export const statuses = ['pending', 'active', 'rejected', 'failed', 'superseded', 'cleared', 'ended'] as const;
const shown = [...statuses, 'expired'] as const;

export const chargingProfile = z
  .object({
    id: z.string(),
    command_id: z.string().describe('The command that brought it to the charger'),
    profile_id: z.int().describe('By which the charger knows it'),
    connector_id: z.int(),
    purpose: z.enum(purposes),
    stack_level: z.int(),
    kind: z.string(),
    recurrency: z.string().nullable(),
    valid_from: z.string().nullable(),
    valid_to: z.string().nullable(),
    transaction_id: z.int().nullable(),
    ocpp_transaction_id: z.string().nullable().describe('OCPP 2.x: what the charge point calls the session'),
    schedule: shownSchedule,
    alternatives: z.array(shownSchedule),
    max_offline_s: z.int().nullable(),
    invalid_after_offline: z.boolean().nullable(),
    update_interval_s: z.int().nullable(),
    values_updated_at: z.string().nullable().describe('Of the kind dynamic: when its values were last renewed'),
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
    ocpp_transaction_id: profile.ocppTransactionId ?? null,
    schedule: presentSchedule(profile.schedule),
    alternatives: (profile.alternatives ?? []).map(presentSchedule),
    max_offline_s: profile.maxOfflineS ?? null,
    invalid_after_offline: profile.invalidAfterOffline ?? null,
    update_interval_s: profile.updateIntervalS ?? null,
    values_updated_at: profile.updatedAt ?? null,
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

/** Settings of chargers, and changes of them, as REST shows them. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import type { SettingView, StoredChange } from './read-store.ts';

const outcomes = [
  'pending',
  'unchanged',
  'accepted',
  'reboot_required',
  'rejected',
  'not_supported',
  'failed',
] as const;

export const changeSchema = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    kind: z.enum(['read', 'change', 'apply']),
    status: z.enum(['running', 'completed', 'failed']),
    phase: z.enum(['read', 'change', 'read_back', 'reboot', 'done']),
    results: z.array(
      z.object({
        key: z.string(),
        value: z.string().nullable().describe('null: secret'),
        result: z.enum(outcomes),
        read_back: z.string().nullable().describe('What the charger said afterwards; null: not read, or secret'),
        mismatch: z.boolean().describe('It agreed, and says another value all the same'),
        error: z.string().nullable(),
      }),
    ),
    reboot: z.enum(['never', 'now', 'when_idle']),
    rebooted: z.boolean().describe('It was asked to reboot, and agreed'),
    command_id: z.string().nullable().describe('The command that is waited for'),
    requested_by: z.string(),
    created_at: instantOut,
    expires_at: instantOut,
    completed_at: instantOut.nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'ConfigurationChange' });

export const presentChange = (change: StoredChange): z.input<typeof changeSchema> => ({
  id: change.id,
  charge_point_id: change.chargePointId,
  kind: change.kind,
  status: change.status,
  phase: change.phase,
  results: change.items.map(({ key, value, outcome, readBack, mismatch, error }) => ({
    key,
    value,
    result: outcome,
    read_back: readBack,
    mismatch,
    error,
  })),
  reboot: change.reboot,
  rebooted: change.rebooted,
  command_id: change.commandId,
  requested_by: change.requestedBy,
  created_at: change.createdAt,
  expires_at: change.expiresAt,
  completed_at: change.completedAt,
  error: change.error,
});

const setting = z.object({
  key: z.string(),
  value: z.string().nullable().describe('null: secret, not told, or never read'),
  readonly: z.boolean().nullable().describe('null: never read'),
  secret: z.boolean(),
  fetched_at: instantOut.nullable().describe('null: never read'),
  expected: z.string().nullable().describe('By a template; null: none names it'),
  template_id: z.string().nullable(),
  drift: z.boolean().describe('Its value is another than the expected one'),
});
export const configurationSchema = z.object({
  charge_point_id: z.string(),
  fetched_at: instantOut.nullable().describe('When the charger was last asked for some of them'),
  drift: z.boolean(),
  settings: z.array(setting),
  unknown_keys: z.array(z.string()).describe('The charger said that it has none of these'),
  refresh: changeSchema.nullable().describe('With refresh=true: how the reading went'),
});

export function presentConfiguration(
  chargePointId: string,
  views: readonly SettingView[],
  refresh: StoredChange | undefined,
): z.input<typeof configurationSchema> {
  const fetched = views.flatMap(({ fetchedAt }) => (fetchedAt === null ? [] : [fetchedAt.getTime()]));
  return {
    charge_point_id: chargePointId,
    fetched_at: fetched.length === 0 ? null : new Date(Math.max(...fetched)),
    drift: views.some(({ drift }) => drift),
    settings: views
      .filter(({ known, expected }) => known !== false || expected !== null)
      .map(({ key, value, readonly, secret, fetchedAt, expected, templateId, drift }) => ({
        key,
        value: secret ? null : value,
        readonly,
        secret,
        fetched_at: fetchedAt,
        expected,
        template_id: templateId,
        drift,
      })),
    unknown_keys: views.filter(({ known }) => known === false).map(({ key }) => key),
    refresh: refresh === undefined ? null : presentChange(refresh),
  };
}

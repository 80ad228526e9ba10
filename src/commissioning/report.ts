/** The report of a commissioning run: what was tried on which charger, and what came out of it. For people who sign for it. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import { presentRun, runSchema } from './present.ts';
import type { RunView } from './read-store.ts';
import type { ReportFrame } from './report-store.ts';

export const reportSchema = z
  .object({
    number: z.string().meta({ description: 'The id of the run' }),
    result: z.enum(['running', 'commissioned', 'failed', 'cancelled']),
    organization: z.object({ name: z.string(), timezone: z.string() }),
    site: z.object({ name: z.string(), timezone: z.string().nullable() }).nullable(),
    charge_point: z.object({
      id: z.string(),
      identity: z.string().nullable().meta({ description: 'null: it was deleted' }),
      name: z.string().nullable(),
      protocol: z.string().nullable(),
      security_profile: z.int().nullable(),
      vendor: z.string().nullable(),
      model: z.string().nullable(),
      serial_number: z.string().nullable(),
      firmware_version: z.string().nullable(),
    }),
    duration_s: z.int().nullable().meta({ description: 'null: it runs' }),
    started_at: instantOut,
    ended_at: instantOut.nullable(),
    run: runSchema,
  })
  .meta({ id: 'CommissioningReport' });
/** Instants as dates; REST writes them as texts. */
export type Report = z.input<typeof reportSchema>;

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const whole = (value: unknown): number | null => (typeof value === 'number' && Number.isInteger(value) ? value : null);

/** Of the charger what it said of itself in this run, not what it says today. */
export function reportOf(run: RunView, { organization, timezone, site, siteTimezone }: ReportFrame): Report {
  const said = run.steps.find(({ name }) => name === 'connectivity')?.detail ?? {};
  const { completedAt, createdAt } = run;
  return {
    number: run.id,
    result: run.status,
    organization: { name: organization, timezone },
    site: site === null ? null : { name: site, timezone: siteTimezone },
    charge_point: {
      id: run.chargePointId,
      identity: run.chargePointIdentity,
      name: run.chargePointName,
      protocol: text(said['protocol']),
      security_profile: whole(said['security_profile']),
      vendor: text(said['vendor']),
      model: text(said['model']),
      serial_number: text(said['serial_number']),
      firmware_version: text(said['firmware_version']),
    },
    duration_s: completedAt === null ? null : Math.round((completedAt.getTime() - createdAt.getTime()) / 1000),
    started_at: createdAt,
    ended_at: completedAt,
    run: presentRun(run),
  };
}

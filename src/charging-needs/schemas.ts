/** How charging needs look over REST. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import { presentSchedule, shownSchedule } from '../smart-charging/index.ts';
import type { NeedsRow } from './types.ts';

export const transferModes = [
  'ac_single_phase',
  'ac_two_phase',
  'ac_three_phase',
  'dc',
  'ac_bpt',
  'ac_bpt_der',
  'ac_der',
  'dc_bpt',
  'dc_acdp',
  'dc_acdp_bpt',
  'wpt',
] as const;
export const policies = ['schedule', 'later', 'none', 'reject'] as const;

const figure = z.number().nullable();
export const needs = z
  .object({
    id: z.string(),
    session_id: z.string().nullable(),
    connector_id: z.int(),
    transfer_mode: z.enum(transferModes).nullable().describe('How the EV wants to be charged'),
    available_modes: z.array(z.enum(transferModes)).describe('OCPP 2.1: how else it could be'),
    departure_at: z.string().nullable(),
    energy_wh: figure.describe('Until then'),
    min_current_a: figure,
    max_current_a: figure,
    max_voltage_v: figure,
    max_power_w: figure,
    max_discharge_power_w: figure,
    soc_percent: figure,
    capacity_wh: figure,
    control_mode: z.enum(['scheduled', 'dynamic']).nullable(),
    max_schedules: z.int().nullable(),
    parameters: z.record(z.string(), z.unknown()).describe('All of it, in words of OCPP (ChargingNeedsType)'),
    answer: z.enum(['accepted', 'processing', 'rejected', 'no_profile']),
    profile_id: z.int().nullable().describe('The charging profile that it was given'),
    command_id: z.string().nullable().describe('The command that brought it last'),
    ev_schedule: shownSchedule.nullable().describe('How the EV means to charge'),
    ev_schedule_at: instantOut.nullable().describe('When that begins'),
    is_within: z
      .boolean()
      .nullable()
      .describe('false: beyond what it was given; it was told so, and given it once more'),
    renegotiations: z.int(),
    reported_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'ChargingNeeds' });

export function presentNeeds(row: NeedsRow): z.input<typeof needs> {
  const said = row.needs;
  return {
    id: row.id,
    session_id: row.sessionId,
    connector_id: row.evseId,
    transfer_mode: said.transferMode ?? null,
    available_modes: [...said.availableModes],
    departure_at: said.departureAt ?? null,
    energy_wh: said.energyWh ?? null,
    min_current_a: said.minCurrentA ?? null,
    max_current_a: said.maxCurrentA ?? null,
    max_voltage_v: said.maxVoltageV ?? null,
    max_power_w: said.maxPowerW ?? null,
    max_discharge_power_w: said.maxDischargePowerW ?? null,
    soc_percent: said.socPercent ?? null,
    capacity_wh: said.capacityWh ?? null,
    control_mode: said.controlMode ?? null,
    max_schedules: said.maxSchedules ?? null,
    parameters: said.said,
    answer: row.answer,
    profile_id: row.profile?.profileId ?? null,
    command_id: row.commandId,
    ev_schedule: row.evSchedule === null ? null : presentSchedule(row.evSchedule),
    ev_schedule_at: row.evScheduleAt,
    is_within: row.within,
    renegotiations: row.renegotiations,
    reported_at: row.reportedAt,
    updated_at: row.updatedAt,
  };
}

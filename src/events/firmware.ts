/** What events of firmware updates tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';
import { instant } from './fields.ts';

export const firmwareData = {
  'firmware.update_started': z.object({
    update_id: z.string(),
    rollout_id: z.string().nullable().describe('The rollout that it is part of'),
    from_version: z.string().nullable().describe('As the charger said at its last boot; null: it never has'),
    target_version: z.string(),
    requested_at: instant,
  }),
  'firmware.update_completed': z.object({
    update_id: z.string(),
    rollout_id: z.string().nullable(),
    from_version: z.string().nullable(),
    to_version: z.string(),
    verified: z.boolean().describe('The charger has booted with another version than before'),
  }),
  'firmware.update_failed': z.object({
    update_id: z.string(),
    rollout_id: z.string().nullable(),
    from_version: z.string().nullable(),
    target_version: z.string(),
    status: z
      .string()
      .describe('How it ended; installed: the charger said so, and then booted with the version of before'),
    code: z.string().describe('rejected, download_failed, version_unchanged, no_progress, charge_point_deleted, …'),
    message: z.string(),
    attempts: z.int().nonnegative(),
  }),
} as const;

const update = {
  update_id: 'fwu_01KAT3Z6Y8Q0000000000000AH',
  rollout_id: null,
  from_version: '7.0.3',
};

export const firmwareWords = {
  'firmware.update_started': {
    description: 'Firmware update begins on a charge point',
    example: {
      sequence: 15,
      ...update,
      target_version: '7.1.0',
      requested_at: '2026-11-23T11:58:00.000Z',
    },
  },
  'firmware.update_completed': {
    description: 'Firmware update finishes successfully',
    example: { sequence: 16, ...update, to_version: '7.1.0', verified: true },
  },
  'firmware.update_failed': {
    description: 'A firmware update has failed, or proved not to be one (additive)',
    example: {
      sequence: 17,
      ...update,
      target_version: '7.1.0',
      status: 'download_failed',
      code: 'download_failed',
      message: 'NoSpace: 3 MB free',
      attempts: 3,
    },
  },
} as const;

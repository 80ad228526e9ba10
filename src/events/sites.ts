/** What events of sites tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';

const states = ['met', 'lowering', 'unmet'] as const;
/** Why a charger that may draw something cannot be steered. */
export const notLoweredReasons = ['offline', 'refused', 'overruled', 'unmanaged'] as const;
const amount = z.number().nonnegative();

export const siteData = {
  'site.load_changed': z.object({
    site_id: z.string(),
    state: z
      .enum(states)
      .describe(
        'unmet: some chargers cannot be lowered, so that all together may draw more than the cap; else: no more',
      ),
    previous_state: z.enum(states).nullable().describe('null: it was not looked at before'),
    unit: z.enum(['A', 'W']).describe('Of what follows'),
    cap: amount,
    cap_reason: z.enum(['settings', 'schedule', 'price', 'meter', 'meter_silent']),
    ceiling: amount.describe('What all chargers together may draw at this moment, at most'),
    not_lowered: z
      .array(
        z.object({
          charge_point_id: z.string(),
          reason: z.enum(notLoweredReasons),
          ceiling: amount,
        }),
      )
      .describe('Who cannot be steered and may draw something: the 20 that may draw the most'),
  }),
} as const;

export const siteWords = {
  'site.load_changed': {
    description: 'The chargers of a site may draw more than its cap, or no more (additive)',
    example: {
      charge_point_id: null,
      charge_point_identity: null,
      sequence: null,
      site_id: 'site_01KAT3Z6Y8Q0000000000000AJ',
      state: 'unmet',
      previous_state: 'met',
      unit: 'A',
      cap: 20,
      cap_reason: 'meter',
      ceiling: 32,
      not_lowered: [{ charge_point_id: 'cp_01KAT3Z6Y8Q0000000000000AB', reason: 'offline', ceiling: 32 }],
    },
  },
} as const;

/** What the event of a handover tells: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';
import { instant } from './fields.ts';

export const handoverData = {
  'handover.completed': z.object({
    handover_id: z.string(),
    mode: z.enum(['installer_to_owner', 'ownership_transfer']),
    side: z
      .enum(['from', 'to'])
      .describe('Whether the organization of this event gave the charge point away, or got it'),
    from_organization_id: z.string(),
    to_organization_id: z
      .string()
      .nullable()
      .describe('null on the side that gave it away, unless it had named the receiver'),
    note: z.string().nullable(),
    initiated_at: instant,
    accepted_at: instant,
    initiated_by: z.string().nullable().describe('key_… or usr_…; on the side that gave it away only'),
    accepted_by: z.string().nullable().describe('key_… or usr_…; on the side that got it only'),
    site_id: z.string().nullable().describe('Where it stands now; on the side that got it only'),
    key_change: z
      .enum(['none', 'pending', 'offered', 'awaiting_reconnect', 'changed', 'not_changed'])
      .nullable()
      .describe('How far its new key is (docs/handover.md); on the side that got it only'),
  }),
} as const;

export const handoverWords = {
  'handover.completed': {
    description: 'A charger handover to a new operator completes',
    example: {
      sequence: 15,
      handover_id: 'hnd_01KAT3Z6Y8Q0000000000000AH',
      mode: 'installer_to_owner',
      side: 'to',
      from_organization_id: 'org_01KAT3Z6Y8Q0000000000000AJ',
      to_organization_id: 'org_01KAT3Z6Y8Q0000000000000AA',
      note: 'Depot North',
      initiated_at: '2026-11-20T09:00:00.000Z',
      accepted_at: '2026-11-23T12:00:00.000Z',
      initiated_by: null,
      accepted_by: 'usr_01KAT3Z6Y8Q0000000000000AK',
      site_id: null,
      key_change: 'pending',
    },
  },
} as const;

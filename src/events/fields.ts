/** What events of every kind have in common. */
import { z } from 'zod';

export const instant = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, milliseconds');

/** On every event of a charge point. */
export const eventBase = z.object({
  organization_id: z.string(),
  charge_point_id: z.string(),
  charge_point_identity: z.string().describe('OCPP identity'),
  occurred_at: instant.describe("When it happened, by the charger's clock where that is sane"),
  received_at: instant.describe('When the server learned of it'),
  sequence: z.int().positive().describe('Increases by one with every event of this charge point'),
  historical: z.literal(true).optional().describe('Replayed by a charger that had been offline'),
  test: z.literal(true).optional().describe('A sample that somebody asked for; nothing happened'),
});

/** Of every example. */
export const example = {
  organization_id: 'org_01KAT3Z6Y8Q0000000000000AA',
  charge_point_id: 'cp_01KAT3Z6Y8Q0000000000000AB',
  charge_point_identity: 'CP-7',
  occurred_at: '2026-11-23T12:00:00.000Z',
  received_at: '2026-11-23T12:00:00.120Z',
};

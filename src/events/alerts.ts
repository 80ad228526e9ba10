/** What events of alerts tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';

/** Instead of what every event has: it may be of an organization or a site, or of many charge points at once. */
export const ofNoneOrOne = z.object({
  charge_point_id: z.string().nullable().describe('null: it belongs to no single charge point'),
  charge_point_identity: z.string().nullable().describe('OCPP identity'),
  sequence: z.int().positive().nullable().describe('Increases by one with every event of this charge point'),
});

const alert = {
  alert_id: z.string(),
  rule: z.string().describe('What found it (docs/alerts.md)'),
  severity: z.enum(['info', 'warning', 'critical']),
  title: z.string(),
};
const place = { evse_id: z.int().nonnegative(), connector_id: z.int().nonnegative() };

export const alertData = {
  'alert.triggered': z.object({
    ...alert,
    reason: z.string().describe('What is wrong, in a sentence'),
    evidence: z.record(z.string(), z.unknown()).describe('What it was judged by; the fields depend on the rule'),
    ...place,
  }),
  'alert.resolved': z.object({
    ...alert,
    resolution: z
      .enum(['auto', 'manual', 'superseded'])
      .describe('auto: it is so no more; manual: a person said so; superseded: another alert stands for it'),
    duration_s: z.int().nonnegative().describe('Since it was triggered'),
    ...place,
  }),
} as const;

export const alertWords = {
  'alert.triggered': {
    description: 'A monitoring alert fires',
    example: {
      sequence: 15,
      alert_id: 'alr_01KAT3Z6Y8Q0000000000000AH',
      rule: 'offline',
      severity: 'critical',
      title: 'Charger offline',
      reason: 'Not connected since 2026-11-23T11:54:30.000Z',
      evidence: { disconnected_at: '2026-11-23T11:54:30.000Z' },
      evse_id: 0,
      connector_id: 0,
    },
  },
  'alert.resolved': {
    description: 'A previously triggered alert clears',
    example: {
      sequence: 17,
      alert_id: 'alr_01KAT3Z6Y8Q0000000000000AH',
      rule: 'offline',
      severity: 'critical',
      title: 'Charger offline',
      resolution: 'auto',
      duration_s: 742,
      evse_id: 0,
      connector_id: 0,
    },
  },
} as const;

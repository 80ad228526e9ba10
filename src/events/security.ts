/** What security events tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';

export const securityData = {
  'security.event': z.object({
    security_event_id: z.string(),
    type: z.string().describe("From OCA's list of security events, or a vendor's own"),
    critical: z.boolean().describe("By OCA's list: a charger has to report it"),
    severity: z.enum(['info', 'warning', 'critical']).describe('How soon a person should look'),
    tech_info: z.string().nullable(),
  }),
} as const;

export const securityWords = {
  'security.event': {
    description: 'A charge point reports a security event (additive)',
    example: {
      sequence: 12,
      security_event_id: 'sev_01KAT3Z6Y8Q0000000000000AF',
      type: 'TamperDetectionActivated',
      critical: true,
      severity: 'critical',
      tech_info: 'front cover opened',
    },
  },
} as const;

/** What events of commissioning tell: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';
import { instant } from './fields.ts';

const step = z.enum(['connectivity', 'heartbeat', 'configuration', 'connectors', 'test_transaction']);
const id = z.string().describe('The run; its report is at /commissioning-runs/{id}/report');

export const commissioningData = {
  'commissioning.started': z.object({
    commissioning_id: id,
    template_id: z.string().nullable().describe('null: all configuration templates that match the charger'),
    skip_test_transaction: z.boolean(),
    steps: z.array(step).describe('In their order'),
    requested_by: z.string().describe('key_… or usr_…'),
  }),
  'commissioning.completed': z.object({
    commissioning_id: id,
    duration_s: z.int().nonnegative(),
    steps: z.array(
      z.object({
        name: step,
        status: z.enum(['pending', 'running', 'passed', 'failed', 'skipped']),
        started_at: instant.nullable(),
        ended_at: instant.nullable(),
      }),
    ),
  }),
  'commissioning.failed': z.object({
    commissioning_id: id,
    step,
    code: z
      .string()
      .describe('cancelled: somebody ended the run; charge_point_deleted; the others stand in docs/commissioning.md'),
    message: z.string(),
    remedy: z.string().describe('What to do about it'),
    retryable: z.boolean().describe('The same run may well succeed when it is started again as it is'),
    ocpp_response: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('What the charger answered to the request in question; null: it was not about an answer'),
  }),
} as const;

const commissioning_id = 'com_01KAT3Z6Y8Q0000000000000AH';
const passed = (name: z.infer<typeof step>, started_at: string, ended_at: string) => ({
  ...{ name, status: 'passed', started_at, ended_at },
});
const at = (second: string) => `2026-11-23T12:00:${second}.000Z`;

export const commissioningWords = {
  'commissioning.started': {
    description: 'Charger commissioning process begins',
    example: {
      sequence: 15,
      commissioning_id,
      template_id: null,
      skip_test_transaction: false,
      steps: step.options,
      requested_by: 'key_01KAT3Z6Y8Q0000000000000AE',
    },
  },
  'commissioning.completed': {
    description: 'Charger is fully commissioned and operational',
    example: {
      sequence: 24,
      commissioning_id,
      duration_s: 41,
      steps: [
        passed('connectivity', at('00'), at('00')),
        passed('heartbeat', at('00'), at('02')),
        passed('configuration', at('02'), at('05')),
        passed('connectors', at('05'), at('05')),
        passed('test_transaction', at('05'), at('41')),
      ],
    },
  },
  'commissioning.failed': {
    description: 'Commissioning failed',
    example: {
      sequence: 19,
      commissioning_id,
      step: 'test_transaction',
      code: 'remote_start_rejected',
      message: 'Asked to start: The charger answered Rejected',
      remedy: 'Plug in a car or a tester, and see that remote starts are allowed',
      retryable: true,
      ocpp_response: { status: 'Rejected' },
    },
  },
} as const;

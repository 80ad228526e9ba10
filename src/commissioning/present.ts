/** Commissioning runs as REST shows them, and as their report. */
import { z } from 'zod';
import { instantOut } from '../platform/fields.ts';
import { failureCodes, stepNames } from './machine.ts';
import type { RunView } from './read-store.ts';
import { lifecycles, runStatuses, stepStatuses } from './types.ts';

const detail = z.record(z.string(), z.unknown());

export const runSchema = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    charge_point_identity: z.string().nullable().meta({ description: 'null: the charge point was deleted' }),
    status: z.enum(runStatuses),
    step: z.enum(stepNames).nullable().meta({ description: 'The step that runs; null: it has ended' }),
    steps: z.array(
      z.object({
        name: z.enum(stepNames),
        status: z.enum(stepStatuses),
        started_at: instantOut.nullable(),
        ended_at: instantOut.nullable(),
        detail: detail.meta({ description: 'What the step found' }),
      }),
    ),
    failure: z
      .object({
        step: z.enum(stepNames),
        code: z.enum(failureCodes),
        message: z.string(),
        remedy: z.string(),
        retryable: z.boolean(),
        ocpp_response: detail.nullable(),
      })
      .nullable(),
    template_id: z.string().nullable().meta({ description: 'null: all that match' }),
    skip_test_transaction: z.boolean(),
    connectors: z
      .array(z.object({ evse_id: z.int(), connector_id: z.int().nullable() }))
      .nullable()
      .meta({ description: 'Expected ones; null: whatever the charger reports' }),
    session_id: z.string().nullable().meta({ description: 'Of the test transaction' }),
    step_timeout_s: z.int(),
    requested_by: z.string(),
    created_at: instantOut,
    deadline_at: instantOut,
    completed_at: instantOut.nullable(),
  })
  .meta({ id: 'CommissioningRun' });

export const presentRun = (run: RunView): z.input<typeof runSchema> => ({
  id: run.id,
  charge_point_id: run.chargePointId,
  charge_point_identity: run.chargePointIdentity,
  status: run.status,
  step: run.dueAt === null ? null : (run.steps.find(({ status }) => status === 'running')?.name ?? null),
  steps: run.steps.map(({ name, status, startedAt, endedAt, detail: found }) => ({
    name,
    status,
    started_at: startedAt,
    ended_at: endedAt,
    detail: { ...found },
  })),
  failure:
    run.failure === null
      ? null
      : {
          ...run.failure,
          ocpp_response: run.failure.ocpp_response === null ? null : { ...run.failure.ocpp_response },
        },
  template_id: run.templateId,
  skip_test_transaction: run.skipTest,
  connectors: run.expected?.map(({ evseId, connectorId }) => ({ evse_id: evseId, connector_id: connectorId })) ?? null,
  session_id: run.sessionId,
  step_timeout_s: run.stepTimeoutS,
  requested_by: run.requestedBy,
  created_at: run.createdAt,
  deadline_at: run.deadlineAt,
  completed_at: run.completedAt,
});

export const decommissionedSchema = z.object({ charge_point_id: z.string(), lifecycle: z.enum(lifecycles) });

/** A command as REST shows it. */
import { z } from 'zod';
import { instantOut, traceIdOut } from '../platform/fields.ts';
import { redactUrlsWithin } from '../platform/transfer-url.ts';
import type { StoredCommand } from './read-store.ts';

export const commandStatuses = ['queued', 'sent', 'accepted', 'rejected', 'failed', 'timed_out', 'cancelled'] as const;

const commandError = z.object({
  code: z.enum([
    'charger_error',
    'no_answer',
    'not_sent',
    'secret_lost',
    'invalid_call',
    'connection_lost',
    'no_session_started',
    'expired',
    'abandoned',
    'charge_point_deleted',
    'handed_over',
  ]),
  message: z.string(),
  ocpp_code: z.string().optional().describe('Of a CALLERROR, as the charger said it'),
  ocpp_details: z.unknown().optional(),
});

export const commandSchema = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    action: z.string(),
    payload: z.record(z.string(), z.unknown()),
    status: z.enum(commandStatuses),
    timeout_s: z.int(),
    unchecked: z.boolean().describe('Sent without regard to its schema (validate=false)'),
    requested_by: z.string().describe('key_… or usr_… or system'),
    created_at: instantOut,
    expires_at: instantOut.nullable().describe('Until then it waits for a charge point that is offline (queue=true)'),
    sent_at: instantOut.nullable(),
    completed_at: instantOut.nullable(),
    result: z.record(z.string(), z.unknown()).nullable().describe('The answer as the charger gave it'),
    error: commandError.nullable().describe('Why there is no answer, or why it came to nothing'),
    late: z.boolean().describe('It was given up before the charger answered'),
    session_id: z.string().nullable().describe('The session that a remote start led to'),
    trace_id: traceIdOut.describe('Of what asked for it: also of its frames and events'),
  })
  .meta({ id: 'Command' });

/** As REST shows it; also for routes of other rooms that answer with a command. */
export const presentCommand = (command: StoredCommand): z.input<typeof commandSchema> => ({
  id: command.id,
  charge_point_id: command.chargePointId,
  action: command.action,
  payload: redactUrlsWithin(command.payload) as Record<string, unknown>, // an object stays one
  status: command.status,
  timeout_s: command.timeoutS,
  unchecked: command.unchecked,
  requested_by: command.requestedBy,
  created_at: command.createdAt,
  expires_at: command.expiresAt,
  sent_at: command.sentAt,
  completed_at: command.completedAt,
  result: command.result === null ? null : { ...command.result },
  error: command.error === null ? null : { ...command.error },
  late: command.late,
  session_id: command.sessionId,
  trace_id: command.traceId,
});

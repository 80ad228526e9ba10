/** What the event of a command tells: schemas, meanings and examples, for the catalogue. */
import { z } from 'zod';

export const commandData = {
  'command.completed': z.object({
    command_id: z.string(),
    action: z.string().describe("In the words of the charge point's version of OCPP"),
    status: z.enum(['accepted', 'rejected', 'failed', 'timed_out', 'cancelled']),
    requested_by: z.string().describe('key_… or usr_…'),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    session_id: z.string().nullable().describe('The session that a remote start led to'),
  }),
} as const;

export const commandWords = {
  'command.completed': {
    description: 'A command to a charge point has its outcome (additive)',
    example: {
      sequence: 13,
      command_id: 'cmd_01KAT3Z6Y8Q0000000000000AD',
      action: 'Reset',
      status: 'accepted',
      requested_by: 'key_01KAT3Z6Y8Q0000000000000AE',
      error: null,
      session_id: null,
    },
  },
} as const;

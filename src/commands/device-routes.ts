/** REST: friendly commands for the device itself, beside those for sessions (routes.ts). */
import { z } from 'zod';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { IssueCommand } from './issue-command.ts';
import { commandSchema } from './present.ts';
import { createSend } from './routes.ts';
import { asking } from './send-routes.ts';

const { params, timeoutS } = asking;
const common = {
  method: 'post',
  tag: asking.tag,
  access: asking.access,
  status: 202,
  errors: asking.errors,
  params,
  response: commandSchema,
} as const;

export function deviceCommandRoutes({ issue }: { readonly issue: IssueCommand }): AnyRoute[] {
  const send = createSend(issue);
  return [
    route({
      ...common,
      path: '/charge-points/{id}/availability',
      operationId: 'changeAvailability',
      summary: 'Take a charge point or a connector out of service, or back into it',
      description:
        'A charger that is charging may answer that the change follows at the end of its session: the command is accepted, and ' +
        'its `result` says `Scheduled`. The statuses of the connectors tell when it has happened.',
      query: z.strictObject(asking.query),
      body: z.strictObject({
        operative: z.boolean().meta({ examples: [false] }),
        connector_id: z
          .int()
          .min(0)
          .max(1000)
          .optional()
          .describe('0 or absent, and no evse_id: the whole charge point'),
        evse_id: asking.evseId,
        timeout_s: timeoutS,
      }),
      handle(asked) {
        const { operative, evse_id: evseId, connector_id: connectorId } = asked.body;
        const outlet =
          evseId === undefined ? { connectorId: connectorId ?? 0 } : { evseId, connectorId: connectorId || undefined };
        return send(asked, { do: 'availability', operative, ...outlet });
      },
    }),
    route({
      ...common,
      path: '/charge-points/{id}/clear-cache',
      operationId: 'clearCache',
      summary: 'Make a charge point forget which tokens it has seen',
      query: z.strictObject(asking.query),
      body: z.strictObject({ timeout_s: timeoutS }),
      handle: (asked) => send(asked, { do: 'clear_cache' }),
    }),
    route({
      ...common,
      path: '/charge-points/{id}/data-transfer',
      operationId: 'sendDataTransfer',
      summary: "Send a vendor's own message",
      description: 'What it means is between you and the vendor. See docs/data-transfer.md for messages from chargers.',
      query: z.strictObject(asking.query),
      body: z.strictObject({
        vendor_id: z
          .string()
          .min(1)
          .max(255)
          .meta({ examples: ['com.example'] }),
        message_id: z.string().min(1).max(50).optional(),
        data: z
          .unknown()
          .optional()
          .meta({ description: 'Any JSON. OCPP 1.6 carries text only: what is none goes as its JSON text' }),
        timeout_s: timeoutS,
      }),
      handle(asked) {
        const { vendor_id: vendorId, message_id: messageId, data } = asked.body;
        return send(asked, { do: 'data_transfer', vendorId, messageId, data });
      },
    }),
  ];
}

/** Rows as REST shows them. */
import type { z } from 'zod';
import type { DisplayText } from '../ingest/inputs.ts';
import type { displayMessage, displayRefresh } from './schemas.ts';
import { isGone, type MessageRow, type RefreshRow } from './types.ts';

const text = ({ format, language, content }: DisplayText) => ({ format, language: language ?? null, content });

function statusOf(row: MessageRow, now: Date): 'active' | 'scheduled' | 'expired' {
  const { startsAt } = row.message;
  if (isGone(row, now)) return 'expired';
  return startsAt !== undefined && Date.parse(startsAt) > now.getTime() ? 'scheduled' : 'active';
}

export const presentMessage = (row: MessageRow, now: Date): z.input<typeof displayMessage> => {
  const { message } = row;
  return {
    message_id: message.messageId,
    status: statusOf(row, now),
    origin: row.origin,
    priority: message.priority,
    state: message.state ?? null,
    starts_at: message.startsAt ?? null,
    ends_at: message.endsAt ?? null,
    ocpp_transaction_id: message.ocppTransactionId ?? null,
    display:
      message.display === undefined
        ? null
        : {
            name: message.display.name,
            instance: message.display.instance ?? null,
            evse_id: message.display.evseId ?? null,
          },
    ...text(message.text),
    extra: message.extra.map(text),
    command_id: row.commandId,
    created_at: row.createdAt,
    confirmed_at: row.confirmedAt,
  };
};

export const presentRefresh = (row: RefreshRow): z.input<typeof displayRefresh> => ({
  id: row.id,
  status: row.status,
  why: row.why,
  request_id: row.requestId,
  command_id: row.commandId,
  messages: row.parts.items,
  requested_by: row.requestedBy,
  created_at: row.createdAt,
  completed_at: row.completedAt,
});

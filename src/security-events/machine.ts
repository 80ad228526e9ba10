/** What a charger's report of a security event becomes: a row and a domain event, once. Pure. */
import type { Step } from '../ingest/contract.ts';
import {
  classify,
  eventKey,
  type SecurityEventInput,
  type SecurityEventRow,
  type SecurityEventState,
} from './types.ts';

export function decide(state: SecurityEventState, input: SecurityEventInput): Step<SecurityEventState> {
  const { at } = input;
  const { type, critical, severity } = classify(input.eventType);
  const row: SecurityEventRow = {
    id: input.securityEventId,
    type,
    critical,
    severity,
    at: at.at,
    rawAt: at.plausible ? null : (at.raw ?? null),
    historical: at.historical,
    techInfo: input.techInfo ?? null,
    receivedAt: input.receivedAt,
  };
  const key = eventKey(row);
  // Without a time of its own, two reports cannot be told from one repeated: both are kept.
  if (at.plausible && state.known.has(key)) return { state, effects: [], ignored: 'duplicate' };
  return {
    state: { known: new Set([...state.known, key]), added: [...state.added, row] },
    effects: [
      {
        do: 'emit',
        event: {
          type: 'security.event',
          occurredAt: row.at,
          receivedAt: row.receivedAt,
          ...(row.historical ? { historical: true } : {}),
          data: { security_event_id: row.id, type, critical, severity, tech_info: row.techInfo },
        },
      },
    ],
  };
}

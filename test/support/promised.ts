/**
 * What the rooms promise as replies (src/ingest/inputs), for handlers that run without rooms: by `room.type`. A handler that gets a
 * reply has its row here.
 */
const accepted = { authorization: 'accepted' };

export const promised: Readonly<Record<string, unknown>> = {
  'monitoring.stream_opened': { accepted: true },
  'stations.booted': { status: 'accepted', intervalS: 300 },
  'tokens.authorize': accepted,
  'tokens.authorize_start': { ...accepted, transactionId: 4711, sessionId: 'ses_1' },
  'tokens.authorize_stop': { sessionId: 'ses_1', authorized: accepted },
  'tokens.authorize_event': { sessionId: 'ses_1', authorized: accepted, totalCost: undefined },
  'payments.settled': { receiptId: 'stl_1' },
  'charging_needs.needs_reported': 'accepted',
  'charging_needs.schedule_reported': true,
  'smart_charging.values_pulled': { rates: { limit: 16 } },
  'sessions.stopped': { sessionId: 'ses_1', authorized: undefined },
  'sessions.transaction_event': { sessionId: 'ses_1', authorized: undefined, totalCost: 0 },
};

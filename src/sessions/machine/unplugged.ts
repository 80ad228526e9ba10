/**
 * 1.6, OCA's ConnectorUnplugged: from then on the vehicle occupies nothing, whether the stop came before or comes later. Pure. It
 * never ends a session: its stop does, and what it says is the energy.
 */
import type { Effect } from '../../ingest/contract.ts';
import type { UnpluggedReply } from '../../ingest/inputs.ts';
import { flag } from '../energy.ts';
import type { SessionRow, SessionState } from '../types.ts';
import { doubted, told } from './cost.ts';
import { UNPLUGGED } from './course.ts';
import { type Input, type Next, put } from './shared.ts';

export function unplugged(state: SessionState, input: Input<'unplugged'>): Next {
  const session = [...state.sessions.values()].find(
    ({ transactionId, ocppTransactionId }) => ocppTransactionId === null && transactionId === input.transactionId,
  );
  const answer = (known: boolean): Effect => ({ do: 'reply', value: { known } satisfies UnpluggedReply });
  if (session === undefined) return { state, effects: [answer(false)], ignored: 'unknown' };
  const { cost } = session;
  if (cost === null) return { state, effects: [answer(true)], ignored: 'no_cost' };
  // The first word counts: a queued message may come again.
  if (cost.unpluggedAt !== null) return { state, effects: [answer(true)], ignored: 'duplicate' };
  return { state: put(state, leftAt(session, input)), effects: [answer(true)] };
}

function leftAt(session: SessionRow, { at: { at, plausible }, receivedAt }: Input<'unplugged'>): SessionRow {
  const { cost, endedAt } = session;
  if (cost === null) return session;
  if (at < session.startedAt) return flag(session, 'unplugged_before_start');
  const seen = plausible ? session : flag(session, 'implausible_clock');
  const next: SessionRow = { ...seen, cost: { ...cost, unpluggedAt: at } };
  if (endedAt === null) return told(next, { at, state: UNPLUGGED }, receivedAt);
  // What was counted at the stop ends sooner; or later, if standing there goes on to cost.
  return at <= endedAt || cost.manner?.isIdleAfterStop === true ? doubted(next, 'unplugged') : next;
}

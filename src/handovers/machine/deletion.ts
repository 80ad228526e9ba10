/**
 * A charge point is deleted: what is under way ends and is told, then its rows go. Pure. Never while a session runs: its end would
 * be told by nobody.
 */
import type { Effect, Step } from '../../ingest/contract.ts';
import type { DeletionInput, DeletionReply } from '../../ingest/inputs.ts';
import type { DeletionState } from '../types.ts';
import { endsOfWork } from './ends.ts';

export const DELETED = 'charge_point_deleted';
const reply = (value: DeletionReply): Effect => ({ do: 'reply', value });

export function decideDeletion(
  state: DeletionState,
  input: DeletionInput,
  organizationId: string,
  now: Date,
): Step<DeletionState> {
  const { facts } = state;
  if (facts === undefined) return { state, effects: [reply({ at: 'unknown' })], ignored: 'unknown' };
  const { openSessionId: sessionId } = facts;
  if (sessionId !== null) return { state, effects: [reply({ at: 'charging', sessionId })], ignored: 'charging' };
  const { chargePointId, receivedAt } = input;
  const effects: Effect[] = endsOfWork(facts, input, now, DELETED);
  // A handover waits for the end of a run, and goes on with the connection until its socket is closed: these end with a deletion only.
  if (facts.lifecycle === 'commissioning')
    effects.push({
      do: 'feed',
      input: { room: 'commissioning', type: 'charge_point_deleted', chargePointId, receivedAt },
    });
  if (facts.connected) {
    const { generation } = facts;
    effects.push({
      do: 'feed',
      input: { room: 'stations', type: 'disconnected', chargePointId, receivedAt, generation, reason: DELETED },
    });
  }
  effects.push({ do: 'wake', wake: { wake: 'connection', chargePointId } }, reply({ at: 'deleted' }));
  return { state: { facts: undefined, deletion: { from: organizationId, at: now } }, effects };
}

/** How the room takes part in the one door for every change, and the periodic job that forgets. */
import type { Database } from '../database/contract.ts';
import type { Participant } from '../ingest/contract.ts';
import type { MonitoringInput } from '../ingest/inputs.ts';
import { firstIdAt } from '../platform/ids.ts';
import { type Context, decide } from './machine.ts';
import { forgetEvents, forgetValues, loadMonitoring, saveMonitoring } from './store.ts';
import type { MonitoringState } from './types.ts';

export const monitoringParticipant = (
  options: Pick<Context, 'mostStreams'>,
): Participant<MonitoringState, MonitoringInput> => ({
  room: 'monitoring',
  load: loadMonitoring,
  decide: (state, input, { now }) => decide(state, input, { ...options, now }),
  save: saveMonitoring,
});

const DAY_MS = 86_400_000;

/** For the table of periodic jobs. Returns how many rows went. `days`: EVENTS_RETENTION_DAYS. */
export async function forgetMonitoring(db: Pick<Database, 'rows'>, now: Date, days: number): Promise<number> {
  const before = new Date(now.getTime() - days * DAY_MS);
  return (await forgetEvents(db, firstIdAt('vev', before))) + (await forgetValues(db, before));
}

/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import { createPlans, type Plans } from '../tariffs/index.ts';
import { loadSessions } from './load-store.ts';
import { foresee } from './machine/transaction.ts';
import { decide } from './machine.ts';
import { saveSessions } from './store.ts';
import type { SessionState } from './types.ts';

type Options = {
  /** Default: some of its own. */
  readonly plans?: Plans;
  /** A session's running cost is told at most so often; default: machine.ts. */
  readonly costEveryMs?: number;
};

export const sessionsParticipant = ({
  plans = createPlans(),
  costEveryMs,
}: Options = {}): Participant<SessionState, SessionInput> => ({
  room: 'sessions',
  load: (tx, inputs) => loadSessions(tx, inputs, plans),
  foresee,
  decide: (state, input, context) =>
    decide(state, input, { ...context, ...(costEveryMs !== undefined && { costEveryMs }) }),
  save: saveSessions,
});

/** How the room takes part in the one door for every change. */
import type { CallRules } from '../commands/index.ts';
import type { Participant } from '../ingest/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import { idFrom } from '../platform/ids.ts';
import { createPlans, type Plans } from '../tariffs/index.ts';
import { loadSessions } from './load-store.ts';
import type { Words } from './machine/driver.ts';
import { foresee } from './machine/transaction.ts';
import { decide } from './machine.ts';
import { saveSessions } from './store.ts';
import type { SessionState } from './types.ts';

type Options = {
  /** Default: some of its own. */
  readonly plans?: Plans;
  /** A session's running cost is told at most so often; default: machine.ts. */
  readonly costEveryMs?: number;
  /** How drivers are told what sessions cost, in the words of each version; absent: they are not. */
  readonly calls?: Pick<CallRules, 'translate'>;
};

export const sessionsParticipant = ({
  plans = createPlans(),
  costEveryMs,
  calls,
}: Options = {}): Participant<SessionState, SessionInput> => {
  const words: Words | undefined = calls && {
    show: (protocol, what) => calls.translate(protocol, what),
    idOf: (about, revision, now) => idFrom('cmd', now, `${about} ${revision}`),
  };
  return {
    room: 'sessions',
    load: (tx, inputs) => loadSessions(tx, inputs, plans),
    foresee,
    decide: (state, input, { now }) => decide(state, input, { now, words, costEveryMs }),
    save: saveSessions,
  };
};

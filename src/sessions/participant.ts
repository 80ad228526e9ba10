/** How the room takes part in the one door for every change. */
import type { Participant } from '../ingest/contract.ts';
import type { SessionInput } from '../ingest/inputs.ts';
import { foresee } from './machine/transaction.ts';
import { decide } from './machine.ts';
import { loadSessions, saveSessions } from './store.ts';
import type { SessionState } from './types.ts';

export const sessions: Participant<SessionState, SessionInput> = {
  room: 'sessions',
  load: loadSessions,
  foresee,
  decide,
  save: saveSessions,
};

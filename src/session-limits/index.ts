/** The door of the room: what sessions may cost, take or last at most. */
import type { Participant } from '../ingest/contract.ts';
import type { SessionLimitInput } from '../ingest/inputs.ts';
import { idFrom } from '../platform/ids.ts';
import { decide } from './machine.ts';
import { loadLimits, saveLimits } from './store.ts';
import type { LimitState, Words } from './types.ts';

export { sessionLimitRoutes } from './routes.ts';
export { limitBody, limitOf, presentLimit, shownSessionLimit } from './schemas.ts';
export { limitsOf } from './store.ts';
export { forgetUnusedLimits, sweepSessionLimits } from './sweep.ts';

/** `words`: how a wish is put in a version of OCPP. */
export const sessionLimitsParticipant = (words: Words): Participant<LimitState, SessionLimitInput> => ({
  room: 'session_limits',
  load: loadLimits,
  decide: (state, input, { now }) => decide(state, input, { words, idFrom, now }),
  save: saveLimits,
});

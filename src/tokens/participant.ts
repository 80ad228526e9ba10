/** How the room takes part in the one door for every change. It answers and feeds; of its own it writes down strangers only. */
import type { Participant } from '../ingest/contract.ts';
import type { TokenInput } from '../ingest/inputs.ts';
import { decide, foresee } from './machine.ts';
import { loadTokens } from './store.ts';
import type { TokenState } from './types.ts';
import { saveStrangers } from './unknown-store.ts';

export const tokens: Participant<TokenState, TokenInput> = {
  room: 'tokens',
  load: loadTokens,
  foresee,
  decide,
  save: saveStrangers,
};

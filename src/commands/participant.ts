/** How the commands room takes part in the one door for every change (ingest/contract.ts). */
import type { Participant } from '../ingest/contract.ts';
import type { CommandInput } from '../ingest/inputs.ts';
import { announceEnds } from './announce.ts';
import { decide } from './machine.ts';
import { loadCommands, saveCommands } from './store.ts';
import type { CommandState } from './types.ts';

export const commandsParticipant = (): Participant<CommandState, CommandInput> => ({
  room: 'commands',
  load: loadCommands,
  decide(state, input, { now }) {
    const step = decide(state, input, now);
    return { ...step, effects: [...step.effects, ...announceEnds(state, step.state, input, now)] };
  },
  save: saveCommands,
});

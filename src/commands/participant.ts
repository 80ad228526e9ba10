/** How the commands room takes part in the one door for every change (ingest/contract.ts). */
import type { Participant } from '../ingest/contract.ts';
import type { CommandInput } from '../ingest/inputs.ts';
import { announceEnds } from './announce.ts';
import { tellFollowers } from './followers.ts';
import { decide } from './machine.ts';
import { loadCommands, saveCommands } from './store.ts';
import type { CommandState } from './types.ts';

export const commandsParticipant = (): Participant<CommandState, CommandInput> => ({
  room: 'commands',
  load: loadCommands,
  decide(state, input, { now, traceId }) {
    const step = decide(state, input, now, traceId);
    const told = [...announceEnds(state, step.state, input, now), ...tellFollowers(state, step.state, input)];
    return told.length === 0 ? step : { ...step, effects: [...step.effects, ...told] };
  },
  save: saveCommands,
});

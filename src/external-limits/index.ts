/** The door of the external-limits room: what grid operators and energy managers allow stations, as the stations tell it. */
import type { Participant } from '../ingest/contract.ts';
import { decide } from './machine.ts';
import { loadLimits, saveLimits } from './store.ts';
import type { ExternalLimitInput, ExternalLimitState } from './types.ts';

export { externalLimitRoutes } from './routes.ts';

export const externalLimits: Participant<ExternalLimitState, ExternalLimitInput> = {
  room: 'external_limits',
  load: loadLimits,
  decide,
  save: saveLimits,
};

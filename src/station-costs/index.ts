/** The door of the room: what stations of OCPP 2.1 compute that sessions cost. */
import type { Participant } from '../ingest/contract.ts';
import type { StationCostInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadCosts, saveCosts } from './store.ts';
import type { StationCostState } from './types.ts';

export { stationCostRoutes } from './routes.ts';

export const stationCosts: Participant<StationCostState, StationCostInput> = {
  room: 'station_costs',
  load: loadCosts,
  decide,
  save: saveCosts,
};

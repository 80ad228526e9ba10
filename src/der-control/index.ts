/** The door of the der-control room: what stations with generators, batteries and discharging EVs do for the grid (OCPP 2.1 block R). */
import type { Participant } from '../ingest/contract.ts';
import { decide } from './machine.ts';
import { loadDer, saveDer } from './store.ts';
import type { DerControlInput, DerState } from './types.ts';

export { type DerReads, derReads } from './read-store.ts';
export { derReportRoutes } from './report-routes.ts';
export { derControlRoutes } from './routes.ts';

export const derControl: Participant<DerState, DerControlInput> = {
  room: 'der_control',
  load: loadDer,
  decide,
  save: saveDer,
};

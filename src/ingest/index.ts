export type { Effect, EventWriter, Ingest, Participant, Root, Rooted, Step, Wake } from './contract.ts';
export { createIngest, type IngestMetrics, type IngestOptions, participant, type RunningIngest } from './engine.ts';

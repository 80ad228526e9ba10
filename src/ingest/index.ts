export type { AnyParticipant } from './batch.ts';
export type { Effect, EmittedEvent, EventWriter, Ingest, Participant, Root, Step, Wake } from './contract.ts';
export { createIngest, type IngestMetrics, type IngestOptions, participant, type RunningIngest } from './engine.ts';
export { addRoots } from './store.ts';

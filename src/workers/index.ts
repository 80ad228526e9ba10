/** The door of the workers: several server processes of one machine that share its ports (docs/decisions/012-workers.md). */
export { connectionsWanted, tooFewConnections } from './connections.ts';
export { connectionsAllowed } from './connections-store.ts';
export { forkingOf } from './fork.ts';
export { isWorker, type Line, lineToFirst } from './line.ts';
export { createSupervisor, type Supervisor } from './supervisor.ts';

/** Whether the connections of all workers fit into the database server, so that the last one does not fail under load. */

/** Beside its pool: the one that listens, and one for migrations at its start. */
const BESIDE_POOL = 2;
/** Scripts, and whoever looks after the server. */
const OTHERS = 5;

/** Of several one more than there are: while they are replaced, the successor is there before the old one has left. */
const most = (workers: number): number => (workers === 1 ? 1 : workers + 1);

export const connectionsWanted = (workers: number, poolSize: number): number =>
  most(workers) * (poolSize + BESIDE_POOL) + OTHERS;

/** Why they do not fit; undefined: they do. */
export function tooFewConnections(of: {
  readonly workers: number;
  readonly poolSize: number;
  readonly allowed: number;
}): string | undefined {
  const wanted = connectionsWanted(of.workers, of.poolSize);
  if (wanted <= of.allowed) return undefined;
  const fits = Math.floor((of.allowed - OTHERS) / most(of.workers)) - BESIDE_POOL;
  return `WORKERS=${of.workers} with DATABASE_POOL_SIZE=${of.poolSize} may need ${wanted} connections, and the database allows ${of.allowed}. Lower DATABASE_POOL_SIZE${fits >= 3 ? ` to ${fits}` : ''} or WORKERS, or raise max_connections.`;
}

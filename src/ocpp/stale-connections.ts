/**
 * Sockets of this process and the rows that say who is connected to it, compared both ways. They part when a failover of the database
 * loses what was committed last, or when the end of a connection could not be written. A row without a socket gets its end, a socket
 * without its row is closed, so that the charger comes back. It must never harm one that is just coming or going.
 */
import type { Admission } from './admission.ts';
import type { Logger } from './needs.ts';
import type { Registry } from './registry.ts';
import type { HeldRow } from './stale-connections-store.ts';

type Needs = {
  readonly heldHere: () => Promise<readonly HeldRow[]>;
  readonly registry: Pick<Registry, 'connections' | 'get'>;
  readonly admission: Pick<Admission, 'isOpening' | 'tellDisconnected'>;
  /** Reads the rows of these again, and closes the sockets that may not stay. */
  readonly recheck: (chargePointIds: readonly string[]) => Promise<void>;
  readonly log: Logger;
};

/** The job. What it cannot read changes nothing. */
export function createStaleConnections({ heldHere, registry, admission, recheck, log }: Needs): () => Promise<void> {
  /** Rows without a socket in the look before, with their generation. */
  let suspects: ReadonlyMap<string, number> = new Map();

  return async () => {
    const before = suspects;
    suspects = new Map(); // a look that fails is none
    // Those that were there before the question: of any that opens later the answer may know nothing.
    const sockets = [...registry.connections()];
    const rows = new Map((await heldHere()).map(({ chargePointId, generation }) => [chargePointId, generation]));
    const strays = sockets.filter(({ chargePointId, link }) => rows.get(chargePointId) !== link?.generation);
    if (strays.length > 0) await recheck(strays.map(({ chargePointId }) => chargePointId));

    const found = new Map<string, number>();
    for (const [chargePointId, generation] of rows) {
      if (registry.get(chargePointId) !== undefined || admission.isOpening(chargePointId)) continue;
      // Its end may be on its way: told twice it is one.
      if (before.get(chargePointId) !== generation) found.set(chargePointId, generation);
      else {
        log.warn({ chargePointId, generation }, 'a connection that the database still had is over');
        admission.tellDisconnected(chargePointId, generation, 'connection_lost');
      }
    }
    suspects = found;
  };
}

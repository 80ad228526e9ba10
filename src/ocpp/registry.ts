/**
 * Who is connected to this process, by charge point. The newest authenticated connection wins (T1); generations tell an old
 * socket's late end from the current one's (T2). It must never let an older generation take the place of a newer one.
 */
import type { Connection } from './connection.ts';

export type Registry = {
  /** Takes the connection in and cuts off the one before. False: it is the older one, and was cut off itself. */
  add(connection: Connection): boolean;
  /** A newer connection was authenticated although it did not live to be added: the one before is stale too. */
  supersede(chargePointId: string, generation: number): void;
  /** False: it was not (any more) the current one. */
  remove(connection: Connection): boolean;
  get(chargePointId: string): Connection | undefined;
  connections(): Iterable<Connection>;
  size(): number;
  /** Resolves when all are gone, at the latest after `withinMs`; then the rest is cut off. New ones are not prevented here. */
  closeAll(options: { readonly code: number; readonly reason: string; readonly withinMs: number }): Promise<void>;
};

type RegistryNeeds = {
  /** An old connection had to give way; `alive`: it had been heard of lately, so two chargers may share one identity. */
  readonly onReplaced: (old: Connection, by: number) => void;
};

/** The closing of all is spread over this part of the time there is. */
const SPREAD = 0.4;

export function createRegistry({ onReplaced }: RegistryNeeds): Registry {
  const byChargePoint = new Map<string, Connection>();
  const waiters: (() => void)[] = [];

  function replace(old: Connection, by: number): void {
    onReplaced(old, by);
    old.replaced = true;
    byChargePoint.delete(old.chargePointId);
    old.terminate('replaced');
  }

  return {
    add(connection) {
      const old = byChargePoint.get(connection.chargePointId);
      const generation = connection.link?.generation ?? 0;
      if (old !== undefined && old !== connection) {
        if ((old.link?.generation ?? 0) > generation) {
          connection.replaced = true;
          connection.terminate('replaced');
          return false;
        }
        replace(old, generation);
      }
      byChargePoint.set(connection.chargePointId, connection);
      return true;
    },
    supersede(chargePointId, generation) {
      const old = byChargePoint.get(chargePointId);
      if (old !== undefined && (old.link?.generation ?? 0) < generation) replace(old, generation);
    },
    remove(connection) {
      if (byChargePoint.get(connection.chargePointId) !== connection) return false;
      byChargePoint.delete(connection.chargePointId);
      if (byChargePoint.size === 0) for (const done of waiters.splice(0)) done();
      return true;
    },
    get: (chargePointId) => byChargePoint.get(chargePointId),
    connections: () => byChargePoint.values(),
    size: () => byChargePoint.size,
    async closeAll({ code, reason, withinMs }) {
      const spreadMs = withinMs * SPREAD;
      const timers = [...byChargePoint.values()].map((connection) =>
        setTimeout(() => connection.finish(code, reason, 'server_stopped'), Math.random() * spreadMs),
      );
      if (byChargePoint.size > 0) {
        await new Promise<void>((resolve) => {
          const late = setTimeout(resolve, withinMs);
          waiters.push(() => {
            clearTimeout(late);
            resolve();
          });
        });
      }
      for (const timer of timers) clearTimeout(timer);
      for (const connection of [...byChargePoint.values()]) connection.breakOff(code, reason, 'server_stopped');
    },
  };
}

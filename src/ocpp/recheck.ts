/** Whether a connection may stay, as the database has its charge point now. It must never judge one by what was read before it was there. */
import type { Database } from '../database/contract.ts';
import type { Connection } from './connection.ts';
import { type LoginRow, loginsById } from './login-store.ts';
import type { Registry } from './registry.ts';

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly registry: Pick<Registry, 'get' | 'supersede'>;
  readonly nodeId: string;
};

const AT_ONCE = 1_000;

/** Of these charge points those that are connected here. A new key does not end a connection that was made with the old one. */
export function createRecheck({ db, registry, nodeId }: Needs): (chargePointIds: readonly string[]) => Promise<void> {
  const isCurrent = (connection: Connection): boolean => registry.get(connection.chargePointId) === connection;

  function judge(connection: Connection, login: LoginRow | undefined): void {
    if (connection.link === undefined) return;
    const { login: was, securityProfile: shown } = connection.greeting;
    // T1: the newest wins, on whatever process; its end is nobody's news (T3)
    if (login !== undefined && login.generation > connection.link.generation)
      registry.supersede(connection.chargePointId, login.generation);
    else if (login !== undefined && (login.nodeId !== nodeId || login.generation !== connection.link.generation))
      // This process seemed dead to another one (src/nodes), or a failover of the database lost what was committed last:
      // what the record says and what is must be the same again.
      connection.close(1012, 'this connection was given up meanwhile, connect again', 'kicked');
    else if (login === undefined) connection.close(1008, 'this charge point is not registered any more', 'deleted');
    else if (login.lifecycle === 'decommissioned')
      connection.close(1008, 'this charge point is decommissioned', 'kicked');
    else if (
      (login.securityProfile !== shown && login.nextSecurityProfile !== shown) ||
      login.identity !== was.identity ||
      login.organizationId !== was.organizationId
    ) {
      connection.close(1008, 'the record of this charge point changed, connect again', 'kicked');
    } else if (login.nextKeyState === 'until_used' && was.nextKeyState !== 'until_used') {
      // Once: a charger that comes back with the old key all the same may stay.
      connection.close(1012, 'it has a new key, connect again with it', 'kicked');
    } else if (login.strict !== was.strict) connection.link = { ...connection.link, strict: login.strict };
  }

  return async (chargePointIds) => {
    for (let i = 0; i < chargePointIds.length; i += AT_ONCE) {
      const asked = chargePointIds.slice(i, i + AT_ONCE).flatMap((id) => {
        const connection = registry.get(id);
        return connection?.link === undefined ? [] : [connection];
      });
      if (asked.length === 0) continue;
      const logins = await loginsById(
        db,
        asked.map(({ chargePointId }) => chargePointId),
      );
      asked.forEach((connection, k) => {
        if (isCurrent(connection)) judge(connection, logins[k]);
      });
    }
  };
}

/** What happens before anybody is served, whether by this process or by its workers: database, key ring, first organization. */
import { createPasswords, ensureFirstOrganization } from './auth/index.ts';
import type { Config } from './config/index.ts';
import { type OpenDatabase, openDatabase } from './database/index.ts';
import { systemClock } from './platform/clock.ts';
import { type KeyRing, openKeyRing, warnOfLostKeys } from './secrets/index.ts';
import { tellCredentials } from './start-texts.ts';
import type { Logger } from './telemetry/index.ts';
import { connectionsWanted } from './workers/index.ts';

/** As many as it has by itself. */
const EMBEDDED_CONNECTIONS = 60;
/** Those that it keeps for its owner, and one or two that are just ending. */
const SPARE_CONNECTIONS = 5;

/** `url`: of a database that another process keeps, instead of DATABASE_URL or an embedded one of our own. */
export const openConfigured = (
  config: Config,
  log: Logger,
  { url }: { url?: string | undefined } = {},
): Promise<OpenDatabase> =>
  openDatabase({
    ...config.database,
    ...(url !== undefined && { url }),
    settings: { max_connections: String(embeddedConnections(config)) },
    dataDir: config.dataDir,
    log,
    onFatal: (why) => {
      log.error({ why }, 'the database is lost: the process ends');
      process.exit(1);
    },
  });

/** Our own server has room for what we may ask of it. */
const embeddedConnections = ({ workers, database }: Config): number =>
  Math.max(EMBEDDED_CONNECTIONS, connectionsWanted(workers, database.poolSize) + SPARE_CONNECTIONS);

export async function prepare(config: Config, db: OpenDatabase, log: Logger): Promise<KeyRing> {
  const keyRing = openKeyRing({ keys: config.secretKeys, dataDir: config.dataDir });
  await warnOfLostKeys({ db, keyRing, log });
  const first = await ensureFirstOrganization({
    db,
    config: config.bootstrap,
    peppers: keyRing.peppers('api-key'),
    passwords: createPasswords(),
    clock: systemClock,
  });
  // At once: whatever happens after this, these were seen.
  if (first.created) tellCredentials(first);
  return keyRing;
}

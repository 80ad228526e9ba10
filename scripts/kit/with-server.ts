/**
 * The database server of this installation as it is, for scripts that must not migrate it first: DATABASE_URL, or the embedded one, running
 * or not.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { type Config, installationHome, loadConfig } from '../../src/config/index.ts';
import { clusterExists } from '../../src/database/embedded/cluster.ts';
import type { Settings } from '../../src/database/embedded/launch.ts';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { AppError } from '../../src/platform/errors.ts';
import { openKeyRing } from '../../src/secrets/index.ts';

export type Server = {
  readonly config: Config;
  /** Past a connection pooler, which takes no settings of a connection: a script asks a few questions. */
  readonly connection: pg.ClientConfig;
  readonly url: string;
  /** The embedded one, and another process runs it. */
  readonly isShared: boolean;
};

const say = (_fields: object, message: string): void => console.error(message);
export const log = { debug: () => undefined, info: () => undefined, warn: say, error: say };

type Wanted = {
  /** What is said where there is no database yet; without it one is made. */
  readonly mustExist?: string;
  /** Of the embedded server, where it is started for this. */
  readonly settings?: Settings;
};

export async function withServer<T>(
  work: (server: Server) => Promise<T>,
  { mustExist, settings = {} }: Wanted = {},
): Promise<T> {
  const config = loadConfig(process.env, installationHome());
  const url = config.database.directUrl ?? config.database.url;
  if (url !== undefined) return work({ config, connection: { connectionString: url }, url, isShared: false });
  if (mustExist !== undefined && !clusterExists(config.dataDir))
    throw new AppError('not_found', `There is no database in ${config.dataDir}: ${mustExist}`);
  const onFatal = (why: string): never => {
    console.error(why);
    process.exit(1);
  };
  const server = await useEmbeddedServer({ dataDir: config.dataDir, log, onFatal, settings });
  try {
    return await work({ config, connection: server.connection, url: server.url, isShared: !server.owned });
  } finally {
    await server.stop();
  }
}

/** Names of the keys of the ring, without making one. */
export function keyIdsOf({ secretKeys, dataDir }: Config): readonly string[] {
  if (secretKeys === undefined && !existsSync(join(dataDir, 'secret-keys'))) return [];
  return openKeyRing({ keys: secretKeys, dataDir }).kids;
}

export const foldersOf = ({ uploads, firmware, exports }: Config) => ({
  uploads: uploads.dir,
  firmware: firmware.dir,
  exports: exports.dir,
});

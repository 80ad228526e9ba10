/** The folder prisma/migrations as the runner sees it. Reads only. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from '../config/installation.ts';

export type Migration = {
  readonly name: string;
  readonly sql: string;
  /** Of the file as it is, first, and as it would be with the other line ends: git on Windows changes them. */
  readonly checksums: readonly string[];
  /** Runs outside of a transaction: CREATE INDEX CONCURRENTLY and its like. */
  readonly alone: boolean;
  /** The index that it builds beside the writers; such a file is run again where it was interrupted. */
  readonly index: string | undefined;
};

const ALONE = /^\s*--\s*dynamo:no-transaction\b/;
const BUILDS = /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY "?(\w+)"?\s/im;

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

export const migrationsFolder = (): string => join(installationRoot(), 'prisma', 'migrations');

/** In order of their names, which begin with a time. */
export function readMigrations(folder: string): Migration[] {
  if (!existsSync(folder)) throw new Error(`The folder of the migrations is missing: ${folder}`);
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'migration.sql')))
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const content = readFileSync(join(folder, name, 'migration.sql'));
      const sql = content.toString('utf8');
      const unix = sql.replaceAll('\r\n', '\n');
      return {
        name,
        sql,
        checksums: [...new Set([sha256(content), sha256(unix), sha256(unix.replaceAll('\n', '\r\n'))])],
        alone: ALONE.test(sql),
        index: ALONE.test(sql) ? BUILDS.exec(sql)?.[1] : undefined,
      };
    });
}

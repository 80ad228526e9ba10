/**
 * What a change of prisma/schema.prisma means in SQL, for people who write migrations. Works on a scratch database only;
 * needs the development dependency `prisma`, which the running program never does.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installationRoot } from '../config/installation.ts';

export type AuthorOptions = {
  /** Holds prisma/ and scripts/. */
  readonly root?: string;
  /** A PostgreSQL server to make the scratch database on; without it a throw-away embedded one is started. */
  readonly server?: string | undefined;
};

/** SQL that leads from the migrations to the schema; undefined when they describe the same database. */
export function schemaDrift({ root = installationRoot(), server }: AuthorOptions = {}): string | undefined {
  const where = server === undefined ? '--throw-away' : `--server=${server}`;
  const from = ['--from-migrations', 'prisma/migrations', '--to-schema', 'prisma/schema.prisma'];
  const script = join(root, 'scripts', 'prisma.mjs');
  const ran = spawnSync(process.execPath, [script, where, 'migrate', 'diff', ...from, '--script', '--exit-code'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (ran.status === 0) return undefined;
  if (ran.status === 2) return `${ran.stdout.trim()}\n`;
  const said = `${ran.stderr}${ran.stdout}`.replace(/^Loaded Prisma config.*$/m, '').trim();
  throw new Error(
    `The schema and the migrations could not be compared: ${said || ran.error?.message || 'no reason given'}`,
  );
}

const digits = (moment: Date): string => moment.toISOString().replaceAll(/\D/g, '').slice(0, 14);

/** Writes prisma/migrations/<time>_<name>/migration.sql and returns its path. Sorts after all that are there. */
export function writeMigration(
  sql: string,
  name: string,
  { root = installationRoot(), now }: { root?: string; now: Date },
): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_');
  const slug = words.replaceAll(/^_+|_+$/g, '');
  if (slug === '' || slug.length > 100)
    throw new Error(`"${name}" is no name for a migration: letters and digits, up to 100.`);
  const folder = join(root, 'prisma', 'migrations');
  const existing = existsSync(folder) ? readdirSync(folder).filter((entry) => /^\d{14}_/.test(entry)) : [];
  const last = existing.sort().at(-1)?.slice(0, 14) ?? '0';
  const time = digits(now) > last ? digits(now) : String(BigInt(last) + 1n);
  const path = join(folder, `${time}_${slug}`, 'migration.sql');
  mkdirSync(join(folder, `${time}_${slug}`));
  writeFileSync(path, sql, { flag: 'wx' });
  return path;
}

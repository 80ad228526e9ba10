/**
 * The database and the keys of this installation, for scripts that admins run beside the server or without it. It must never
 * start a second server on a data directory: a running one is shared.
 */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type pg from 'pg';
import { type AuditLog, createAudit } from '../../src/audit/index.ts';
import { ConfigError, installationHome, loadConfig } from '../../src/config/index.ts';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { connectDatabase, type Database, migrate, migrationsFolder } from '../../src/database/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { AppError } from '../../src/platform/errors.ts';
import { type KeyRing, openKeyRing } from '../../src/secrets/index.ts';

export type Installation = { readonly db: Database; readonly keyRing: KeyRing; readonly audit: AuditLog };

const say = (_fields: object, message: string): void => console.error(message);
const log = { debug: () => undefined, info: () => undefined, warn: say, error: say };

export async function withInstallation<T>(work: (installation: Installation) => Promise<T>): Promise<T> {
  const config = loadConfig(process.env, installationHome());
  const { url, directUrl } = config.database;
  const onFatal = (why: string): never => {
    console.error(why);
    process.exit(1);
  };
  const server = url === undefined ? await useEmbeddedServer({ dataDir: config.dataDir, log, onFatal }) : undefined;
  try {
    // A script asks a few questions: it goes around a pooler, which takes no settings of a connection.
    const at = directUrl ?? url;
    const connection: pg.PoolConfig = server?.connection ?? { connectionString: at };
    await migrate({ connection, folder: migrationsFolder(), log });
    const keyRing = openKeyRing({ keys: config.secretKeys, dataDir: config.dataDir });
    const db = connectDatabase({ connection, url: server?.url ?? at ?? '', poolSize: 2, log });
    try {
      const audit = createAudit({ db, keys: keyRing.peppers('audit'), clock: systemClock, log });
      return await work({ db, keyRing, audit });
    } finally {
      await db.close();
    }
  } finally {
    await server?.stop();
  }
}

/** The organization that is asked for; unasked, the only one there is. */
export async function organizationId({ db }: Installation, wanted: string | undefined): Promise<string> {
  if (wanted !== undefined) {
    const found = await db.prisma.organization.findUnique({ where: { id: wanted }, select: { id: true } });
    if (found === null) throw new AppError('not_found', `There is no organization ${wanted}`);
    return found.id;
  }
  const some = await db.prisma.organization.findMany({ orderBy: { id: 'asc' }, take: 21 });
  const [only, ...more] = some;
  if (only === undefined) {
    throw new AppError(
      'not_found',
      'There is no organization yet: start the server once, or use create-admin --new-organization',
    );
  }
  if (more.length === 0) return only.id;
  const names = some.slice(0, 20).map(({ id, name }) => `  ${id}  ${name}`);
  throw new AppError(
    'conflict',
    `There are several organizations; say which with --organization:\n${names.join('\n')}`,
  );
}

export const newPassword = (): string => randomBytes(15).toString('base64url');

/** The first line of standard input. */
export async function lineFromStdin(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

/** Faults that a person can mend are told in their own words, with exit code 1. */
export async function runProgram(program: Command): Promise<never> {
  try {
    await program.parseAsync();
    return process.exit(0);
  } catch (cause) {
    const isTold = cause instanceof AppError || cause instanceof ConfigError;
    console.error(
      isTold ? cause.message : `${program.name()}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
    return process.exit(1);
  }
}

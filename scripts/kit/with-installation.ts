/**
 * The database and the keys of this installation, for scripts that admins run beside the server or without it. It must never
 * start a second server on a data directory: a running one is shared.
 */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type AuditLog, createAudit } from '../../src/audit/index.ts';
import { ConfigError } from '../../src/config/index.ts';
import { connectDatabase, type Database, migrate, migrationsFolder } from '../../src/database/index.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { AppError } from '../../src/platform/errors.ts';
import { type KeyRing, openKeyRing } from '../../src/secrets/index.ts';
import { log, withServer } from './with-server.ts';

export type Installation = { readonly db: Database; readonly keyRing: KeyRing; readonly audit: AuditLog };

export const withInstallation = <T>(work: (installation: Installation) => Promise<T>): Promise<T> =>
  withServer(async ({ config, connection, url }) => {
    await migrate({ connection, folder: migrationsFolder(), log });
    const keyRing = openKeyRing({ keys: config.secretKeys, dataDir: config.dataDir });
    const db = connectDatabase({ connection, url, poolSize: 2, log });
    try {
      const audit = createAudit({ db, keys: keyRing.peppers('audit'), clock: systemClock, log });
      return await work({ db, keyRing, audit });
    } finally {
      await db.close();
    }
  });

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

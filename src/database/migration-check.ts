/** For readiness: has this database all migrations that this program knows? Asked again until it has; then it stays so. */
import type { Database, Statement } from './contract.ts';
import { migrationsFolder, readMigrations } from './migration-files.ts';

const APPLIED: Statement = {
  name: 'migrations_applied',
  text: `SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`,
};

export function createMigrationCheck(db: Pick<Database, 'rows'>): () => Promise<boolean> {
  const wanted = readMigrations(migrationsFolder()).map(({ name }) => name);
  let done = false;
  return async () => {
    if (done) return true;
    const applied = new Set((await db.rows<{ name: string }>(APPLIED, [])).map(({ name }) => name));
    done = wanted.every((name) => applied.has(name));
    return done;
  };
}

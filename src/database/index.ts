/** The door of the database room. */
export type { Database, IsTransient, Statement, Tx } from './contract.ts';
export { MigrationError, type MigrationStatus, migrate, migrationStatus } from './migrate.ts';
export { migrationsFolder } from './migration-files.ts';
export { connectDatabase, type OpenDatabase, type OpenOptions, openDatabase } from './open.ts';
export { isTransient } from './transient.ts';

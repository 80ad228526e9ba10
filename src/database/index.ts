/** The door of the database room. */
export type { Database, IsTransient, Statement, Tx } from './contract.ts';
export { listen, type OnNotify } from './listen.ts';
export { MigrationError, type MigrationStatus, migrate, migrationStatus } from './migrate.ts';
export { createMigrationCheck } from './migration-check.ts';
export { migrationsFolder } from './migration-files.ts';
export { deleteEffectsBefore, onceInRequest } from './once-in-request.ts';
export { connectDatabase, type OpenDatabase, type OpenOptions, openDatabase } from './open.ts';
export {
  maintainPartitions,
  makePartitions,
  type PartitionState,
  type PartitionsChanged,
  partitionStates,
  type Retention,
} from './partitions.ts';
export { isTransient } from './transient.ts';
export { isUniqueViolation } from './unique.ts';
export { type DatabaseMetrics, databaseFaults, type WatchedDatabase, watchDatabase } from './watched.ts';

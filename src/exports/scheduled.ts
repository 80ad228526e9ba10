/** Puts the part of the room together that writes files by itself. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { createFolder } from '../uploads/index.ts';
import { exportScheduleRoutes } from './schedule-routes.ts';
import { removeOldFiles, type WriteNeeds, writeDueFiles } from './write-files.ts';

export type ScheduledExportsOptions = {
  readonly db: Pick<Database, 'rows' | 'transaction' | 'prisma'>;
  readonly clock: Clock;
  readonly log: WriteNeeds['log'];
  /** EXPORTS_DIR, EXPORTS_RETENTION_DAYS */
  readonly config: { readonly dir: string; readonly retentionDays: number };
};

export function createScheduledExports({ db, clock, log, config }: ScheduledExportsOptions) {
  const folder = createFolder(config.dir, 'exf');
  const needs: WriteNeeds = { db, folder, log, now: () => clock.now() };
  return {
    routes: exportScheduleRoutes({ db, folder, clock }),
    /** Every minute: writes what is due. */
    write: () => writeDueFiles(needs),
    /** Hourly: removes what is old. */
    retain: () => removeOldFiles(needs, config.retentionDays),
  };
}

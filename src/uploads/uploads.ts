/** Puts the room together for src/app.ts. */
import type { IssueCommand } from '../commands/index.ts';
import type { Database, IsTransient } from '../database/contract.ts';
import type { Ingest } from '../ingest/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { createAskAgain } from './ask-again.ts';
import { createFolder } from './folder.ts';
import { removeOldUploads, sweepUploads } from './jobs.ts';
import { uploadStore } from './read-store.ts';
import { createReceiveFile, type ReceiveNeeds } from './receive-file.ts';
import { receptionRoutes } from './reception-routes.ts';
import { createRequestUpload } from './request-upload.ts';
import { uploadRoutes } from './routes.ts';
import { defaultPace, type Pace } from './slow-watch.ts';

export type UploadsOptions = {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly submit: Ingest['submit'];
  readonly issue: IssueCommand;
  readonly newId: (prefix: 'upl' | 'cmd') => string;
  readonly clock: Clock;
  readonly isTransient: IsTransient;
  readonly log: ReceiveNeeds['log'];
  /** UPLOADS_DIR, UPLOAD_MAX_MIB, UPLOADS_QUOTA_MIB, UPLOADS_RETENTION_DAYS */
  readonly config: {
    readonly dir: string;
    readonly maxBytes: number;
    readonly quotaBytes: number;
    readonly retentionDays: number;
  };
  readonly schemes: readonly string[];
  readonly publicUrl: () => string;
  readonly pace?: Pace;
};

export function createUploads(options: UploadsOptions) {
  const { db, submit, issue, newId, clock, isTransient, log, config, schemes, publicUrl } = options;
  const store = uploadStore(db);
  const folder = createFolder(config.dir, 'upl');
  const { maxBytes, quotaBytes } = config;
  const pace = options.pace ?? defaultPace;
  const receive = createReceiveFile({ store, folder, submit, isTransient, clock, log, maxBytes, quotaBytes, pace });
  const requestUpload = createRequestUpload({ store, issue, submit, newId, clock, publicUrl, schemes });
  const askAgain = createAskAgain({ store, issue, submit, newId, clock, publicUrl });
  return {
    routes: uploadRoutes({ db, store, folder, requestUpload, clock }),
    /** Where chargers send their files; beside the API. */
    reception: receptionRoutes({ receive }),
    /** Every few seconds: gives up what is overdue, asks by the other call who did not know the first. */
    sweep: () => sweepUploads({ store, submit, askAgain, now: clock.now() }),
    /** Hourly. */
    retain: () => removeOldUploads({ store, folder, days: config.retentionDays, now: clock.now() }),
  };
}

/** Puts the room together for src/app.ts. */
import type { Database } from '../database/contract.ts';
import type { Clock } from '../platform/clock.ts';
import { createFolder, defaultPace, type Pace } from '../uploads/index.ts';
import { removeStrayFiles } from './jobs.ts';
import { createReceiveImage } from './receive-image.ts';
import { imageRoutes } from './routes.ts';
import { imageStore } from './store.ts';

export type FirmwareImagesOptions = {
  readonly db: Pick<Database, 'prisma' | 'rows'>;
  readonly newId: (prefix: 'fwi') => string;
  readonly clock: Clock;
  /** FIRMWARE_DIR, FIRMWARE_MAX_MIB, FIRMWARE_QUOTA_MIB */
  readonly config: { readonly dir: string; readonly maxBytes: number; readonly quotaBytes: number };
  readonly schemes: readonly string[];
  readonly pace?: Pace;
};

export type FirmwareImages = ReturnType<typeof createFirmwareImages>;

export function createFirmwareImages({ db, newId, clock, config, schemes, pace }: FirmwareImagesOptions) {
  const store = imageStore(db);
  const folder = createFolder(config.dir, 'fwi');
  const { maxBytes, quotaBytes } = config;
  const receive = createReceiveImage({ store, folder, clock, maxBytes, quotaBytes, pace: pace ?? defaultPace });
  return {
    routes: imageRoutes({ store, folder, receive, newId, clock, schemes }),
    find: store.find,
    /** The absolute name of its file, whether it is there or not. */
    fileOf: folder.pathOf,
    /** Hourly. */
    clean: () => removeStrayFiles({ store, folder, now: clock.now() }),
  };
}

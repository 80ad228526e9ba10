/** Files: what chargers upload, and the firmware that they fetch; with what is done about updates. */
import type { Commanding } from './app-commands.ts';
import type { Config } from './config/index.ts';
import { type Database, isTransient } from './database/index.ts';
import { createFirmwareImages } from './firmware-images/index.ts';
import { createFirmwareRollouts } from './firmware-rollouts/index.ts';
import { createFirmwareUpdates } from './firmware-updates/index.ts';
import type { Ingest } from './ingest/contract.ts';
import type { Clock } from './platform/clock.ts';
import { nextRequestId } from './platform/ids.ts';
import { idInRequest as newId } from './platform/request-ids.ts';
import type { Logger } from './telemetry/index.ts';
import { createUploads, type UploadsOptions } from './uploads/index.ts';

type Needs = Pick<Commanding, 'calls' | 'issue'> & {
  readonly config: Pick<Config, 'uploads' | 'firmware' | 'ocpp'>;
  readonly db: Database;
  readonly submit: Ingest['submit'];
  readonly clock: Clock;
  readonly log: Logger;
  readonly pace: UploadsOptions['pace'];
  /** Where chargers and people reach this server. */
  readonly publicUrl: () => string;
};

export function createFiles({ config, db, submit, calls, issue, clock, log, pace, publicUrl }: Needs) {
  const schemes = config.ocpp.transferSchemes;
  const paced = pace !== undefined && { pace };
  const images = createFirmwareImages({ db, newId, clock, config: config.firmware, schemes, ...paced });
  return {
    files: createUploads({
      ...{ db, submit, issue, newId, clock, isTransient, log, config: config.uploads, schemes, publicUrl, ...paced },
    }),
    images,
    updates: createFirmwareUpdates({
      ...{ db, submit, calls, images, newId, nextRequestId, clock },
      baseUrl: () => config.firmware.url ?? publicUrl(),
    }),
    rollouts: createFirmwareRollouts({ db, submit, image: images.find, newId, clock }),
  };
}

/** Puts the room together for src/app.ts. */
import type { Database } from '../database/contract.ts';
import type { FirmwareImages } from '../firmware-images/index.ts';
import type { Clock } from '../platform/clock.ts';
import { linkRoutes } from './link-routes.ts';
import { linkOf } from './link-store.ts';
import { createRequestUpdate } from './request-update.ts';
import { updateRoutes } from './routes.ts';
import { type SendNeeds, sendDueUpdates } from './send-due.ts';

export type FirmwareUpdatesOptions = Omit<SendNeeds, 'image' | 'newId'> & {
  readonly db: Pick<Database, 'rows'>;
  readonly images: Pick<FirmwareImages, 'find' | 'fileOf'>;
  readonly newId: (prefix: 'fwu' | 'cmd') => string;
  readonly clock: Clock;
};
export type FirmwareUpdates = ReturnType<typeof createFirmwareUpdates>;

export function createFirmwareUpdates({ images, ...options }: FirmwareUpdatesOptions) {
  const needs = { ...options, image: images.find };
  const { db, submit, clock } = options;
  return {
    routes: updateRoutes({ db, submit, clock, requestUpdate: createRequestUpdate(needs) }),
    /** Where chargers fetch their firmware; beside the API. */
    links: linkRoutes({ linkOf: (token) => linkOf(db, token), fileOf: images.fileOf, clock }),
    /** Every few seconds: tells chargers of what is due, gives up what is overdue. */
    send: () => sendDueUpdates(needs),
  };
}

/** The door of the firmware room: what chargers were asked to install or to publish. */
import type { Participant } from '../ingest/contract.ts';
import type { FirmwareInput } from '../ingest/inputs.ts';
import { decide } from './machine.ts';
import { loadFirmware, saveFirmware } from './store.ts';
import type { FirmwareState } from './types.ts';

export { forgetFirmwareRequests } from './retention-store.ts';
export { firmwareRoutes } from './routes.ts';

export const firmware: Participant<FirmwareState, FirmwareInput> = {
  room: 'firmware',
  load: loadFirmware,
  decide: (state, input, { now }) => decide(state, input, now),
  save: saveFirmware,
};

/** All that an OCPP 1.6 charger remembers of what the CSMS gave it. */

import { createFirmware, type Firmware } from '../firmware.ts';
import { type Certificates, createCertificates } from './certificates.ts';
import { type ChargingProfiles, createChargingProfiles } from './charging-profiles.ts';
import type { Configuration } from './configuration.ts';
import { type CostDisplay, createCostDisplay } from './cost-display.ts';
import { createLocalList, type LocalList } from './local-list.ts';
import { createUploads, type Uploads } from './uploads.ts';

export type Device = {
  readonly configuration: Configuration;
  readonly profiles: ChargingProfiles;
  readonly uploads: Uploads;
  readonly firmware: Firmware;
  readonly certificates: Certificates;
  readonly localList: LocalList;
  readonly costs: CostDisplay;
};

export const createDevice = (configuration: Configuration): Device => ({
  configuration,
  profiles: createChargingProfiles(configuration),
  uploads: createUploads(),
  firmware: createFirmware({
    tellsAll: false,
    status: ({ isSigned, status, requestId }) => ({
      action: isSigned ? 'SignedFirmwareStatusNotification' : 'FirmwareStatusNotification',
      payload: { status, ...(requestId === undefined ? {} : { requestId }) },
    }),
  }),
  certificates: createCertificates(configuration),
  localList: createLocalList(configuration),
  costs: createCostDisplay(configuration),
});

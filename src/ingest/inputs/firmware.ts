/** Firmware that chargers were asked to install or to publish, as far as they tell of it. Types only. */
import type { EndedCommand } from './command-ended.ts';
import type { Common } from './common.ts';

export type FirmwareInput = Common & { readonly room: 'firmware' } & (
    | { readonly type: 'command_ended'; readonly command: EndedCommand }
    | {
        /** FirmwareStatusNotification (fed by stations), PublishFirmwareStatusNotification. */
        readonly type: 'status_reported';
        readonly kind: 'update' | 'publish';
        /** undefined: OCPP 1.6 core does not say; or nothing is under way. */
        readonly requestId: number | undefined;
        readonly status: string;
        readonly info?: string | undefined;
        /** Of `publish`: where it can be had now. */
        readonly locations?: readonly string[] | undefined;
      }
  );

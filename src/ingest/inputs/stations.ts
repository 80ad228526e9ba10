/** What happens to a charge point itself: its socket, its boots, its statuses. Types only. */
import type { ChargerInstant, Common, ConnectorStatus } from './common.ts';

export type Activity = Extract<ConnectorStatus, 'charging' | 'suspended_ev' | 'suspended_evse' | 'finishing'>;

export type StationInput = Common & { readonly room: 'stations' } & (
    | {
        /** A socket was authenticated. Reply: {@link ConnectedReply}. */
        readonly type: 'connected';
        readonly nodeId: string;
        readonly protocol: 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
        readonly securityProfile: 0 | 1 | 2 | 3;
        /** That one is higher than the record says, and was expected (charge-points/profile-raise.ts). */
        readonly raisesProfile?: true | undefined;
        readonly remoteAddress: string;
      }
    /** That socket is gone. Ignored unless it is still the current generation. */
    | {
        readonly type: 'disconnected';
        readonly generation: number;
        /** The process whose socket it was: where a failover lost commits, another one may have been given the same generation. */
        readonly nodeId?: string | undefined;
        readonly reason: string;
        /** When it went, if that is learned later: the process that held the socket died. */
        readonly at?: Date;
      }
    | {
        /** Reply: {@link BootReply}. */
        readonly type: 'booted';
        readonly vendor?: string | undefined;
        readonly model?: string | undefined;
        readonly serial?: string | undefined;
        readonly firmwareVersion?: string | undefined;
        readonly iccid?: string | undefined;
        readonly imsi?: string | undefined;
        readonly meterType?: string | undefined;
        readonly meterSerial?: string | undefined;
        /** It was asked to say it again, and has not rebooted. */
        readonly isTriggered?: true;
      }
    | {
        readonly type: 'status_reported';
        readonly evseId: number;
        readonly connectorId: number;
        readonly status: ConnectorStatus;
        readonly rawStatus: string;
        readonly errorCode?: string | undefined;
        readonly info?: string | undefined;
        readonly vendorId?: string | undefined;
        readonly vendorErrorCode?: string | undefined;
        readonly at: ChargerInstant;
      }
    | {
        /** What the transaction at this place does, where the status of the connector does not say. Fed by sessions. */
        readonly type: 'activity_changed';
        readonly evseId: number;
        readonly connectorId: number;
        /** null: nothing that would be told. */
        readonly activity: Activity | null;
        readonly at: ChargerInstant;
      }
    /** `requestId`: of the update or upload that we asked for, where the version says it. */
    | {
        readonly type: 'firmware_status_reported';
        readonly status: string;
        readonly requestId?: number | undefined;
        readonly info?: string | undefined;
      }
    | { readonly type: 'diagnostics_status_reported'; readonly status: string; readonly requestId?: number | undefined }
    /** The charger answered a call, or let it time out: three time-outs in a row make it degraded. */
    | { readonly type: 'call_answered' }
    | { readonly type: 'call_timed_out' }
    | { readonly type: 'reboot_required' }
    /** Its clock minus ours, measured over this connection. */
    | { readonly type: 'clock_measured'; readonly offsetMs: number }
  );

export type ConnectedReply = {
  readonly generation: number;
  readonly bootStatus: 'accepted' | 'pending' | 'rejected' | null;
  /** Its clock minus ours, as an earlier connection measured it; null: none has. */
  readonly clockOffsetMs: number | null;
};

export type BootReply = { readonly status: 'accepted' | 'pending' | 'rejected'; readonly intervalS: number };

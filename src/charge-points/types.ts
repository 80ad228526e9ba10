/** The state of the room "stations": what is known of one charge point, its connection and its connectors. */
import type { Activity, ConnectorStatus } from '../ingest/inputs.ts';

export type BootStatus = 'accepted' | 'pending' | 'rejected';

/** A row of charge_point_states. */
export type StationRow = {
  readonly connected: boolean;
  readonly nodeId: string | null;
  readonly generation: number;
  readonly protocol: string | null;
  readonly remoteAddress: string | null;
  readonly connectedProfile: number | null;
  readonly connectedAt: Date | null;
  readonly disconnectedAt: Date | null;
  /** When the last frame came, as far as it was written down (ocpp/liveness.ts writes it in batches). */
  readonly lastSeenAt: Date | null;
  readonly bootedAt: Date | null;
  readonly bootCount: number;
  readonly quickBoots: number;
  readonly bootStatus: BootStatus | null;
  readonly reportedVendor: string | null;
  readonly reportedModel: string | null;
  readonly reportedSerial: string | null;
  readonly firmwareVersion: string | null;
  readonly iccid: string | null;
  readonly imsi: string | null;
  readonly meterType: string | null;
  readonly meterSerial: string | null;
  readonly firmwareStatus: string | null;
  readonly firmwareStatusAt: Date | null;
  readonly diagnosticsStatus: string | null;
  readonly diagnosticsStatusAt: Date | null;
  readonly clockOffsetMs: number | null;
  readonly callTimeouts: number;
  readonly degraded: boolean;
  readonly rebootPending: boolean;
  /** Connections in a row that took a living one's place from another address, and when the last one did. */
  readonly takeovers: number;
  readonly takenOverAt: Date | null;
};

export type ConnectorRow = {
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: ConnectorStatus;
  readonly rawStatus: string;
  readonly errorCode: string | null;
  readonly info: string | null;
  readonly vendorId: string | null;
  readonly vendorErrorCode: string | null;
  readonly statusAt: Date;
  readonly receivedAt: Date;
  /** What the transaction there does, where the reported status does not say (OCPP 2.x). */
  readonly activity: Activity | null;
  /** Since when it has this status, by the time of receipt; null: of before this was kept. */
  readonly statusSince: Date | null;
};

export type HistoryRow = ConnectorRow & { readonly at: Date; readonly applied: boolean };

export type StationState = {
  readonly row: StationRow;
  readonly settings: { readonly registration: BootStatus; readonly heartbeatIntervalS: number };
  /** By evse and connector; loaded only for reports of status. */
  readonly connectors: ReadonlyMap<string, ConnectorRow>;
  /** To be appended. */
  readonly history: readonly HistoryRow[];
};

export const connectorKey = (evseId: number, connectorId: number): string => `${evseId}:${connectorId}`;

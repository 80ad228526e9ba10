/** A charge point of which nothing is known yet, for tests of its machine. */
import type { StationRow, StationState } from '../../src/charge-points/types.ts';

export const row: StationRow = {
  connected: false,
  nodeId: null,
  generation: 0,
  protocol: null,
  remoteAddress: null,
  connectedProfile: null,
  connectedAt: null,
  disconnectedAt: null,
  lastSeenAt: null,
  bootedAt: null,
  bootCount: 0,
  quickBoots: 0,
  bootStatus: null,
  reportedVendor: null,
  reportedModel: null,
  reportedSerial: null,
  firmwareVersion: null,
  iccid: null,
  imsi: null,
  meterType: null,
  meterSerial: null,
  firmwareStatus: null,
  firmwareStatusAt: null,
  diagnosticsStatus: null,
  diagnosticsStatusAt: null,
  clockOffsetMs: null,
  callTimeouts: 0,
  degraded: false,
  rebootPending: false,
  takeovers: 0,
  takenOverAt: null,
};

export const aStation = (registration: 'accepted' | 'pending' | 'rejected' = 'accepted'): StationState => ({
  row,
  settings: { registration, heartbeatIntervalS: 300 },
  connectors: new Map(),
  history: [],
});

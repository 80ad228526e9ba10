/** The state of the room "sessions": the sessions of one charge point that an input may concern. */
import type { Authorization } from '../ingest/inputs.ts';

export type SessionStatus = 'active' | 'suspended_ev' | 'suspended_evse' | 'ended' | 'closed_by_system';

export type SessionRow = {
  readonly id: string;
  readonly transactionId: number;
  readonly startKey: string;
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: SessionStatus;
  readonly tokenUid: string | null;
  readonly tokenId: string | null;
  readonly tokenGroupId: string | null;
  readonly authorization: Authorization;
  readonly freeOfCharge: boolean;
  readonly commandId: string | null;
  readonly reservationId: number | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly meterStartWh: number;
  readonly meterStopWh: number | null;
  readonly lastRegisterWh: number;
  readonly lastSampleAt: Date | null;
  readonly energyWh: number;
  readonly resetFromWh: number | null;
  readonly energyBeforeResetWh: number | null;
  readonly powerW: number | null;
  readonly currentA: number | null;
  readonly voltageV: number | null;
  readonly socPercent: number | null;
  readonly stopReason: string | null;
  readonly stopTokenUid: string | null;
  readonly flags: readonly string[];
  readonly reconcileAt: Date | null;
  readonly updatedAt: Date;
};

export type SessionState = {
  /** All open ones of the charge point, and the ended ones that the inputs name. By id. */
  readonly sessions: ReadonlyMap<string, SessionRow>;
  /** The command that asked for the start at hand, if one did (R6). */
  readonly remoteStart: string | undefined;
};

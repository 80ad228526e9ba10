/** Builders of ingest inputs with sensible defaults, for tests of machines and of the engine. */
import type { Root } from '../../src/ingest/contract.ts';
import type {
  ChargerInstant,
  MeterReading,
  SessionInput,
  SessionStart,
  StationInput,
  TransactionEvent,
} from '../../src/ingest/inputs.ts';

export const T0 = new Date('2026-03-01T10:00:00.000Z');
export const after = (seconds: number): Date => new Date(T0.getTime() + seconds * 1000);

export const instant = (at: Date, more: Partial<ChargerInstant> = {}): ChargerInstant => ({
  at,
  raw: at.toISOString(),
  plausible: true,
  historical: false,
  ...more,
});

export const aRoot = (more: Partial<Root> = {}): Root => ({
  chargePointId: 'cp_1',
  number: 1,
  identity: 'CP-1',
  organizationId: 'org_1',
  siteId: null,
  ...more,
});

export const aStart = (more: Partial<SessionStart> = {}): SessionStart => ({
  evseId: 1,
  connectorId: 1,
  tokenUid: 'TAG',
  meterStartWh: 1000,
  at: instant(T0),
  sessionId: 'ses_1',
  transactionId: 1,
  flags: [],
  ...more,
});

export const started = (
  start: Partial<SessionStart> = {},
  authorization: 'accepted' | 'invalid' | 'blocked' | 'concurrent_tx' = 'accepted',
): Extract<SessionInput, { type: 'started' }> => {
  const built = aStart(start);
  return {
    room: 'sessions',
    type: 'started',
    chargePointId: 'cp_1',
    receivedAt: built.at.at,
    start: built,
    tokenId: 'tok_1',
    tokenGroupId: null,
    isFree: false,
    mayBeReserved: false,
    authorized: { authorization },
  };
};

export const reading = (at: Date, energyWh: number, more: Partial<MeterReading> = {}): MeterReading => ({
  at: instant(at),
  context: 'sample_periodic',
  energyWh,
  ...more,
});

export const metered = (
  readings: readonly MeterReading[],
  more: Partial<Extract<SessionInput, { type: 'metered' }>> = {},
) =>
  ({
    room: 'sessions',
    type: 'metered',
    chargePointId: 'cp_1',
    receivedAt: readings.at(-1)?.at.at ?? T0,
    evseId: 1,
    connectorId: 1,
    transactionId: 1,
    readings,
    ...more,
  }) satisfies SessionInput;

export const stopped = (more: Partial<Extract<SessionInput, { type: 'stopped' }>> = {}) =>
  ({
    room: 'sessions',
    type: 'stopped',
    chargePointId: 'cp_1',
    receivedAt: after(3600),
    transactionId: 1,
    rawTransactionId: '1',
    meterStopWh: 8000,
    at: instant(after(3600)),
    reason: 'Local',
    readings: [],
    spare: { sessionId: 'ses_spare', transactionId: 999 },
    flags: [],
    ...more,
  }) satisfies SessionInput;

type TransactionInput = Extract<SessionInput, { type: 'transaction_event' }>;

/** An event of the transaction TX, at one minute for each number. */
export const anEvent = (seqNo: number, more: Partial<TransactionEvent> = {}): TransactionEvent => {
  const kind = more.kind ?? (seqNo === 0 ? 'started' : 'updated');
  return {
    ocppTransactionId: 'TX',
    seqNo,
    digest: `digest-${seqNo}`,
    kind,
    trigger: 'MeterValuePeriodic',
    at: instant(after(seqNo * 60)),
    offline: false,
    place: seqNo === 0 ? { evseId: 1, connectorId: 1 } : undefined,
    readings: [],
    flags: [],
    spare: kind === 'started' ? { sessionId: 'ses_1', transactionId: 1 } : undefined,
    ...more,
  };
};

export const transactionEvent = (
  event: TransactionEvent,
  token?: TransactionInput['token'],
  more: Partial<TransactionInput> = {},
): TransactionInput => ({
  room: 'sessions',
  type: 'transaction_event',
  chargePointId: 'cp_1',
  receivedAt: event.at.at,
  event,
  isFree: false,
  mayBeReserved: false,
  ...(token !== undefined && { token }),
  ...more,
});

export const connectorChanged = (
  status: Extract<SessionInput, { type: 'connector_changed' }>['status'],
  at: Date,
): Extract<SessionInput, { type: 'connector_changed' }> => ({
  room: 'sessions',
  type: 'connector_changed',
  chargePointId: 'cp_1',
  receivedAt: at,
  evseId: 1,
  connectorId: 1,
  status,
  at: instant(at),
  bootedAt: null,
});

export const statusReported = (
  status: Extract<StationInput, { type: 'status_reported' }>['status'],
  at: Date,
  more: Partial<Extract<StationInput, { type: 'status_reported' }>> = {},
): Extract<StationInput, { type: 'status_reported' }> => ({
  room: 'stations',
  type: 'status_reported',
  chargePointId: 'cp_1',
  receivedAt: at,
  evseId: 1,
  connectorId: 1,
  status,
  rawStatus: status,
  at: instant(at),
  ...more,
});

/**
 * The status machine: connection, boot, connectors and health of one charge point. Pure.
 * It must never refuse a report for its order (B9): what is old is kept and not applied, what is odd is applied and visible.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type {
  BootReply,
  ConnectedReply,
  FirmwareInput,
  FirmwareUpdateInput,
  StationInput,
  UploadInput,
} from '../ingest/inputs.ts';
import { activityChanged, statusReported } from './machine/connectors.ts';
import type { BootStatus, StationRow, StationState } from './types.ts';

type Input<T extends StationInput['type']> = Extract<StationInput, { type: T }>;
type Next = Step<StationState>;

/** A boot this soon after the one before counts towards a boot loop (B4). */
const QUICK_BOOT_MS = 3 * 60_000;
const BOOT_LOOP = 3;
/** While it loops, a charger is asked to wait longer between its tries; OCPP 1.6 §4.2 leaves the interval to us. */
const LONGEST_INTERVAL_S = 3600;
/** A connection that takes a living one's place from elsewhere this soon after another one did counts on (T3). */
const TAKEOVER_MS = 5 * 60_000;
/** Calls in a row without an answer after which a charger counts as degraded (T5). */
const TIMEOUTS_TO_DEGRADE = 3;

export function decide(state: StationState, input: StationInput): Next {
  switch (input.type) {
    case 'connected':
      return connected(state, input);
    case 'disconnected':
      return disconnected(state, input);
    case 'booted':
      return booted(state, input);
    case 'status_reported':
      return statusReported(state, input);
    case 'activity_changed':
      return activityChanged(state, input);
    case 'firmware_status_reported':
      return moved(state, { firmwareStatus: input.status, firmwareStatusAt: input.receivedAt }, [
        { do: 'feed', input: firmwareStatus(input) },
        { do: 'feed', input: updateStatus(input) },
      ]);
    case 'diagnostics_status_reported':
      return moved(state, { diagnosticsStatus: input.status, diagnosticsStatusAt: input.receivedAt }, [
        { do: 'feed', input: uploadStatus(input) },
      ]);
    case 'call_answered':
      return state.row.callTimeouts === 0 && !state.row.degraded
        ? stay(state, 'unchanged')
        : moved(state, { callTimeouts: 0, degraded: false });
    case 'call_timed_out': {
      const callTimeouts = Math.min(state.row.callTimeouts + 1, 32_000);
      return moved(state, { callTimeouts, degraded: state.row.degraded || callTimeouts >= TIMEOUTS_TO_DEGRADE });
    }
    case 'reboot_required':
      return state.row.rebootPending ? stay(state, 'unchanged') : moved(state, { rebootPending: true });
    case 'clock_measured':
      return moved(state, { clockOffsetMs: input.offsetMs });
    default:
      return unreachable(input);
  }
}

const stay = (state: StationState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});
const moved = (state: StationState, change: Partial<StationRow>, effects: readonly Effect[] = []): Next => ({
  state: { ...state, row: { ...state.row, ...change } },
  effects,
});
const unreachable = (input: never): never => {
  throw new Error(`unknown input ${JSON.stringify(input)}`);
};

/** The upload that this status belongs to is for its own room to find. */
function uploadStatus({
  chargePointId,
  receivedAt,
  requestId,
  status,
}: Input<'diagnostics_status_reported'>): UploadInput {
  return { room: 'uploads', type: 'status_reported', chargePointId, receivedAt, requestId, status };
}

/** So is the update. */
function firmwareStatus(input: Input<'firmware_status_reported'>): FirmwareInput {
  const { chargePointId, receivedAt, requestId, status, info } = input;
  return {
    room: 'firmware',
    type: 'status_reported',
    kind: 'update',
    chargePointId,
    receivedAt,
    requestId,
    status,
    ...(info !== undefined && { info }),
  };
}

/** The room before keeps what was said; this one judges it. */
function updateStatus(input: Input<'firmware_status_reported'>): FirmwareUpdateInput {
  const { chargePointId, receivedAt, requestId, status, info } = input;
  const said = { requestId, status, ...(info !== undefined && { info }) };
  return { room: 'firmware_updates', type: 'status_reported', chargePointId, receivedAt, ...said };
}

/**
 * A newer connection takes over from the old one without a word (T3): only a charger that was away is announced.
 * The generation tells the sockets apart, so that the late end of an old one is recognized (T2).
 */
function connected(state: StationState, input: Input<'connected'>): Next {
  const generation = state.row.generation + 1;
  const sameProtocol = state.row.protocol === input.protocol;
  const { bootStatus, clockOffsetMs } = state.row;
  const reply: ConnectedReply = { generation, bootStatus: sameProtocol ? bootStatus : null, clockOffsetMs };
  const effects: Effect[] = [{ do: 'reply', value: reply }];
  if (!state.row.connected) {
    effects.push({
      do: 'emit',
      event: {
        type: 'charge_point.connected',
        occurredAt: input.receivedAt,
        receivedAt: input.receivedAt,
        data: {
          protocol: input.protocol,
          security_profile: input.securityProfile,
          remote_address: input.remoteAddress,
        },
      },
    });
  }
  // T1: the process that holds the old socket cuts it off; of its own the registry knows before (src/ocpp/registry.ts).
  const { nodeId } = state.row;
  if (state.row.connected && nodeId !== null && nodeId !== input.nodeId)
    effects.push({ do: 'wake', wake: { wake: 'connection', chargePointId: input.chargePointId, nodeId } });
  // 2.x: a transaction may have ended unheard meanwhile (E14).
  if (!state.row.connected && input.protocol !== 'ocpp1.6') effects.push(returned(input));
  if (input.raisesProfile === true) effects.push(raised(input));
  return moved(
    state,
    {
      connected: true,
      nodeId: input.nodeId,
      generation,
      protocol: input.protocol,
      remoteAddress: input.remoteAddress,
      connectedProfile: input.securityProfile,
      connectedAt: state.row.connected && state.row.connectedAt !== null ? state.row.connectedAt : input.receivedAt,
      lastSeenAt: input.receivedAt,
      callTimeouts: 0,
      bootStatus: reply.bootStatus,
      ...takenOver(state.row, input),
    },
    effects,
  );
}

/** One charger has one address at a time: a second one that comes while the first is there may be another device. */
/** With the connection itself, so that no lower one opens after it. */
const raised = ({ chargePointId, receivedAt, securityProfile: profile }: Input<'connected'>): Effect => ({
  do: 'feed',
  input: { room: 'charger_keys', type: 'profile_used', chargePointId, receivedAt, profile },
});

function takenOver(row: StationRow, input: Input<'connected'>): Partial<StationRow> {
  if (!row.connected || row.remoteAddress === null || row.remoteAddress === input.remoteAddress) return {};
  const isSoon = row.takenOverAt !== null && input.receivedAt.getTime() - row.takenOverAt.getTime() < TAKEOVER_MS;
  return { takeovers: isSoon ? Math.min(row.takeovers + 1, 32_000) : 1, takenOverAt: input.receivedAt };
}

function disconnected(state: StationState, input: Input<'disconnected'>): Next {
  const { connected, generation, nodeId } = state.row;
  const isAnothers = input.nodeId !== undefined && input.nodeId !== nodeId;
  if (!connected || generation !== input.generation || isAnothers) return stay(state, 'replaced');
  const goneAt = input.at ?? input.receivedAt;
  const since = state.row.connectedAt ?? goneAt;
  // Whoever closed its socket was there a moment ago; a charger that fell silent was not.
  const lastSeenAt = input.reason === 'closed' ? input.receivedAt : state.row.lastSeenAt;
  return moved(state, { connected: false, nodeId: null, disconnectedAt: goneAt, lastSeenAt }, [
    {
      do: 'emit',
      event: {
        type: 'charge_point.disconnected',
        occurredAt: goneAt,
        receivedAt: input.receivedAt,
        data: {
          reason: input.reason,
          connected_for_s: Math.max(0, Math.round((goneAt.getTime() - since.getTime()) / 1000)),
        },
      },
    },
  ]);
}

function booted(state: StationState, input: Input<'booted'>): Next {
  const { row, settings } = state;
  const isReboot = input.isTriggered !== true;
  const quick = row.bootedAt !== null && input.receivedAt.getTime() - row.bootedAt.getTime() < QUICK_BOOT_MS;
  // A charger that is told to wait asks again and again: that is no boot loop.
  const quickBoots = !isReboot ? row.quickBoots : quick && row.bootStatus === 'accepted' ? row.quickBoots + 1 : 0;
  // Who only says it again has not rebooted: nothing is proven, forgotten or counted by it.
  const boot = isReboot
    ? { bootedAt: input.receivedAt, bootCount: row.bootCount + 1, quickBoots, rebootPending: false }
    : { bootedAt: row.bootedAt ?? input.receivedAt };
  const looping = settings.registration === 'accepted' && quickBoots >= BOOT_LOOP;
  const status: BootStatus = settings.registration;
  const reply: BootReply = {
    status,
    intervalS: looping
      ? Math.min(LONGEST_INTERVAL_S, settings.heartbeatIntervalS * 2 ** Math.min(quickBoots - BOOT_LOOP + 1, 6))
      : settings.heartbeatIntervalS,
  };
  return moved(
    state,
    {
      bootStatus: status,
      reportedVendor: input.vendor ?? row.reportedVendor,
      reportedModel: input.model ?? row.reportedModel,
      reportedSerial: input.serial ?? row.reportedSerial,
      firmwareVersion: input.firmwareVersion ?? row.firmwareVersion,
      iccid: input.iccid ?? row.iccid,
      imsi: input.imsi ?? row.imsi,
      meterType: input.meterType ?? row.meterType,
      meterSerial: input.meterSerial ?? row.meterSerial,
      callTimeouts: 0,
      degraded: false,
      ...boot,
    },
    [
      { do: 'reply', value: reply },
      ...(isReboot ? provesFirmware(input) : []),
      ...lookedAfter(input, status, row),
      ...(row.protocol === null || row.protocol === 'ocpp1.6' ? [] : [returned(input)]),
    ],
  );
}

const returned = ({ chargePointId, receivedAt }: Pick<StationInput, 'chargePointId' | 'receivedAt'>): Effect => ({
  do: 'feed',
  input: { room: 'sessions', type: 'station_returned', chargePointId, receivedAt },
});

/** Whatever it is told: it has booted, and says with what. */
const provesFirmware = ({ chargePointId, receivedAt, firmwareVersion }: Input<'booted'>): Effect[] => [
  {
    do: 'feed',
    input: { room: 'firmware_updates', type: 'booted', chargePointId, receivedAt, firmwareVersion },
  },
];

/** Settings that templates name are looked after once per boot. */
function lookedAfter(input: Input<'booted'>, status: BootStatus, before: StationRow): Effect[] {
  if (status !== 'accepted') return [];
  const { chargePointId, receivedAt, isTriggered } = input;
  const kind = {
    vendor: input.vendor ?? before.reportedVendor,
    model: input.model ?? before.reportedModel,
    firmwareVersion: input.firmwareVersion ?? before.firmwareVersion,
  };
  const effects: Effect[] = [
    { do: 'feed', input: { room: 'configuration', type: 'booted', chargePointId, receivedAt, isTriggered, ...kind } },
  ];
  const { firmwareVersion } = kind;
  if (before.protocol !== null && before.protocol !== 'ocpp1.6') {
    effects.push({
      do: 'feed',
      input: { room: 'device_model', type: 'booted', chargePointId, receivedAt, firmwareVersion },
    });
  }
  // 2.1 N11: a station opens its streams anew.
  if (before.protocol === 'ocpp2.1' && input.isTriggered !== true) {
    effects.push({ do: 'feed', input: { room: 'monitoring', type: 'rebooted', chargePointId, receivedAt } });
  }
  return effects;
}

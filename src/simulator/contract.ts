/** A simulated charger as tests, scripts and misbehaviours see it. Types only. */
import type { Goal } from './connector.ts';
import type { V2Gestures } from './gestures.ts';
import type { TlsOptions } from './link.ts';
import type { Station } from './settings.ts';
import type {
  CallOutcome,
  Car,
  ConnectorSpec,
  ConnectorStatus,
  ConnectPlan,
  Happening,
  HappeningOf,
  LocalSession,
  OutgoingCall,
  Payload,
  SimulatorClock,
  SimulatorLog,
  StopReason,
  Traits,
} from './types.ts';

export type Behaviour = {
  /** Names from the table of misbehaviours: T6, X1, … An unknown one is an error. */
  readonly misbehave?: readonly string[];
  readonly station?: Partial<Station>;
  /**
   * Initial values of configuration keys (1.6: MeterValueSampleInterval, …) or variables (2.x: TxCtrlr.TxStartPoint, …).
   * The keys of 1.6 that have a counterpart are understood by 2.x too.
   */
  readonly settings?: Readonly<Record<string, string>>;
  /** Real time that a call waits for its answer. Default 30 s. */
  readonly callTimeoutMs?: number;
  /** Real time; back-off doubles from min to max, each pause a random half to whole of it. Default 1 s … 60 s. */
  readonly reconnect?: { readonly minMs: number; readonly maxMs: number };
  /** Real time. Default 10 s. */
  readonly handshakeTimeoutMs?: number;
  /** Charger's time that a reboot takes. Default 3 s. */
  readonly rebootMs?: number;
  /** Charger's time between two boots when the server does not say (or does not answer). Default 30 s. */
  readonly bootRetryMs?: number;
  /** A car comes by itself for a remote start, so many ms (charger's time) later. Default 1 s; false: nobody comes. */
  readonly carOnRemoteStartMs?: number | false;
};

export type ChargerOptions = {
  /** Without the identity: ws://127.0.0.1:3000/ocpp */
  readonly url: string;
  readonly identity: string;
  /** Absent: no credentials are sent (security profile 0). */
  readonly password?: string | Buffer | undefined;
  readonly version?: string;
  /** How many (AC, three phases, 22 kW), or which. Default 1. */
  readonly connectors?: number | readonly ConnectorSpec[];
  readonly behaviour?: Behaviour;
  readonly tls?: TlsOptions;
  readonly clock?: SimulatorClock;
  /** 0 ≤ x < 1 */
  readonly random?: () => number;
  readonly log?: SimulatorLog;
};

export type ChargePlan = Goal & {
  readonly token: string;
  /** 2.x: ISO14443 (default), eMAID, Central, … */
  readonly tokenType?: string;
  readonly connectorId?: number;
  /** Which connector of the EVSE (2.x); default 1. */
  readonly plug?: number;
  readonly car?: Partial<Car>;
  /** Default true: an Authorize goes before the start. */
  readonly authorize?: boolean;
  readonly suspend?: { readonly by: 'EV' | 'EVSE'; readonly afterS: number; readonly forS: number };
  /** Default Local. */
  readonly reason?: StopReason;
  /** Default true; false leaves the cable in, connector Finishing. */
  readonly unplug?: boolean;
};

export type ChargeResult =
  /** The stop is acknowledged (or given up, see the happenings). */
  | { readonly outcome: 'charged'; readonly session: Readonly<LocalSession> }
  | { readonly outcome: 'refused'; readonly status: string };

export type ConnectorView = {
  readonly status: ConnectorStatus;
  readonly errorCode: string;
  readonly session: Readonly<LocalSession> | undefined;
  readonly registerWh: number;
};

export type Charger = {
  readonly identity: string;
  readonly connectorIds: readonly number[];
  /** Connects, and stays connected until close(). */
  start(): void;
  /** Resolves when a boot is accepted; at once if it already is. Rejects after that (real) time, default 10 s. */
  whenBooted(timeoutMs?: number): Promise<void>;
  isOnline(): boolean;
  isBooted(): boolean;
  connector(connectorId: number): ConnectorView;
  /** Returns how to stop listening. */
  on(listener: (happening: Happening) => void): () => void;
  /** The next happening of that kind from now on. Rejects after that (real) time, default 10 s, and on close(). */
  next<W extends Happening['what']>(
    what: W,
    options?: { readonly timeoutMs?: number; readonly where?: (happening: HappeningOf<W>) => boolean },
  ): Promise<HappeningOf<W>>;

  /** A driver's whole visit: plug, authorize, start, charge to the goal, stop, unplug, and the stop acknowledged. */
  charge(plan: ChargePlan): Promise<ChargeResult>;
  plug(connectorId: number, car?: Partial<Car>, plug?: number): void;
  unplug(connectorId: number): void;
  /** The CSMS's word on a token; undefined: it cannot be asked. */
  authorize(token: string, type?: string): Promise<string | undefined>;
  /** Starts without asking. */
  present(connectorId: number, token: string, type?: string): void;
  suspend(connectorId: number, by: 'EV' | 'EVSE'): void;
  resume(connectorId: number): void;
  stop(connectorId: number, reason: StopReason): void;
  /** connectorId 0: the station itself. */
  fault(connectorId: number, errorCode: string): void;
  clear(connectorId: number): void;

  /** The network goes away; everything else goes on. */
  goOffline(how?: 'cleanly' | 'abruptly'): void;
  goOnline(): void;
  /** The line breaks, and is opened again after that real time. */
  dropLine(pauseMs: number): void;
  /** A second socket, while the first stays half open (and is closed after that real time, if given). */
  abandonLine(closeAfterMs?: number): void;
  /** Ends all sessions with that reason, goes away, comes back and boots. */
  reboot(reason: StopReason): void;
  /** Transaction messages that are not acknowledged yet. */
  waiting(): number;
  drained(): Promise<void>;
  /** So many whole sessions of the past days, put into the queue as if they had been charged offline. */
  rememberSessions(count: number): void;

  /** What people, cars and grids do to a 2.x station alone. Throws for other versions. */
  v2(): V2Gestures;

  /** A call of any content, past all manners and misbehaviours. */
  call(action: string, payload: unknown, messageId?: string): Promise<CallOutcome>;
  sendText(text: string): boolean;
  /** Past the WebSocket layer. */
  sendRaw(bytes: Buffer): boolean;
  /** Charger's time; called off by close(). */
  after(ms: number, run: () => void): () => void;
  now(): Date;
  /** Leaves nothing open. Queued messages are forgotten; sessions just stop being. */
  close(): Promise<void>;
};

/** One deliberate fault, by its name in 3-ocpp.md. */
export type Misbehaviour = {
  /** For people: what the charger does. */
  readonly does: string;
  readonly traits?: Partial<Traits>;
  readonly connect?: (plan: ConnectPlan) => ConnectPlan;
  /** A fresh one per charger, so that it may remember. Gives what is really sent; nothing: it is withheld. */
  readonly calls?: () => (call: OutgoingCall, now: Date) => readonly OutgoingCall[];
  /** The text of an answer to the CSMS. */
  readonly answers?: (answer: { readonly id: unknown; readonly text: string; readonly payload: Payload }) => string;
  /** What it does on its own. Called once, before the first connection. */
  readonly routine?: (charger: Charger) => void;
};

/** What the parts of the simulator tell each other. Types only; nothing of the server's code is known here. */

/** Time as the charger lives it. An accelerated clock makes its hours pass in seconds; network time-outs stay real. */
export type SimulatorClock = {
  now(): Date;
  /** Returns how to call it off. */
  after(ms: number, run: () => void): () => void;
};

export type SimulatorLog = {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
};

export type Payload = Readonly<Record<string, unknown>>;
export type Call = { readonly action: string; readonly payload: Payload };

/** OCPP 1.6's words, the finer ones; the dialect of another version translates them. */
export type ConnectorStatus =
  | 'Available'
  | 'Preparing'
  | 'Charging'
  | 'SuspendedEV'
  | 'SuspendedEVSE'
  | 'Finishing'
  | 'Reserved'
  | 'Unavailable'
  | 'Faulted';

/** The words of all versions; a dialect that lacks one says Other. */
export type StopReason =
  | 'DeAuthorized'
  | 'EmergencyStop'
  | 'EVDisconnected'
  | 'HardReset'
  | 'Local'
  | 'Other'
  | 'PowerLoss'
  | 'Reboot'
  | 'Remote'
  | 'SoftReset'
  | 'UnlockCommand'
  // 2.x only
  | 'EnergyLimitReached'
  | 'GroundFault'
  | 'ImmediateReset'
  | 'LocalOutOfCredit'
  | 'MasterPass'
  | 'OvercurrentFault'
  | 'PowerQuality'
  | 'SOCLimitReached'
  | 'StoppedByEV'
  | 'TimeLimitReached'
  | 'Timeout';

export type ConnectorSpec = {
  readonly current: 'AC' | 'DC';
  readonly phases: 1 | 3;
  readonly maxPowerW: number;
  /** What the meter's register shows when the simulation begins. */
  readonly registerWh: number;
  /** fixed: it hangs on the charger, and has no lock · jammed: the lock does not open. Default: a socket with a lock. */
  readonly cable?: 'fixed' | 'jammed';
  /** How many connectors this EVSE has, of which one can be used at a time (2.x). Default 1. */
  readonly plugs?: number;
};

export type Car = {
  readonly batteryWh: number;
  readonly socPercent: number;
  readonly maxPowerW: number;
};

/** What the meter of a connector shows at one instant. */
export type Reading = {
  readonly at: Date;
  readonly context: 'Sample.Clock' | 'Sample.Periodic' | 'Transaction.Begin' | 'Transaction.End' | 'Trigger';
  readonly registerWh: number;
  readonly powerW: number;
  readonly socPercent: number;
  /** One per phase; one for DC. */
  readonly voltageV: readonly number[];
  readonly currentA: readonly number[];
};

/** Somebody for whom a connector is kept free. */
export type HeldReservation = {
  readonly id: number;
  readonly token: string;
  readonly parentIdTag: string | undefined;
  readonly expiresAt: Date;
};

/** A session as the charger remembers it, until its stop is delivered. */
export type LocalSession = {
  readonly localId: string;
  readonly connectorId: number;
  readonly token: string;
  readonly startedAt: Date;
  readonly meterStartWh: number;
  readonly reservationId: number | undefined;
  /** Of the CSMS's order that began it (2.x). */
  readonly remoteStartId: number | undefined;
  /** Which connector of the EVSE the cable is in; 1 where there is only one. */
  readonly plug: number;
  readonly begin: Reading;
  /** 1.6: given by the CSMS, undefined until its answer came. 2.x: the charger's own. */
  transactionId: number | string | undefined;
  /** The CSMS's word on the token, as it said it. */
  authorization: string | undefined;
  /** Nothing more is to be hoped for from its start: answered, refused for good, or kept back on purpose. */
  startSettled: boolean;
  energyWh: number;
  end: { readonly reading: Reading; readonly reason: StopReason; readonly stopToken: string | undefined } | undefined;
};

export type Answer =
  | { readonly ok: true; readonly result: Payload; readonly afterwards?: () => void }
  | { readonly ok: false; readonly code: string; readonly description: string };

type Told =
  | { readonly what: 'connected'; readonly protocol: string }
  | { readonly what: 'disconnected'; readonly code: number; readonly reason: string }
  /** The server answered the upgrade request with something else than 101. */
  | { readonly what: 'refused'; readonly httpStatus: number }
  | { readonly what: 'booted'; readonly status: 'Accepted' | 'Pending' | 'Rejected'; readonly intervalS: number }
  | {
      readonly what: 'status';
      readonly connectorId: number;
      readonly status: ConnectorStatus;
      readonly errorCode: string;
    }
  | { readonly what: 'authorized'; readonly token: string; readonly status: string }
  /** The CSMS answered the start. */
  | { readonly what: 'session_started'; readonly session: Readonly<LocalSession> }
  | { readonly what: 'metered'; readonly session: Readonly<LocalSession>; readonly reading: Reading }
  /** The charger ended it; its stop may still wait in the queue. */
  | { readonly what: 'session_ended'; readonly session: Readonly<LocalSession> }
  /** The CSMS acknowledged the stop. */
  | { readonly what: 'session_settled'; readonly session: Readonly<LocalSession> }
  /** A transaction message waits for the line. */
  | { readonly what: 'queued'; readonly action: string; readonly waiting: number }
  /** So many messages that had waited for the line are acknowledged, and nothing waits any more. */
  | { readonly what: 'caught_up'; readonly messages: number }
  /** A transaction message was given up after its last attempt. */
  | { readonly what: 'dropped'; readonly action: string; readonly why: string }
  /** The CSMS asked for something. */
  | { readonly what: 'asked'; readonly action: string; readonly payload: Payload; readonly answered: string }
  /** A call of ours came to its end. */
  | {
      readonly what: 'answered';
      readonly action: string;
      readonly messageId: string;
      readonly payload: unknown;
      readonly outcome: CallOutcome;
      readonly tookMs: number;
    }
  /** What a driver reads at the charger, of prices and costs. */
  | { readonly what: 'displayed'; readonly shown: Payload }
  | { readonly what: 'rebooting'; readonly reason: string };
export type Happening = { readonly at: Date; readonly identity: string } & Told;
export type HappeningOf<W extends Happening['what']> = Extract<Happening, { what: W }>;
export type Tell = (told: Told) => void;

export type CallOutcome =
  | { readonly outcome: 'result'; readonly result: Payload }
  | { readonly outcome: 'error'; readonly code: string; readonly description: string }
  | { readonly outcome: 'timeout' }
  /** The line broke, or was never there. */
  | { readonly outcome: 'lost' }
  /** A misbehaviour kept it back. */
  | { readonly outcome: 'withheld' };

/** What is offered in the upgrade request. Misbehaviours rewrite it. */
export type ConnectPlan = {
  /** Complete: with the identity as last part of the path. */
  readonly url: string;
  readonly subprotocols: readonly string[];
  /** Sent instead of the list when set; the socket still expects one of `subprotocols` in the answer. */
  readonly rawSubprotocols?: string;
  readonly username: string;
  readonly password: string | Buffer | undefined;
  readonly autoPong: boolean;
  /** Without credentials first, with them once the server has asked by a 401. */
  readonly waitForChallenge: boolean;
};

/** One CALL on its way out. A misbehaviour may change, repeat or withhold it. */
export type OutgoingCall = {
  readonly action: string;
  readonly payload: unknown;
  readonly session: Readonly<LocalSession> | undefined;
  /** Which id the frame gets: a fresh one, or the one of the frame before it. */
  readonly messageId: 'fresh' | 'as_before';
};

/** Switches of the charger's core that misbehaviours turn. */
export type Traits = {
  readonly answersCalls: boolean;
  readonly answerDelayMs: number;
  /** What a CSMS asked for happens before the answer to it is sent. */
  readonly actsBeforeAnswering: boolean;
  readonly oneCallAtATime: boolean;
  readonly messageIds: 'random' | 'number' | 'counter_per_boot';
  /** A retry keeps the message id of the first attempt. */
  readonly keepsMessageId: boolean;
  /** On a CALLERROR: again and again, at once. */
  readonly repeatsOnErrorForEver: boolean;
  readonly reportsStatusAfterBoot: boolean;
  /** Goes back to the beginning when called before its boot was answered. */
  readonly restartsWhenCalledBeforeBoot: boolean;
  readonly restartsOnBootTrigger: boolean;
  readonly ignoresRemoteStart: boolean;
  readonly configurationNeedsReboot: boolean;
  /** Neither stops a session whose token the CSMS refused, nor minds an Authorize that was refused. */
  readonly chargesUnauthorized: boolean;
  readonly authorizesFirst: boolean;
  readonly jitterlessReconnect: boolean;
  /** Says Installed, and boots with the firmware of before. */
  readonly installsNothing: boolean;
};

/** What a version of OCPP has to provide, so that the same charger can speak it. Types only. */

import type { V2Gestures } from './gestures.ts';
import type { TlsOptions } from './link.ts';
import type { Settings, Station } from './settings.ts';
import type { TransactionNeeds, Transactions } from './transactions.ts';
import type {
  Answer,
  Call,
  ConnectorSpec,
  ConnectorStatus,
  HeldReservation,
  LocalSession,
  Payload,
  Reading,
  StopReason,
} from './types.ts';

/** What the CSMS can make the charger do. Effects begin when the returned function is called, after the answer is sent. */
export type Controls = {
  isAccepted(): boolean;
  connectorIds(): readonly number[];
  /** undefined: not possible now. `connectorId` is the one it will begin on. */
  remoteStart(order: {
    readonly token: string;
    readonly connectorId?: number;
    readonly remoteStartId?: number;
    /** The group the CSMS told with the order. */
    readonly parent?: string;
  }): { readonly connectorId: number; readonly begin: () => void } | undefined;
  /** undefined: no such transaction runs here. */
  remoteStop(transactionId: unknown): (() => void) | undefined;
  /** `resumes`: what runs goes on afterwards (2.1). */
  reset(reason: 'SoftReset' | 'HardReset' | 'ImmediateReset', resumes?: boolean): () => void;
  /** Ends what runs on one connector; it is out of order for the time of a reboot. */
  resetOne(connectorId: number): () => void;
  /** Whoever was let in there without plugging in is forgotten. */
  dismiss(connectorId: number): void;
  stop(connectorId: number, reason: StopReason): void;
  /** 0: all of them. */
  setAvailability(
    connectorId: number,
    operative: boolean,
  ): { outcome: 'Accepted' | 'Scheduled'; afterwards: () => void };
  unlock(connectorId: number): {
    readonly outcome: 'Unlocked' | 'UnlockFailed' | 'NotSupported';
    readonly afterwards: () => void;
  };
  /** undefined: there is no such connector. */
  reserve(
    connectorId: number,
    reservation: HeldReservation,
  ): { readonly status: string; readonly afterwards: () => void } | undefined;
  /** undefined: nobody holds it. */
  cancelReservation(reservationId: number): (() => void) | undefined;
  sendBoot(): () => void;
  sendHeartbeat(): () => void;
  /** undefined: all of them. */
  sendStatus(connectorId: number | undefined): () => void;
  sendReading(connectorId: number | undefined): () => void;
  reading(connectorId: number, context: Reading['context']): Reading | undefined;
  /** Resolves when the session there has come so far, or is over. */
  reached(connectorId: number, goal: { readonly energyWh: number }): Promise<void>;
  /** A driver reads it. */
  display(shown: Payload): void;
  /** What a connector shows may have changed for a reason of the version's own. */
  statusChanged(connectorId: number): void;
  /** Something that only this version knows to say. */
  say(call: Call): () => void;
  /** The same, kept until there is a line. */
  keep(call: Call): void;
  /** The same; what the CSMS answered, undefined when it did not. */
  ask(call: Call, answered: (result: Payload | undefined) => void): void;
  /** A message that gets no answer (2.1 SEND). */
  send(action: string, payload: Payload): void;
  suspend(connectorId: number, by: 'EV' | 'EVSE'): void;
  resume(connectorId: number): void;
  settingsChanged(): void;
  identity(): string;
  now(): Date;
  /** Charger's time; called off when the charger is closed. */
  after(ms: number, run: () => void): () => void;
  sessionOn(connectorId: number): Readonly<LocalSession> | undefined;
  isPlugged(connectorId: number): boolean;
  shown(connectorId: number): Shown;
  spec(connectorId: number): ConnectorSpec | undefined;
  /** What the hardware can give; of 0: all connectors together. */
  maxPowerW(connectorId: number): number;
  /** undefined: no more than the hardware does. */
  limitPower(connectorId: number, watt: number | undefined): void;
  /** What happened to the charger, as text: its log. */
  journal(): string;
  /** For transfers of files. */
  network(): { readonly tls: TlsOptions; readonly signal: AbortSignal };
  firmwareVersion(): string;
  /** Reboots with it; `done` when it is accepted again. */
  installFirmware(version: string, done: () => void): void;
  /** Its own certificate, in PEM; shown at the next connection. */
  useCertificate(chain: string, key: string): void;
  setPassword(password: string): () => void;
};

/** What a connector, or the station itself (0), shows. */
export type Shown = {
  readonly connectorId: number;
  readonly status: ConnectorStatus;
  readonly errorCode: string;
  /** How many connectors the EVSE has, and which of them the cable is in; 0: none. */
  readonly plugs: number;
  readonly pluggedInto: number;
};

export type Dialect = {
  readonly subprotocol: string;
  readonly settings: Settings;
  /** `triggered`: the CSMS asked for it. */
  boot(station: Station, triggered: boolean): Call;
  readBoot(result: Payload): { readonly status: 'Accepted' | 'Pending' | 'Rejected'; readonly intervalS: number };
  /** The interval that the boot's answer told. */
  setHeartbeatInterval(seconds: number): void;
  heartbeat(): Call;
  /** What would be told of it, as one text: equal texts need no second telling. */
  statusText(shown: Shown): string;
  statuses(shown: Shown, at: Date): readonly Call[];
  /** What a connector or the station shows is another thing now. */
  shownChanged?(): void;
  authorize(token: string): Call;
  readAuthorize(result: Payload): string;
  /** The group that the token belongs to, as an answer told it. */
  readParent(result: Payload): string | undefined;
  /** The CSMS's word on a token came: what the version remembers of it. */
  heard?(token: string, result: Payload, now: Date): void;
  /** Of which kind a token is that will be shown. */
  setTokenType?(token: string, type: string): void;
  /** What the charger itself knows of a token (list, cache); undefined: nothing. */
  localAuthorization(token: string, now: Date): { readonly status: string; readonly parentIdTag?: string } | undefined;
  /** How sessions are told in this version. */
  transactions(needs: TransactionNeeds): Transactions;
  /** Called once, when all parts of the charger are there. */
  wired?(controls: Controls): void;
  /** Where to connect to, if not to where it was told at first (2.x network profiles). */
  line?(): { readonly url: string; readonly identity?: string; readonly password?: string } | undefined;
  /** An attempt to connect failed, or came through. */
  lineTried?(isOpen: boolean): void;
  /** A session began or ended. */
  sessionsChanged?(controls: Controls): void;
  /** A boot was accepted for the first time since the charger came up. */
  registered?(controls: Controls): void;
  /** The charger is about to reboot. */
  rebooting?(reason: StopReason): void;
  /** Nobody may just begin there now. */
  isKept?(connectorId: number, now: Date): boolean;
  /** What people, cars and grids do to a station of this version alone. */
  readonly gestures?: V2Gestures;
  answer(request: { readonly action: string; readonly payload: Payload }, controls: Controls): Answer;
};

/** One charger's own dialect: its settings live in it. */
export type CreateDialect = (options: {
  readonly identity: string;
  readonly station: Station;
  readonly specs: readonly ConnectorSpec[];
  readonly settings: Readonly<Record<string, string>>;
  /** Every accepted change wants a reboot (B10). */
  readonly configurationNeedsReboot: boolean;
}) => Dialect;

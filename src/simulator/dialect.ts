/** What a version of OCPP has to provide, so that the same charger can speak it. Types only. */
import type { TlsOptions } from './link.ts';
import type { Answer, Call, ConnectorStatus, HeldReservation, LocalSession, Payload, Reading } from './types.ts';

export type Station = {
  readonly vendor: string;
  readonly model: string;
  readonly serialNumber: string;
  readonly firmwareVersion: string;
};

/** The settings that steer the charger, whatever the version calls them. */
export type Settings = {
  heartbeatIntervalS(): number;
  sampleIntervalS(): number;
  connectionTimeoutS(): number;
  messageAttempts(): number;
  messageRetryS(): number;
  /** OCPP 1.6 StopTransactionOnInvalidId */
  stopsOnRefusedToken(): boolean;
  authorizesRemoteStarts(): boolean;
  /** The local list is believed without asking the CSMS. */
  preAuthorizes(): boolean;
  /** Whether a driver may charge while the CSMS cannot be asked. */
  allowsOfflineStart(): boolean;
  pingIntervalS(): number;
};

/** What the CSMS can make the charger do. Effects begin when the returned function is called, after the answer is sent. */
export type Controls = {
  isAccepted(): boolean;
  connectorIds(): readonly number[];
  remoteStart(order: { token: string; connectorId?: number }): (() => void) | undefined;
  /** undefined: no such transaction runs here. */
  remoteStop(transactionId: unknown): (() => void) | undefined;
  reset(kind: 'Soft' | 'Hard'): () => void;
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
  /** Something that only this version knows to say. */
  say(call: Call): () => void;
  settingsChanged(): void;
  identity(): string;
  now(): Date;
  /** Charger's time; called off when the charger is closed. */
  after(ms: number, run: () => void): () => void;
  sessionOn(connectorId: number): Readonly<LocalSession> | undefined;
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

export type Dialect = {
  readonly subprotocol: string;
  readonly settings: Settings;
  boot(station: Station): Call;
  readBoot(result: Payload): { readonly status: 'Accepted' | 'Pending' | 'Rejected'; readonly intervalS: number };
  /** The interval that the boot's answer told. */
  setHeartbeatInterval(seconds: number): void;
  heartbeat(): Call;
  status(report: {
    readonly connectorId: number;
    readonly status: ConnectorStatus;
    readonly errorCode: string;
    readonly at: Date;
  }): Call;
  authorize(token: string): Call;
  readAuthorize(result: Payload): string;
  /** The group that the token belongs to, as an answer told it. */
  readParent(result: Payload): string | undefined;
  /** What the charger's own list says of a token; undefined: nothing. */
  localAuthorization(token: string, now: Date): { readonly status: string; readonly parentIdTag?: string } | undefined;
  start(session: Readonly<LocalSession>): Call;
  readStart(result: Payload): { readonly transactionId: number | undefined; readonly authorization: string };
  meter(connectorId: number, session: Readonly<LocalSession> | undefined, reading: Reading): Call;
  stop(session: Readonly<LocalSession>): Call;
  /** A session began or ended. */
  sessionsChanged?(controls: Controls): void;
  answer(request: { readonly action: string; readonly payload: Payload }, controls: Controls): Answer;
};

/** One charger's own dialect: its settings live in it. */
export type CreateDialect = (options: {
  readonly connectors: number;
  readonly settings: Readonly<Record<string, string>>;
  /** Every accepted change wants a reboot (B10). */
  readonly configurationNeedsReboot: boolean;
}) => Dialect;

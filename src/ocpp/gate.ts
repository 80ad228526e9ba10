/**
 * The gate of the chargers: every upgrade request is read, judged and answered here before ws sees it. It must never throw on
 * what a stranger sends, never tell who exists, and never lock a charger with the right key out.
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type Server as SocketServer, WebSocketServer } from 'ws';
import type { SignedFor } from '../certificates/index.ts';
import type { Peppers } from '../charge-points/index.ts';
import { type Credentials, readBasicAuth } from './basic-auth.ts';
import { ChargerSocket } from './charger-socket.ts';
import { judgeCertificate, type Shown, shownBy } from './client-certificate.ts';
import type { Greeting } from './connection.ts';
import type { LoginRow } from './login-store.ts';
import type { Limits, Logger, TransportMetrics } from './needs.ts';
import { readTarget } from './path.ts';
import { dismiss, type Refusal, refuse } from './refusal.ts';
import type { Served } from './served.ts';
import { chooseVersion, type Offer, offersAny } from './subprotocol.ts';
import { networkOf, type Throttle } from './throttle.ts';
import type { Turnstile } from './turnstile.ts';
import { judge, type RefusalReason } from './verdict.ts';
import type { SelfDescription, WaitingRoom } from './waiting-room.ts';

/** A charger that was turned away, for the list that operators look at. */
export type RefusedKnock = {
  readonly identity: string;
  readonly reason: RefusalReason;
  readonly chargePointId: string | undefined;
  readonly organizationId: string | undefined;
  readonly remoteAddress: string;
  readonly protocols: string;
  readonly userAgent: string;
  readonly at: Date;
  /** What it said of itself, where it may wait (waiting-room.ts). */
  readonly said?: SelfDescription | undefined;
};

export type GateNeeds = {
  readonly versions: readonly Served[];
  /** Undefined: no such charge point. Rejects while the database is away. */
  readonly findLogin: (identity: string) => Promise<LoginRow | undefined>;
  /** By the fingerprint of a certificate. Undefined: it was not signed here. */
  readonly signedFor: (fingerprint: string) => Promise<SignedFor | undefined>;
  readonly peppers: Peppers;
  readonly throttle: Throttle;
  readonly turnstile: Turnstile;
  readonly recordRefusal: (knock: RefusedKnock) => void;
  readonly onCharger: (socket: ChargerSocket, greeting: Greeting) => void;
  readonly limits: Limits;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: TransportMetrics;
  /** What an unknown identity is told: like a wrong key (401), or plainly (404) for conformance labs; or it may wait. */
  readonly unknownIdentity: 401 | 404 | WaitingRoom;
  readonly realm: string;
  /** Where the request came from; behind a trusted proxy not what the socket says. */
  readonly remoteAddressOf?: (request: IncomingMessage) => string;
  /** Whether the request came over TLS, here or at a trusted proxy. */
  readonly isSecure?: (request: IncomingMessage) => boolean;
};

export type Gate = {
  attach(server: Server | SecureServer): void;
  /** Turns away all that come from now on, and those in line. */
  close(): void;
};

type Knocker = {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly remoteAddress: string;
  readonly identity: string;
  readonly credentials: Credentials | undefined;
  readonly secure: boolean;
  readonly shown: Shown | undefined;
};

/** A database that does not answer must not hold handshakes for ever. */
const LOOKUP_MS = 10_000;
const KEY = /^[+/0-9A-Za-z]{22}==$/;
const AWAY: Refusal = { status: 503, text: 'Not now. Try again later.', headers: { 'Retry-After': '10' } };

const isEncrypted = (request: IncomingMessage): boolean =>
  'encrypted' in request.socket && request.socket.encrypted === true;

export function createGate(needs: GateNeeds): Gate {
  const { versions, limits, log, metrics, turnstile, throttle } = needs;
  const plain = socketServer(limits.maxPayload, false);
  const strange = socketServer(limits.maxStrangePayload, false);
  // The default of ws costs a quarter of a megabyte a connection.
  const deflate = {
    serverMaxWindowBits: 10,
    clientMaxWindowBits: 10,
    zlibDeflateOptions: { memLevel: 3 },
    threshold: 1024,
  };
  const compressing = versions.some((each) => each.dialect.compression)
    ? socketServer(limits.maxPayload, deflate)
    : plain;
  const names = versions.map((each) => each.protocol).join(', ');
  const challenge = { 'WWW-Authenticate': `Basic realm="${needs.realm.replace(/["\\\r\n]/g, '')}", charset="UTF-8"` };
  const unauthorized: Refusal = { status: 401, text: 'Unauthorized', headers: challenge };
  const remoteAddressOf = needs.remoteAddressOf ?? ((request: IncomingMessage) => request.socket.remoteAddress ?? '');
  const isSecure = needs.isSecure ?? isEncrypted;
  let closed = false;

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', destroy);
    knock(request, socket, head).catch((cause: unknown) => {
      log.error({ err: cause }, 'a request to connect could not be judged');
      turnAway(socket, AWAY, 'error');
    });
  }

  async function knock(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    if (closed) return turnAway(socket, AWAY, 'stopping');
    const fault = handshakeFault(request);
    if (fault !== undefined) return turnAway(socket, fault, 'malformed');
    if (isFromAnotherPage(request))
      return turnAway(socket, { status: 403, text: 'Not for pages of other sites' }, 'elsewhere');
    const target = readTarget(request.url ?? '');
    const remoteAddress = remoteAddressOf(request).replace(/^::ffff:/, '');
    if (target.is === 'elsewhere') {
      return turnAway(socket, { status: 404, text: 'Chargers connect to /ocpp/{identity}' }, 'elsewhere');
    }
    if (target.is === 'bad') {
      if (target.said !== '') record({ request, remoteAddress, identity: target.said }, 'bad_identity', undefined);
      return turnAway(socket, { status: 400, text: target.why }, 'bad_identity');
    }
    const admitted = turnstile.enter(networkOf(remoteAddress));
    if (admitted !== true && !(await admitted)) return turnAway(socket, AWAY, 'too_many');
    const knocker: Knocker = {
      request,
      socket,
      head,
      remoteAddress,
      identity: target.identity,
      credentials: readBasicAuth(request.headers.authorization),
      secure: isSecure(request),
      shown: shownBy(request),
    };
    let found: readonly [LoginRow | undefined, SignedFor | undefined];
    try {
      found = await within(LOOKUP_MS, Promise.all([needs.findLogin(target.identity), signedFor(knocker.shown)]));
    } catch (cause) {
      log.warn({ err: cause }, 'chargers cannot connect: the database does not answer');
      return turnAway(socket, AWAY, 'unavailable');
    }
    if (socket.destroyed) return metrics.knock('gave_up');
    await decide(knocker, ...found);
  }

  // Whoever is asked for: the time that an answer takes must not tell who exists.
  const signedFor = async (shown: Shown | undefined): Promise<SignedFor | undefined> =>
    shown?.trusted === true ? needs.signedFor(shown.fingerprint) : undefined;

  async function decide(knocker: Knocker, login: LoginRow | undefined, signed: SignedFor | undefined): Promise<void> {
    const { request, identity, credentials, secure, shown } = knocker;
    const certificate = login === undefined ? 'none' : judgeCertificate(shown, signed, login);
    const verdict = judge(needs.peppers, login, { identity, credentials, secure, certificate });
    if (!verdict.may) return turnBack(knocker, verdict.reason, login);
    const offer = chooseVersion(request.headers['sec-websocket-protocol'], versions) ?? assumed(verdict.login);
    if (offer === undefined) return noneInCommon(knocker, verdict.login);
    letIn(knocker, offer, {
      login: verdict.login,
      securityProfile: verdict.profile,
      key: verdict.key,
      raises: verdict.raises,
    });
  }

  /**
   * OCPP-J 1.6 §3.2, 2.x Part 4 §3.2: where none of the offered ones is served the handshake is completed without naming one, and the
   * line is closed at once. Who offers nothing would take that for consent, boot, and come again: it is refused before.
   */
  function noneInCommon(knocker: Knocker, login: LoginRow): void {
    const outcome = 'no_subprotocol';
    record(knocker, outcome, login);
    if (!offersAny(knocker.request.headers['sec-websocket-protocol'])) {
      const text = `Offer a subprotocol (Sec-WebSocket-Protocol) that this server speaks: ${names}`;
      turnAway(knocker.socket, { status: 400, text }, outcome);
      return;
    }
    metrics.knock(outcome);
    upgrade(knocker, strange, undefined, (socket) =>
      dismiss(socket, 1002, `none of the offered subprotocols is served; there are: ${names}`),
    );
  }

  /** T6: only where somebody said so for this very charge point. */
  function assumed(login: LoginRow): Offer<Served> | undefined {
    const version = versions.find((each) => each.protocol === login.assumeProtocol);
    return version === undefined ? undefined : { token: '', version };
  }

  async function turnBack(knocker: Knocker, reason: RefusalReason, login: LoginRow | undefined): Promise<void> {
    const { remoteAddress, identity, credentials, socket } = knocker;
    if (reason === 'unknown_identity' && mayWait(knocker)) return;
    // Without credentials it is no guess, but a charger that waits for the challenge (T12).
    const waitS = credentials === undefined ? undefined : await throttle.wrong(remoteAddress, identity);
    record(knocker, waitS === undefined ? reason : 'throttled', login);
    if (waitS !== undefined) {
      const headers = { 'Retry-After': String(waitS) };
      return turnAway(socket, { status: 429, text: 'Too many wrong attempts', headers }, 'throttled');
    }
    if (reason === 'unknown_identity' && needs.unknownIdentity === 404) {
      return turnAway(socket, { status: 404, text: 'Unknown charge point' }, reason);
    }
    turnAway(socket, unauthorized, reason);
  }

  /** Where strangers may wait; what they present is not looked at, and kept nowhere. */
  function mayWait(knocker: Knocker): boolean {
    const room = needs.unknownIdentity;
    const offer = chooseVersion(knocker.request.headers['sec-websocket-protocol'], versions);
    if (typeof room === 'number' || room.isFull() || offer === undefined) return false;
    const { identity } = knocker;
    const { version } = offer;
    upgrade(knocker, strange, offer, (socket) => {
      metrics.knock('waiting');
      const note = (said?: SelfDescription) => record(knocker, 'unknown_identity', undefined, said);
      note();
      room.admit(socket, { identity, served: version, record: note });
    });
    return true;
  }

  function letIn(
    knocker: Knocker,
    offer: Offer<Served>,
    who: Pick<Greeting, 'login' | 'securityProfile' | 'key' | 'raises'>,
  ): void {
    const { remoteAddress } = knocker;
    upgrade(knocker, offer.version.dialect.compression ? compressing : plain, offer, (charger) => {
      metrics.knock('accepted');
      needs.onCharger(charger, { ...who, served: offer.version, remoteAddress });
    });
  }

  function upgrade(
    { request, socket, head }: Knocker,
    server: typeof plain,
    offer: Offer<Served> | undefined,
    onSocket: (socket: ChargerSocket) => void,
  ): void {
    // ws refuses a header with duplicates or odd tokens, and would choose by itself: it gets the chosen one only (T7).
    if (offer === undefined || offer.token === '') delete request.headers['sec-websocket-protocol'];
    else request.headers['sec-websocket-protocol'] = offer.token;
    socket.removeListener('error', destroy);
    server.handleUpgrade(request, socket, head, onSocket);
  }

  function turnAway(socket: Duplex, refusal: Refusal, outcome: string): void {
    metrics.knock(outcome);
    refuse(socket, refusal);
  }

  function record(
    { request, remoteAddress, identity }: Pick<Knocker, 'request' | 'remoteAddress' | 'identity'>,
    reason: RefusalReason,
    login: LoginRow | undefined,
    said?: SelfDescription,
  ): void {
    needs.recordRefusal({
      said,
      identity,
      reason,
      chargePointId: login?.chargePointId,
      organizationId: login?.organizationId,
      remoteAddress,
      protocols: request.headers['sec-websocket-protocol'] ?? '',
      userAgent: request.headers['user-agent'] ?? '',
      at: needs.now(),
    });
  }

  return {
    attach(server) {
      server.on('upgrade', onUpgrade);
    },
    close() {
      closed = true;
      turnstile.close();
    },
  };
}

function socketServer(maxPayload: number, perMessageDeflate: object | false): SocketServer<typeof ChargerSocket> {
  const options = {
    noServer: true,
    clientTracking: false,
    maxPayload,
    closeTimeout: 5_000,
    // A vendor's name in Latin-1 must not keep its charger away for ever: wrong bytes become U+FFFD.
    skipUTF8Validation: true,
    perMessageDeflate,
    WebSocket: ChargerSocket,
  };
  return new WebSocketServer<typeof ChargerSocket>(options);
}

/**
 * RFC 6455 §10.2. A browser says so by itself when another site's page connects, which might use a key that the browser keeps. What
 * libraries in chargers send as Origin says nothing, and they send no Sec-Fetch-Site.
 */
const isFromAnotherPage = ({ headers }: IncomingMessage): boolean =>
  /^https?:/i.test(headers.origin ?? '') && /^(cross|same)-site$/i.test(String(headers['sec-fetch-site'] ?? ''));

/** RFC 6455 §4.2.1. */
function handshakeFault({ method, headers }: IncomingMessage): Refusal | undefined {
  if (headers.upgrade?.toLowerCase() !== 'websocket')
    return { status: 400, text: 'Only WebSocket upgrades are served' };
  if (method !== 'GET') return { status: 405, text: 'A WebSocket handshake is a GET', headers: { Allow: 'GET' } };
  if (!KEY.test(headers['sec-websocket-key'] ?? ''))
    return { status: 400, text: 'Sec-WebSocket-Key is missing or invalid' };
  if (headers['sec-websocket-version'] !== '13') {
    return { status: 426, text: 'Sec-WebSocket-Version must be 13', headers: { 'Sec-WebSocket-Version': '13' } };
  }
  return undefined;
}

function destroy(this: Duplex): void {
  this.destroy();
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

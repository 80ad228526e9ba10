/** A transport on a real socket with everything behind it faked: the database, the ingest, the handlers, the clock. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { generateChargerKey, hashChargerKey, type Peppers } from '../../src/charge-points/credentials.ts';
import type { ConnectedReply, Input, RoomName } from '../../src/ingest/inputs.ts';
import type { FromCharger, InboundCall, Protocol, ToCharger, Version } from '../../src/ocpp/contract.ts';
import type { RefusedKnock } from '../../src/ocpp/gate.ts';
import { createTransport, type Transport, type TransportOptions } from '../../src/ocpp/index.ts';
import type { LoginRow } from '../../src/ocpp/login-store.ts';
import type { DeviationSink, FrameSink } from '../../src/ocpp/needs.ts';
import { until } from '../support/until.ts';

type Frame = Parameters<FrameSink['append']>[0];
type Reply = (input: Input) => unknown;

export const peppers: Peppers = {
  current: () => ({ kid: 'k', key: Buffer.alloc(32, 7) }),
  byKid: () => Buffer.alloc(32, 7),
};

export type Rig = {
  readonly transport: Transport;
  readonly server: Server;
  readonly port: number;
  readonly inputs: Input[];
  readonly frames: Frame[];
  readonly refusals: RefusedKnock[];
  readonly deviations: Parameters<DeviationSink['record']>[];
  readonly calls: InboundCall[];
  readonly metrics: string[];
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[];
  readonly logins: Map<string, LoginRow>;
  /** Who holds which connection, as the database has it: kept by what is submitted, or changed behind the transport's back. */
  readonly held: Map<string, Held>;
  /** Replaces what an action's handler does. */
  readonly handlers: Map<string, FromCharger['handle']>;
  /** Replaces what a submitted input is answered with. `room.type` */
  readonly replies: Map<string, Reply>;
  /** Moves the monotonic clock and lets the timer tick, second by second. */
  advance(ms: number): void;
  /** A charge point that may connect; its key. */
  charger(identity: string, more?: Partial<LoginRow>): string;
  /** An open socket with the right credentials. */
  connect(identity: string, options?: ConnectOptions): Promise<Charger>;
  of<R extends RoomName>(room: R, type?: string): Extract<Input, { room: R }>[];
  close(): Promise<void>;
};
/** nodeId null: it is not connected. */
export type Held = { readonly generation: number; readonly nodeId: string | null };
export type ConnectOptions = {
  readonly protocols?: string[];
  readonly password?: string | Buffer | null;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  /** Do not wait until the transport has opened it. */
  readonly early?: boolean;
  readonly autoPong?: boolean;
  readonly perMessageDeflate?: boolean;
};

const results: Record<string, () => Record<string, unknown>> = {
  BootNotification: () => ({ status: 'Accepted', currentTime: new Date().toISOString(), interval: 300 }),
  Heartbeat: () => ({ currentTime: new Date().toISOString() }),
  Authorize: () => ({ idTagInfo: { status: 'Accepted' } }),
  StartTransaction: () => ({ transactionId: 1, idTagInfo: { status: 'Accepted' } }),
  StopTransaction: () => ({}),
  StatusNotification: () => ({}),
  MeterValues: () => ({}),
  DataTransfer: () => ({ status: 'UnknownVendorId' }),
  SignCertificate: () => ({ status: 'Accepted' }),
  TransactionEvent: () => ({}),
  NotifyPeriodicEventStream: () => ({}),
};
const actionsOf: Record<Protocol, string[]> = {
  'ocpp1.6': [
    'BootNotification',
    'Heartbeat',
    'Authorize',
    'StartTransaction',
    'StopTransaction',
    'StatusNotification',
    'MeterValues',
    'DataTransfer',
    'DiagnosticsStatusNotification',
    'FirmwareStatusNotification',
    'LogStatusNotification',
    'SecurityEventNotification',
    'SignCertificate',
    'SignedFirmwareStatusNotification',
  ],
  'ocpp2.0.1': ['BootNotification', 'Heartbeat', 'StatusNotification', 'TransactionEvent'],
  'ocpp2.1': ['BootNotification', 'Heartbeat', 'StatusNotification', 'TransactionEvent', 'NotifyPeriodicEventStream'],
};
const accepts = (result: Readonly<Record<string, unknown>>): boolean => result['status'] === 'Accepted';

export async function createRig(
  options: Partial<Omit<TransportOptions, 'versions'>> & {
    readonly protocols?: readonly Protocol[];
    /** Connectors that are known of every station. */
    readonly places?: readonly { readonly evseId: number; readonly connectorId: number }[];
    /** The record of an identity is asked for. */
    readonly onLookUp?: () => void;
    /** Instead of the fakes: a real version, its inputs recorded and answered by `replies`. */
    readonly serve?: (submit: TransportOptions['submit']) => Version;
    /** How the database fares after it has read and before it says so: it waits, or throws. */
    readonly answering?: () => Promise<void>;
  } = {},
): Promise<Rig> {
  const { protocols = ['ocpp1.6'], places = [], serve, onLookUp, answering, ...rest } = options;
  const inputs: Input[] = [];
  const frames: Frame[] = [];
  const refusals: RefusedKnock[] = [];
  const deviations: Parameters<DeviationSink['record']>[] = [];
  const calls: InboundCall[] = [];
  const metrics: string[] = [];
  const logged: { level: string; message: string; fields: object }[] = [];
  const logins = new Map<string, LoginRow>();
  const handlers: Rig['handlers'] = new Map();
  const held: Rig['held'] = new Map();
  const replies: Rig['replies'] = new Map();
  let clock = 0;

  const submit: TransportOptions['submit'] = async (input) => {
    inputs.push(input);
    const { chargePointId } = input;
    const reply = replies.get(`${input.room}.${input.type}`);
    if (input.room === 'stations' && input.type === 'connected') {
      const usual = {
        generation: (held.get(chargePointId)?.generation ?? 0) + 1,
        bootStatus: null,
        clockOffsetMs: null,
      };
      const granted = (reply === undefined ? usual : await reply(input)) as ConnectedReply;
      held.set(chargePointId, { generation: granted.generation, nodeId: input.nodeId });
      return granted;
    }
    if (reply !== undefined) return reply(input);
    if (input.room === 'stations' && input.type === 'disconnected') {
      const row = held.get(chargePointId);
      if (row?.generation === input.generation && row.nodeId === input.nodeId)
        held.set(chargePointId, { ...row, nodeId: null });
    }
    return input.room === 'commands' && input.type === 'next' ? null : undefined;
  };

  const version = (protocol: Protocol): Version => ({
    protocol,
    fromCharger: new Map(
      actionsOf[protocol].map((action): [string, FromCharger] => [
        action,
        {
          action,
          beforeBoot: action === 'BootNotification',
          handle: async (call) => {
            calls.push(call);
            return (await handlers.get(action)?.(call)) ?? results[action]?.() ?? {};
          },
          minimal: () => results[action]?.() ?? {},
        },
      ]),
    ),
    toCharger: new Map(
      ['TriggerMessage', 'Reset', 'ChangeConfiguration', 'GetConfiguration', 'RemoteStartTransaction'].map(
        (action): [string, ToCharger] => [action, { action, accepted: accepts, example: {} }],
      ),
    ),
  });

  const note =
    (level: string) =>
    (fields: object, message: string): void => {
      logged.push({ level, message, fields });
    };
  function read(name: string, values: readonly unknown[]): readonly object[] {
    if (name === 'ocpp_held_by_node')
      return [...held]
        .filter(([, row]) => row.nodeId === values[0])
        .map(([chargePointId, { generation }]) => ({ chargePointId, generation }));
    const asked = values[0] as string[];
    if (name === 'ocpp_places') return places;
    if (name === 'ocpp_touch_last_seen') return asked.map((id) => ({ id }));
    if (name === 'ocpp_login_by_identity') onLookUp?.();
    const key = name === 'ocpp_login_by_id' ? 'chargePointId' : 'identity';
    return [...logins.values()]
      .filter((login) => asked.includes(login[key]))
      .map((login) => ({ ...login, ...held.get(login.chargePointId) }));
  }
  const transport = createTransport({
    versions: serve === undefined ? protocols.map(version) : [serve(submit)],
    db: {
      rows: async <Row>(statement: { name: string }, values: readonly unknown[]) => {
        const rows = read(statement.name, values) as Row[];
        await answering?.();
        return rows;
      },
    },
    submit,
    peppers,
    unseal: (sealed) => JSON.parse(sealed) as Record<string, unknown>,
    nodeId: 'node_1',
    frames: { append: (frame) => void frames.push(frame) },
    deviations: { record: (...args) => void deviations.push(args) },
    recordRefusal: (knock) => void refusals.push(knock),
    recordRaise: async () => undefined,
    clock: { now: () => new Date() },
    log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') },
    metrics: {
      knock: (outcome) => void metrics.push(`knock ${outcome}`),
      opened: () => void metrics.push('opened'),
      closed: (_, reason) => void metrics.push(`closed ${reason}`),
      inbound: (_, action, outcome) => void metrics.push(`inbound ${action} ${outcome}`),
      outbound: (_, action, outcome) => void metrics.push(`outbound ${action} ${outcome}`),
      stray: (_, what) => void metrics.push(`stray ${what}`),
    },
    failOnBrokenResult: true,
    isWarm: false,
    monotonic: () => clock,
    ...rest,
  });
  const server = createServer((_, response) => response.writeHead(404, { connection: 'close' }).end()); // what is no upgrade after all
  transport.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const chargers: Charger[] = [];
  const keys = new Map<string, string>();

  return {
    transport,
    server,
    port,
    inputs,
    frames,
    refusals,
    deviations,
    calls,
    metrics,
    logged,
    logins,
    held,
    handlers,
    replies,
    advance(ms) {
      for (let left = ms; left > 0; left -= 1000) {
        clock += Math.min(1000, left);
        transport.tick();
      }
    },
    charger(identity, more = {}) {
      const key = generateChargerKey();
      const { hash, salt, kid } = hashChargerKey(peppers, key);
      keys.set(identity, key);
      logins.set(identity, {
        chargePointId: `cp_${identity}`,
        number: logins.size + 1,
        identity,
        organizationId: 'org_1',
        securityProfile: 1,
        nextSecurityProfile: null,
        strict: false,
        assumeProtocol: null,
        lifecycle: 'registered',
        serialNumber: null,
        organizationName: 'Org',
        keyHash: hash,
        keySalt: salt,
        keyKid: kid,
        nextKeyHash: null,
        nextKeySalt: null,
        nextKeyKid: null,
        nextKeyCommandId: null,
        nextKeyState: null,
        generation: 0,
        nodeId: null,
        ...more,
      });
      return key;
    },
    async connect(identity, { early = false, ...dial } = {}) {
      const before = inputs.length;
      const charger = await dialCharger(port, identity, { password: keys.get(identity) ?? null, ...dial });
      chargers.push(charger);
      if (!early) {
        await until('the connection is open', () => transport.isConnected(`cp_${identity}`) && inputs.length > before);
      }
      return charger;
    },
    of: (room, type) =>
      inputs.filter((input) => input.room === room && (type === undefined || input.type === type)) as never,
    async close() {
      for (const charger of chargers) charger.socket.terminate();
      await transport.stop(500);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export class Charger {
  readonly socket: WebSocket;
  readonly received: string[] = [];
  closed: { code: number; reason: string } | undefined;
  #last = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => this.received.push(data.toString()));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    socket.on('error', () => undefined); // a test that cares looks at `closed`
  }
  get messages(): unknown[][] {
    return this.received.map((text) => JSON.parse(text) as unknown[]);
  }
  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  /** Sends a CALL and resolves with the answer to it. */
  async call(action: string, payload: unknown = {}, said?: string | number): Promise<unknown[]> {
    this.#last += 1;
    const id = said ?? `m${this.#last}`;
    const from = this.received.length;
    this.send([2, id, action, payload]);
    return until(`an answer to ${action}`, () =>
      this.messages.slice(from).find((each) => each[0] !== 2 && each[1] === id),
    );
  }
  /** The next CALL of the server, or the one of this action. */
  async asked(action?: string): Promise<{ id: string; action: string; payload: unknown }> {
    const found = await until(`a call ${action ?? ''}`, () =>
      this.messages.find((each) => each[0] === 2 && (action === undefined || each[2] === action)),
    );
    return { id: String(found[1]), action: String(found[2]), payload: found[3] };
  }
  gone(): Promise<{ code: number; reason: string }> {
    return until('the socket is closed', () => this.closed);
  }
}

export async function dialCharger(
  port: number,
  identity: string,
  {
    protocols = ['ocpp1.6'],
    password,
    path = '/ocpp/',
    headers = {},
    autoPong = true,
    perMessageDeflate = false,
  }: ConnectOptions,
): Promise<Charger> {
  const authorization =
    password === null || password === undefined
      ? {}
      : {
          authorization: `Basic ${Buffer.concat([Buffer.from(`${identity}:`), Buffer.from(password)]).toString('base64')}`,
        };
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}${identity}`, protocols, {
    headers: { ...authorization, ...headers },
    autoPong,
    perMessageDeflate,
  });
  const charger = new Charger(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('unexpected-response', (_, response) =>
      reject(new Refused(response.statusCode ?? 0, response.headers)),
    );
    socket.once('error', reject);
  });
  return charger;
}

export type Registered = { readonly identity: string; readonly key: string };
/** A charger of OCPP 1.6 that has booted on the server at this URL; the caller closes it. */
export async function bootedCharger(url: string, { identity, key }: Registered): Promise<Charger> {
  const charger = await dialCharger(Number(new URL(url).port), identity, { password: key });
  try {
    await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' });
  } catch (cause) {
    charger.socket.terminate();
    throw cause;
  }
  return charger;
}

export class Refused extends Error {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  constructor(status: number, headers: NodeJS.Dict<string | string[]>) {
    super(`refused with ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

/** Sends raw bytes and resolves with all that comes back until the other side hangs up. */
export async function rawRequest(port: number, text: string | Buffer): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined); // a reset counts as hanging up
  await once(socket, 'connect');
  socket.write(text);
  const timer = setTimeout(() => socket.destroy(new Error(`no end after ${text.toString().slice(0, 300)}`)), 5000);
  await once(socket, 'close');
  clearTimeout(timer);
  return Buffer.concat(chunks).toString('latin1');
}

export const upgradeRequest = (target: string, headers: Record<string, string | undefined> = {}): string => {
  const all: Record<string, string | undefined> = {
    Host: 'localhost',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': 'ocpp1.6',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `GET ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
};

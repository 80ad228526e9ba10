/** The generator's connections: bare `ws` clients that send one frame and hear one answer. No validation, no queue. */
import { WebSocket } from 'ws';
import { boot, type Mouth, newMouth, status } from './messages.ts';
import { boot2, status2 } from './messages-2.ts';

export type PeerSpec = {
  readonly identity: string;
  readonly key: string;
  readonly token: string;
  /** The address it connects from; default: the system's choice. */
  readonly from?: string;
};
export type Speaks = 'ocpp1.6' | 'ocpp2.0.1' | 'ocpp2.1';
export type Answer = 'result' | 'error';
export type Peer = {
  readonly speaks: Speaks;
  readonly mouth: Mouth;
  readonly isOpen: () => boolean;
  /** `heard` is called once, with the kind of the answer and its bytes. */
  send(text: string, heard: (answer: Answer, data: Buffer) => void): void;
  close(): void;
};

export type Counters = { calls: number; unexpectedCloses: number; refused: number };

const RESULT = 0x33;
const CALL = 0x32;

/** Resolves when the socket is open; undefined: it was refused. A call that its end leaves unanswered counts as an error. */
function open(url: string, spec: PeerSpec, speaks: Speaks, counters: Counters): Promise<Peer | undefined> {
  return new Promise((resolve) => {
    const ws = new WebSocket(`${url}/${spec.identity}`, [speaks], {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      ...(spec.from !== undefined && { localAddress: spec.from }),
      generateMask: (mask) => mask.fill(0), // a mask costs the generator, and the server cannot tell
      headers: { authorization: `Basic ${Buffer.from(`${spec.identity}:${spec.key}`).toString('base64')}` },
    });
    let expected: ((answer: Answer, data: Buffer) => void) | undefined;
    let closing = false;
    const peer: Peer = {
      speaks,
      mouth: newMouth(spec.token),
      isOpen: () => ws.readyState === WebSocket.OPEN,
      send(text, heard) {
        expected = heard;
        ws.send(text);
      },
      close() {
        closing = true;
        ws.terminate();
      },
    };
    ws.on('open', () => resolve(peer));
    ws.on('error', () => undefined); // the close follows
    ws.on('close', () => {
      if (ws.protocol === '') {
        counters.refused += 1;
        resolve(undefined);
      } else if (!closing) {
        counters.unexpectedCloses += 1;
        expected?.('error', Buffer.alloc(0));
      }
    });
    ws.on('message', (data: Buffer) => {
      const kind = data[1];
      if (kind === CALL) {
        // The server may ask something of a charger; it hears yes.
        counters.calls += 1;
        const [, id] = JSON.parse(data.toString()) as [number, string]; // as: our own server's frame
        ws.send(`[3,${JSON.stringify(id)},{"status":"Accepted"}]`);
        return;
      }
      const heard = expected;
      expected = undefined;
      heard?.(kind === RESULT ? 'result' : 'error', data);
    });
  });
}

const ask = (peer: Peer, text: string): Promise<{ answer: Answer; data: Buffer }> =>
  new Promise((resolve) => peer.send(text, (answer, data) => resolve({ answer, data })));

export type Connected = { readonly peers: readonly Peer[]; readonly seconds: number; readonly failures: number };

/** Connects and boots all of them, so many at a time, and tells the status of station and connector. */
export async function connectAll(options: {
  readonly url: string;
  readonly specs: readonly PeerSpec[];
  readonly atOnce: number;
  readonly withStatuses: boolean;
  readonly speaks: Speaks;
  readonly counters: Counters;
}): Promise<Connected> {
  const { url, specs, atOnce, speaks, counters } = options;
  const peers: Peer[] = [];
  let failures = 0;
  let next = 0;
  const begun = performance.now();
  async function lane(): Promise<void> {
    for (let index = next++; index < specs.length; index = next++) {
      const spec = specs[index];
      const peer = spec === undefined ? undefined : await openPatiently(url, spec, speaks, counters);
      const booted =
        peer === undefined ? undefined : await ask(peer, speaks === 'ocpp1.6' ? boot(peer.mouth) : boot2(peer.mouth));
      if (peer === undefined || booted?.answer !== 'result' || !booted.data.includes('"Accepted"')) {
        failures += 1;
        continue;
      }
      if (options.withStatuses && speaks !== 'ocpp1.6') await ask(peer, status2(peer.mouth, 'Available'));
      else if (options.withStatuses) {
        await ask(peer, status(peer.mouth, 0, 'Available'));
        await ask(peer, status(peer.mouth, 1, 'Available'));
      }
      peers.push(peer);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, specs.length) }, lane));
  return { peers, failures, seconds: (performance.now() - begun) / 1000 };
}

/** A charger that is turned away for now (503) comes again, as chargers do. */
async function openPatiently(
  url: string,
  spec: PeerSpec,
  speaks: Speaks,
  counters: Counters,
): Promise<Peer | undefined> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const peer = await open(url, spec, speaks, counters);
    if (peer !== undefined) return peer;
    await new Promise((resolve) => setTimeout(resolve, 50 + 200 * Math.random()));
  }
  return undefined;
}

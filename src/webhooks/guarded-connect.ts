/**
 * How undici dials a target: names are resolved here, every address is checked, and the very address that was checked is
 * dialled, so that a second answer of the DNS changes nothing. Must never hand an unchecked name or address to a socket.
 */
import type { SecureContext } from 'node:tls';
import { buildConnector } from 'undici';
import type { Resolve } from './resolve.ts';
import { checkServerIdentity } from './server-identity.ts';
import { literalOf, type TargetGuard, TargetRefused } from './target-guard.ts';

type Connector = buildConnector.connector;
type Socket = NonNullable<Parameters<buildConnector.Callback>[1]>;

/** An address that does not answer is given up after this, while there is another one. */
const NEXT_ADDRESS_MS = 2500;
const MAX_ADDRESSES = 6;
const NO_ANSWER = 'UND_ERR_CONNECT_TIMEOUT';
/** Nothing leads from here to such an address: most often IPv6, where this machine has none. */
const NO_WAY = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);
/** Faults of one address; its host may have others that work. */
const TRY_NEXT = new Set([...NO_WAY, 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', NO_ANSWER]);

export type GuardedConnectOptions = {
  readonly guard: Pick<TargetGuard, 'allows' | 'allowsHost'>;
  readonly resolve: Resolve;
  /** Of one address, TLS handshake included. */
  readonly timeoutMs: number;
  /** Made once: reading the certificates anew for every connection costs milliseconds. */
  readonly secureContext?: SecureContext | undefined;
};

export function createGuardedConnect({ guard, resolve, timeoutMs, secureContext }: GuardedConnectOptions): Connector {
  const tls = { checkServerIdentity, ...(secureContext !== undefined && { secureContext }) };
  const patient = buildConnector({ ...tls, timeout: timeoutMs });
  const hasty = buildConnector({ ...tls, timeout: Math.min(timeoutMs, NEXT_ADDRESS_MS) });

  async function connect(options: buildConnector.Options): Promise<Socket> {
    if (!guard.allowsHost(options.hostname)) throw new TargetRefused(`${options.hostname} is no host that is allowed`);
    const literal = literalOf(options.hostname);
    const addresses = literal === undefined ? await resolve(options.hostname) : [literal];
    if (addresses.length === 0) throw new TargetRefused(`${options.hostname} has no address`);
    const refused = addresses.find((address) => !guard.allows(address));
    if (refused !== undefined) throw new TargetRefused(`${options.hostname} leads to ${refused}`);
    const tried = addresses.slice(0, MAX_ADDRESSES);
    const faults: { readonly address: string; readonly cause: unknown }[] = [];
    for (const [i, address] of tried.entries()) {
      const isLast = i === tried.length - 1;
      try {
        return checked(await dial(isLast ? patient : hasty, { ...options, hostname: address }));
      } catch (cause) {
        if (!TRY_NEXT.has(codeOf(cause))) throw cause;
        faults.push({ address, cause });
      }
    }
    // Whoever was given up for the sake of others that nothing leads to was the last one, and has its time.
    const last = faults.at(-1);
    const told = faults.findLast(({ cause }) => !NO_WAY.has(codeOf(cause))) ?? last;
    if (told !== undefined && told !== last && codeOf(told.cause) === NO_ANSWER)
      return checked(await dial(patient, { ...options, hostname: told.address }));
    throw told?.cause;
  }

  /** What is at the other end must be allowed too, whatever lies between. */
  function checked(socket: Socket): Socket {
    const peer = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '');
    if (peer !== undefined && guard.allows(peer)) return socket;
    socket.on('error', () => undefined); // nobody else listens any more
    socket.destroy();
    throw new TargetRefused(`connected to ${peer ?? 'nobody'}`);
  }

  return (options, callback) => {
    connect(options).then(
      (socket) => callback(null, socket),
      (cause: Error) => callback(cause, null), // with its code, which tells what happened
    );
  };
}

/** `host` stays the URL's, so SNI, the certificate's check and the Host header are those of the name. */
const dial = (connector: Connector, options: buildConnector.Options): Promise<Socket> =>
  new Promise((resolve, reject) => {
    connector(options, (...[fault, socket]) => {
      if (fault !== null) reject(fault);
      else resolve(socket);
    });
  });

const codeOf = (cause: unknown): string =>
  typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string' ? cause.code : '';

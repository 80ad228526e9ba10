/**
 * Names → addresses, for targets that anybody may choose. Asks the DNS over its own sockets: getaddrinfo would run in libuv's
 * four threads, where a few names with dead name servers stop every file and password hash of the process.
 */
import { lookup, Resolver } from 'node:dns/promises';

/** All addresses of a host name, IPv4 first. Rejects with Node's DNS error when there are none. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/** The DNS says that the name does not exist; /etc/hosts or a search domain may know it. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'ECONNREFUSED', 'ESERVFAIL', 'EREFUSED', 'EBADNAME']);
/** Of libuv's four threads. */
const SYSTEM_LOOKUPS = 2;

export function createResolve(): Resolve {
  /** Sixteen connections that begin at once ask once. */
  const inFlight = new Map<string, Promise<readonly string[]>>();
  const limited = limit(SYSTEM_LOOKUPS);

  async function ask(hostname: string): Promise<readonly string[]> {
    // made anew, so that a changed resolv.conf counts
    const resolver = new Resolver({ timeout: 2000, tries: 2 });
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const faults = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
    const other = faults.find((fault) => !ABSENT.has(codeOf(fault)));
    if (other !== undefined) throw other;
    const found = await limited(() => lookup(hostname, { all: true }));
    return found.toSorted((a, b) => a.family - b.family).map(({ address }) => address);
  }

  return (hostname) => {
    const name = hostname.replace(/\.$/, '').toLowerCase();
    if (name === 'localhost' || name.endsWith('.localhost')) return Promise.resolve(['127.0.0.1', '::1']); // RFC 6761 §6.3
    const asked = inFlight.get(name);
    if (asked !== undefined) return asked;
    const answer = ask(name).finally(() => inFlight.delete(name));
    inFlight.set(name, answer);
    return answer;
  };
}

const codeOf = (fault: unknown): string =>
  typeof fault === 'object' && fault !== null && 'code' in fault && typeof fault.code === 'string' ? fault.code : '';

function limit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

/**
 * Where deliveries may go: https to public addresses only. Every spelling of an address ends in a WHATWG URL or in an answer
 * of the DNS, and there it is checked; no text is ever compared. guarded-connect.ts asks again when it dials.
 */
import { BlockList, isIP, isIPv4 } from 'node:net';
import type { Resolve } from './resolve.ts';

/** Not globally reachable, or not a host: IANA special-purpose registry (RFC 6890 and successors), and cloud metadata. */
const refusedIPv4 = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier NAT; Alibaba's metadata
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's host agent: a public address that answers inside
  '169.254.0.0/16', // link-local; metadata of AWS, Google, Azure
  '172.16.0.0/12',
  '192.0.0.0/24', // protocol assignments; Oracle's metadata
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
] as const;

/** Only global unicast (2000::/3) is public, and not all of it. */
const refusedIPv6 = [
  '::/3', // ::/96 and loopback, v4-mapped, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard
  '4000::/2', // SRv6 and unassigned
  '8000::/1', // unique local, link-local, site-local, multicast; AWS's metadata fd00:ec2::254
  '2001::/23', // Teredo, ORCHID, benchmarks and other protocol assignments
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: carries any IPv4 address
  '3fff::/20', // documentation
] as const;

export type TargetGuard = {
  /** Whether a connection to this address (a literal) may be made. */
  allows(address: string): boolean;
  /** Whether a host of that name may be asked at all, as a URL has it. */
  allowsHost(hostname: string): boolean;
  /** What is wrong with this URL as a target, or undefined. Resolves its name; one that does not resolve (yet) is let pass. */
  faultOf(url: string): Promise<string | undefined>;
};

/** Thrown where a connection would go to a refused address. */
export class TargetRefused extends Error {
  override readonly name = 'TargetRefused';
}

/** Longest that saving an endpoint waits for the DNS. */
const RESOLVE_MS = 3000;

export function createTargetGuard({
  allowSubnets,
  allowHosts = [],
  resolve,
}: {
  /** CIDRs that are allowed although they are not public (WEBHOOK_ALLOW_SUBNETS). Throws on a text that is none. */
  readonly allowSubnets: readonly string[];
  /** Names in lower case, or *.name for all below it (WEBHOOK_ALLOW_HOSTS); none: every host. */
  readonly allowHosts?: readonly string[];
  readonly resolve: Resolve;
}): TargetGuard {
  const refused = lists([...refusedIPv4, ...refusedIPv6]);
  const allowed = lists(allowSubnets);
  const allows = (address: string): boolean => {
    const family = isIP(address);
    if (family === 0 || address.includes('%')) return false; // a zone names an interface of this machine
    return family === 4
      ? allowed.v4.check(address, 'ipv4') || !refused.v4.check(address, 'ipv4')
      : allowed.v6.check(address, 'ipv6') || !refused.v6.check(address, 'ipv6');
  };
  const exact = new Set(allowHosts);
  const below = allowHosts.filter((each) => each.startsWith('*.')).map((each) => each.slice(1));
  const allowsHost = (hostname: string): boolean => {
    const name = hostname.toLowerCase().replace(/\.$/, '');
    return allowHosts.length === 0 || exact.has(name) || below.some((each) => name.endsWith(each));
  };
  return {
    allows,
    allowsHost,
    async faultOf(text) {
      const url = parseTarget(text);
      if ('fault' in url) return url.fault;
      if (!allowsHost(url.hostname)) return 'must be at one of the hosts that this installation allows';
      const literal = literalOf(url.hostname);
      const addresses = literal === undefined ? await known(resolve, url.hostname) : [literal];
      return addresses.every(allows) ? undefined : 'must not lead to a private, local or otherwise reserved address';
    },
  };
}

type Target = { readonly hostname: string } | { readonly fault: string };

/** The rules that need no address. */
export function parseTarget(text: string): Target {
  if (text.length > 2048) return { fault: 'must have at most 2048 characters' };
  // the parser would drop or rewrite these, so that two readers could see two different hosts
  if (/[\s\p{Cc}\\]/u.test(text)) return { fault: 'must not contain spaces, control characters or backslashes' };
  if (!URL.canParse(text)) return { fault: 'must be an absolute URL, such as https://example.com/hooks' };
  const url = new URL(text);
  if (url.protocol !== 'https:') return { fault: 'must begin with https://' };
  if (!/^https:\/\/[^/]/i.test(text)) return { fault: 'must be an absolute URL, such as https://example.com/hooks' };
  if (url.username !== '' || url.password !== '' || /^https:\/\/[^/?#]*@/i.test(text))
    return { fault: 'must not contain a user name or password' };
  return { hostname: url.hostname };
}

/** [::1] → ::1, 127.0.0.1 as it is, a name → undefined. The URL parser has normalised every other spelling. */
export function literalOf(hostname: string): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? undefined : bare;
}

/** A name that cannot be resolved now has no address to refuse; it is checked again at every dial. */
async function known(resolve: Resolve, hostname: string): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly string[]>((done) => {
    timer = setTimeout(() => done([]), RESOLVE_MS);
  });
  try {
    return await Promise.race([resolve(hostname), late]);
  } catch {
    return []; // not found, or the DNS is away: nothing to check
  } finally {
    clearTimeout(timer);
  }
}

/** One list per family: a BlockList matches an IPv4 address against IPv6 networks as its v4-mapped form. */
function lists(cidrs: readonly string[]): { v4: BlockList; v6: BlockList } {
  const v4 = new BlockList();
  const v6 = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix = '', rest] = cidr.trim().split('/');
    const family = isIP(network);
    const bits = prefix === '' ? (family === 4 ? 32 : 128) : Number(prefix);
    if (family === 0 || rest !== undefined || !/^\d*$/.test(prefix) || bits > (family === 4 ? 32 : 128))
      throw new Error(`"${cidr}" is not a subnet such as 10.1.0.0/16 or fd00:1::/32`);
    if (isIPv4(network)) v4.addSubnet(network, bits, 'ipv4');
    else v6.addSubnet(network, bits, 'ipv6');
  }
  return { v4, v6 };
}

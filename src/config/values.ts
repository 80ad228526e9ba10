/** How the text of a variable becomes a value. Each schema's one message says what the variable wants. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { transferSchemes } from '../platform/transfer-url.ts';

const DIGITS = /^\d{1,15}$/;

export const whole = (min: number, max: number) => {
  const wants = `a whole number from ${min} to ${max}`;
  return z.string().regex(DIGITS, wants).transform(Number).pipe(z.number().min(min, wants).max(max, wants));
};

export const oneOf = <const T extends readonly [string, ...string[]]>(...choices: T) =>
  z.enum(choices, { error: () => `one of ${choices.join(', ')}` });

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** A parser that answers undefined for what it cannot read. */
const parsed = <T>(wants: string, parse: (text: string) => T | undefined) =>
  z.string().transform((text, context): T => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: wants });
    return z.NEVER;
  });

/** A bare address is a network of one. A network of all addresses is refused: it would switch a guard off unseen. */
function network(text: string): string | undefined {
  const [address = '', prefix, ...more] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || more.length > 0) return undefined;
  if (prefix === undefined) return `${address}/${bits}`;
  if (!DIGITS.test(prefix)) return undefined;
  return Number(prefix) >= 1 && Number(prefix) <= bits ? `${address}/${Number(prefix)}` : undefined;
}

const everyNetwork = (parts: readonly string[]): string[] | undefined => {
  const networks = parts.map(network);
  return networks.every((each) => each !== undefined) ? networks : undefined;
};

export const networks = parsed('networks like 10.1.0.0/16 or fd00::/8, separated by commas', (text) =>
  everyNetwork(list(text)),
);

const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;
export const hostPatterns = parsed(
  'names of hosts like hooks.example.com or *.example.com, separated by commas',
  (text) => {
    const hosts = list(text).map((each) => each.toLowerCase());
    return hosts.every((each) => each.length <= 255 && HOST.test(each)) ? hosts : undefined;
  },
);

/** The short names that Express knows, spelled out. */
const NAMED_NETWORKS: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

export const proxies = parsed(
  'addresses or networks of proxies (10.1.0.4, 10.1.0.0/16, loopback, linklocal, uniquelocal), separated by commas',
  (text) => everyNetwork(list(text).flatMap((part) => NAMED_NETWORKS[part] ?? [part])),
);

/** At most 5 (the contract of webhooks) and at most a day; each is shortened by up to a tenth at random and must stay in order. */
export const retryOffsets = parsed(
  '1 to 5 numbers of seconds, nine tenths of each more than the one before, at most 86400, separated by commas',
  (text) => {
    const parts = list(text);
    if (parts.length < 1 || parts.length > 5 || !parts.every((part) => DIGITS.test(part))) return undefined;
    const seconds = parts.map(Number);
    const rising = seconds.every((each, i) => each * 0.9 > (seconds[i - 1] ?? 0));
    return rising && Math.max(...seconds) <= 86_400 ? seconds : undefined;
  },
);

function urlOf(text: string, ...protocols: string[]): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && protocols.includes(url.protocol) ? url : undefined;
}

export const postgresUrl = parsed('a URL like postgresql://user:password@host:5432/database', (text) => {
  const url = urlOf(text, 'postgres:', 'postgresql:');
  return url !== undefined && url.pathname.length > 1 ? text : undefined;
});

/** Without a slash at its end, so that a path can be put behind it. */
export const publicUrl = parsed('a URL like https://csms.example.com, without query or user', (text) => {
  const url = urlOf(text, 'http:', 'https:');
  if (url === undefined || url.search !== '' || url.hash !== '' || url.username !== '') return undefined;
  return url.href.replace(/\/+$/, '');
});

export const httpsUrl = parsed('a URL like https://pki.example.com/sign, without a user', (text) => {
  const url = urlOf(text, 'https:');
  return url !== undefined && url.username === '' && url.password === '' && url.hash === '' ? text : undefined;
});

const PLAIN_HOST = /^[a-z0-9.-]+(:\d{1,5})?$/;
const PLACES = ['{z}', '{x}', '{y}'];
export type MapTiles = {
  /** With {z}, {x}, {y} and perhaps {r}. */
  readonly url: string;
  /** The only server beside this one that pages may show pictures of. */
  readonly origin: string;
};

/** Where pictures of a map are: one server, so that a page's policy can name it; {r} is what screens with more dots ask for. */
export const mapTiles = parsed(
  'a URL of one host like https://tiles.example.com/{z}/{x}/{y}.png with {z}, {x} and {y} (and perhaps {r}) in it, without a user',
  (text): MapTiles | undefined => {
    const url = text.length > 500 ? undefined : urlOf(text, 'https:', 'http:');
    if (url === undefined || url.username !== '' || url.password !== '' || url.hash !== '') return undefined;
    const rest = [...PLACES, '{r}'].reduce((left, place) => left.replace(place, ''), text);
    const isWhole = PLACES.every((place) => text.includes(place)) && !/[{}\s\\]/.test(rest);
    return isWhole && PLAIN_HOST.test(url.host) ? { url: text, origin: url.origin } : undefined;
  },
);

export type MapAttribution = { readonly text: string; readonly url: string | undefined };
/** `Whose map it is`, or `Whose map it is <https://…>`. */
export const mapAttribution = parsed(
  'one line of at most 200 characters that says whose map it is, perhaps with a link: © OpenStreetMap contributors <https://www.openstreetmap.org/copyright>',
  (text): MapAttribution | undefined => {
    const [, said = text, link] = /^([^<>]{1,200}) <([^<>\s]{1,500})>$/u.exec(text.trim()) ?? [];
    if (said.length > 200 || /[<>\p{Cc}]/u.test(said)) return undefined;
    const url = link === undefined ? undefined : urlOf(link, 'https:', 'http:')?.href;
    return link !== undefined && url === undefined ? undefined : { text: said.trim(), url };
  },
);

export const transferUrlSchemes = parsed(
  `one or several of ${transferSchemes.join(', ')}, separated by commas`,
  (text) => {
    const schemes = list(text);
    const known = schemes.filter((each) => (transferSchemes as readonly string[]).includes(each));
    return known.length > 0 && known.length === schemes.length ? known : undefined;
  },
);

/** `chain.pem+key.pem`, or one file that holds both; relative paths start from the installation. */
export const tlsCertificates = parsed(
  'dev-ca, or one or two of certificate-chain.pem+private-key.pem, separated by commas (one RSA, one ECDSA)',
  (text) => {
    const entries = list(text);
    if (entries.length === 1 && entries[0] === 'dev-ca') return 'dev-ca' as const;
    if (entries.length < 1 || entries.length > 2) return undefined;
    const pairs = entries.map((entry) => {
      const [chain = '', key = chain, ...more] = entry.split('+').map((part) => part.trim());
      return chain === '' || key === '' || more.length > 0 ? undefined : { chain, key };
    });
    return pairs.every((each) => each !== undefined) ? pairs : undefined;
  },
);

export const email = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(
    z
      .string()
      .regex(/^[^\s@]+@[^\s@]+$/, 'an e-mail address')
      .max(254, 'an e-mail address'),
  );

const WORD = /^[\x21-\x7e]+$/;
/** Printable ASCII without spaces. */
export const word = (wants: string, min: number, max: number) =>
  z.string().regex(WORD, wants).min(min, wants).max(max, wants);

export const text = (wants: string, min: number, max: number) => z.string().trim().min(min, wants).max(max, wants);

export type SmtpServer = {
  readonly host: string;
  readonly port: number;
  /** tls: from the first byte; none: in the clear. */
  readonly security: 'tls' | 'starttls' | 'none';
  readonly user: string | undefined;
  readonly password: string | undefined;
};

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

const SMTP_SCHEMES = {
  'smtps:': { security: 'tls', port: 465 },
  'smtp+starttls:': { security: 'starttls', port: 587 },
  'smtp:': { security: 'none', port: 25 },
} as const;

/** smtps://…: TLS from the first byte; smtp+starttls://…: TLS or nothing; smtp://…: in the clear, a password only to this machine. */
function smtpServer(text: string): SmtpServer | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  const scheme = Object.entries(SMTP_SCHEMES).find(([name]) => name === url.protocol)?.[1];
  if (scheme === undefined) return undefined;
  if (url.hostname === '' || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '')
    return undefined;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === null || password === null) return undefined;
  if (scheme.security === 'none' && password !== undefined && !LOOPBACK.includes(url.hostname)) return undefined;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? scheme.port : Number(url.port),
    security: scheme.security,
    user,
    password,
  };
}

/** null: its escapes are none. */
function decoded(part: string): string | undefined | null {
  try {
    return part === '' ? undefined : decodeURIComponent(part);
  } catch {
    return null;
  }
}
export const smtpUrl = parsed(
  'smtps://USER:PASSWORD@HOST:PORT or smtp+starttls://USER:PASSWORD@HOST:PORT, or smtp://HOST:PORT without a password (but for this machine)',
  smtpServer,
);

const ADDRESS = /^[^\s<>@,;:"()[\]\\]{1,64}@[A-Za-z0-9.-]{1,190}$/;
/** An address, or `Name <address>`. One line, and nothing that a header could be made of. */
export const mailAddress = parsed('an e-mail address, or Name <address>', (text) => {
  const [, name = '', address = text] = /^([^<>"\p{Cc},;:]{0,100}) <([^<>]*)>$/u.exec(text) ?? [];
  if (!ADDRESS.test(address)) return undefined;
  return name === '' ? address : `${name.trim()} <${address}>`;
});

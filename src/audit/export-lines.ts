/**
 * The audit log as a file of JSON lines that can be verified away from the database: first what the chain says of itself, then
 * each entry exactly as it was sealed, with the HMAC of the one before, so that every line proves itself. Pure.
 */
import { z } from 'zod';
import type { Entry, SealedChain } from './chain.ts';

/** An entry, and the HMAC of the one before it; null: that one was forgotten while the file was written. */
export type Followed = Entry & { readonly before: Buffer | null };

const hex = z
  .string()
  .regex(/^(?:[0-9a-f]{2}){0,64}$/)
  .transform((digits) => Buffer.from(digits, 'hex'));
const instant = z.iso.datetime().transform((at) => new Date(at));
const text = z.string().max(20_000);
const position = z.int().min(0);

/** In the words of GET /audit/head where it has them. */
const headLine = z.strictObject({
  chain: z
    .strictObject({
      organization_id: text,
      position,
      mac: hex,
      forgotten_until: position,
      forgotten_mac: hex,
      kid: text,
      seal: hex,
    })
    .nullable(),
  /** It shows a part: what is there is genuine, but nobody can tell what is not. */
  filtered: z.boolean(),
});
const entryLine = z.strictObject({
  position,
  at: instant,
  kind: z.enum(['called', 'ended', 'refused', 'script', 'charger']),
  request_id: text,
  principal_kind: z.enum(['api_key', 'user', 'none', 'script', 'charge_point']),
  principal_id: text.nullable(),
  address: text.nullable(),
  operation: text,
  method: text.nullable(),
  path: text.nullable(),
  /** JSON texts: what is sealed is the text. */
  target: text,
  detail: text,
  status: z.int().nullable(),
  code: text.nullable(),
  call_position: position.nullable(),
  repeated: z.int(),
  kid: text,
  before: hex.nullable(),
  mac: hex,
});

export type Head = { readonly chain: SealedChain | undefined; readonly filtered: boolean };

export function headText({ chain, filtered }: Head): string {
  const shown =
    chain === undefined
      ? null
      : {
          organization_id: chain.organizationId,
          position: chain.position,
          mac: chain.mac.toString('hex'),
          forgotten_until: chain.goneUntil,
          forgotten_mac: chain.goneMac.toString('hex'),
          kid: chain.kid,
          seal: chain.seal.toString('hex'),
        };
  return `${JSON.stringify({ chain: shown, filtered })}\n`;
}

/** As it stands in the database, whatever it holds. */
export const entryText = (entry: Followed): string =>
  `${JSON.stringify({
    position: entry.position,
    at: entry.at.toISOString(),
    kind: entry.kind,
    request_id: entry.requestId,
    principal_kind: entry.principalKind,
    principal_id: entry.principalId,
    address: entry.address,
    operation: entry.operation,
    method: entry.method,
    path: entry.path,
    target: entry.target,
    detail: entry.detail,
    status: entry.status,
    code: entry.code,
    call_position: entry.callPosition,
    repeated: entry.repeated,
    kid: entry.kid,
    before: entry.before?.toString('hex') ?? null,
    mac: entry.mac.toString('hex'),
  })}\n`;

/** Undefined: it is not the first line of such a file. */
export function readHead(line: string): Head | undefined {
  const parsed = headLine.safeParse(jsonOf(line));
  if (!parsed.success) return undefined;
  const { chain, filtered } = parsed.data;
  if (chain === null) return { chain: undefined, filtered };
  const { organization_id: organizationId, position, mac, forgotten_until, forgotten_mac, kid, seal } = chain;
  return {
    chain: { organizationId, position, mac, goneUntil: forgotten_until, goneMac: forgotten_mac, kid, seal },
    filtered,
  };
}

/** Undefined: it is not an entry. */
export function readEntry(line: string, organizationId: string): Followed | undefined {
  const parsed = entryLine.safeParse(jsonOf(line));
  if (!parsed.success) return undefined;
  const { request_id, principal_kind, principal_id, call_position, ...rest } = parsed.data;
  return {
    ...rest,
    organizationId,
    requestId: request_id,
    principalKind: principal_kind,
    principalId: principal_id,
    callPosition: call_position,
  };
}

/** Undefined, which no schema above takes, for what is no JSON. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // whoever reads the file tells which line it was
  }
}

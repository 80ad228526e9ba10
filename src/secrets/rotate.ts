/**
 * Brings what the key ring seals under its first key, and tells which of the others nothing hangs on any more. It may run beside
 * the server, be killed and be run again. It must never write when a key is missing, nor call a key free that something needs.
 */
import type { Database } from '../database/contract.ts';
import { type Cipher, SealedError, sealedUnder } from './cipher.ts';
import { passingRows, pepperedRows, type Resealed, reseal, type SealedRow, sealedRows } from './reseal-store.ts';
import { PASSING, SEALED, type SealedTable } from './sealed-columns.ts';

export type RotationNeeds = {
  readonly db: Pick<Database, 'rows'>;
  /** Its kids: current first. */
  readonly keyRing: { readonly kids: readonly string[]; cipher(purpose: string): Cipher };
  readonly isDryRun: boolean;
  readonly batch?: number;
};

export type Usage = {
  readonly what: SealedTable['what'] | (typeof PASSING)[keyof typeof PASSING] | (typeof TABLES)[keyof typeof TABLES];
  readonly kid: string;
  readonly rows: number;
};
export type Rotation = {
  /** What stays sealed, of each kind; `resealed` in a dry run: those that would be. */
  readonly sealed: readonly {
    readonly of: SealedTable;
    readonly looked: number;
    readonly resealed: number;
    /** Rows whose secret does not open with the key that it names: altered, or of another row. */
    readonly broken: readonly string[];
  }[];
  /** Keys that something hangs on and the ring has not got. Then nothing was written. */
  readonly missing: readonly Usage[];
  /** What hangs on which key now. */
  readonly usage: readonly Usage[];
  /** Of the ring, not the first, and nothing hangs on them. */
  readonly removable: readonly string[];
  /** Free of everything but what expires: answers to repeated requests, reports on customers. */
  readonly removableLater: readonly { readonly kid: string; readonly at: Date }[];
};

const DAY_MS = 24 * 3_600_000;

export async function rotateSecretKeys(needs: RotationNeeds): Promise<Rotation> {
  const { keyRing, isDryRun } = needs;
  const { kids } = keyRing;
  const [current = ''] = kids;
  const before = await usageOf(needs);
  const missing = before.usage.filter(({ kid, what }) => isRefusedWithout(what) && !kids.includes(kid));
  const sealed: Rotation['sealed'][number][] = [];
  for (const of of SEALED) {
    const all = before.usage.filter(({ what }) => what === of.what);
    const looked = countOf(all);
    const done =
      missing.length === 0 && !isDryRun
        ? await resealAll(needs, of, current)
        : { resealed: countOf(all.filter(({ kid }) => kid !== current)), broken: [] };
    sealed.push({ of, looked, ...done });
  }
  const after = missing.length > 0 || isDryRun ? before : await usageOf(needs);
  const others = kids.filter((kid) => kid !== current);
  const needing = (kid: string) => after.usage.filter((use) => use.kid === kid);
  const isFree = (kid: string) => needing(kid).every(({ what }) => EXPIRING.has(what));
  const later = others.flatMap((kid) => {
    const latest = after.latest.get(kid);
    return isFree(kid) && latest !== undefined ? [{ kid, at: new Date(latest.getTime() + DAY_MS) }] : [];
  });
  return {
    sealed,
    missing,
    usage: after.usage,
    removable: others.filter((kid) => needing(kid).length === 0),
    removableLater: later,
  };
}

/** Entries of the audit log cannot be verified without their key; that stops nobody. */
const isRefusedWithout = (what: Usage['what']): boolean => !EXPIRING.has(what) && what !== 'audit entries';
const EXPIRING: ReadonlySet<Usage['what']> = new Set([PASSING.idempotency, PASSING['customer-information']]);

const TABLES = { api_keys: 'API keys', charge_points: 'charger keys', audit_entries: 'audit entries' } as const;

const countOf = (usage: readonly Usage[]): number => usage.reduce((sum, { rows }) => sum + rows, 0);

/** Whatever it is, a server of this ring cannot open it. */
const UNREADABLE = '?';

async function* pagesOf({ db, batch = 200 }: RotationNeeds, of: SealedTable): AsyncIterable<SealedRow[]> {
  let last = '';
  for (;;) {
    const rows = await sealedRows(db, of, last, batch);
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)?.id ?? last;
  }
}

async function usageOf(needs: RotationNeeds) {
  const usage: Usage[] = [];
  for (const of of SEALED) {
    const secrets = new Map<string, number>();
    for await (const rows of pagesOf(needs, of))
      for (const { secret, previous } of rows)
        for (const sealed of [secret, previous]) {
          if (sealed === null) continue;
          const kid = sealedUnder(sealed) ?? UNREADABLE;
          secrets.set(kid, (secrets.get(kid) ?? 0) + 1);
        }
    for (const [kid, rows] of secrets) usage.push({ what: of.what, kid, rows });
  }
  for (const { table, kid, rows } of await pepperedRows(needs.db)) usage.push({ what: TABLES[table], kid, rows });
  const latestOf = new Map<string, Date>();
  for (const { purpose, kid, rows, latest } of await passingRows(needs.db)) {
    usage.push({ what: PASSING[purpose], kid, rows });
    const known = latestOf.get(kid);
    if (latest !== null && (known === undefined || latest > known)) latestOf.set(kid, latest);
  }
  return { usage, latest: latestOf };
}

async function resealAll(
  needs: RotationNeeds,
  of: SealedTable,
  current: string,
): Promise<{ resealed: number; broken: string[] }> {
  const { db, keyRing } = needs;
  const cipher = keyRing.cipher(of.purpose);
  const broken: string[] = [];
  let resealed = 0;
  /** undefined: it does not open. */
  function renewed(id: string, sealed: Buffer | null): Buffer | null | undefined {
    if (sealed === null || sealedUnder(sealed) === current) return sealed;
    try {
      return cipher.encrypt(cipher.decrypt(sealed, of.aad(id)), of.aad(id));
    } catch (cause) {
      if (cause instanceof SealedError) return undefined;
      throw cause;
    }
  }
  for await (const rows of pagesOf(needs, of)) {
    const changes: Resealed[] = [];
    for (const before of rows) {
      const [secret, previous] = [renewed(before.id, before.secret), renewed(before.id, before.previous)];
      if (secret === undefined || previous === undefined) broken.push(before.id);
      const after = {
        id: before.id,
        secret: secret === undefined ? before.secret : secret,
        previous: previous === undefined ? before.previous : previous,
      };
      if (after.secret !== before.secret || after.previous !== before.previous) changes.push({ before, after });
    }
    if (changes.length === 0) continue;
    const written = new Set(await reseal(db, of, changes));
    for (const { before, after } of changes)
      if (written.has(before.id))
        resealed += Number(after.secret !== before.secret) + Number(after.previous !== before.previous);
  }
  return { resealed, broken };
}

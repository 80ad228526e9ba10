/**
 * Brings what the key ring seals under its first key, and tells which of the others nothing hangs on any more. It may run beside
 * the server, be killed and be run again. It must never write when a key is missing, nor call a key free that something needs.
 */
import type { Database } from '../database/contract.ts';
import { type Cipher, SealedError, sealedUnder } from './cipher.ts';
import { pepperedRows, type Resealed, reseal, type SealedRow, sealedAnswers, sealedSecrets } from './reseal-store.ts';

export type RotationNeeds = {
  readonly db: Pick<Database, 'rows'>;
  /** Current first. */
  readonly kids: readonly string[];
  /** keyRing.cipher('webhook-secret') */
  readonly cipher: Cipher;
  readonly isDryRun: boolean;
  readonly batch?: number;
};

export type Usage = {
  readonly what: 'webhook secrets' | 'API keys' | 'charger keys' | 'audit entries' | 'kept answers';
  readonly kid: string;
  readonly rows: number;
};
export type Rotation = {
  /** Webhook secrets; `resealed` in a dry run: those that would be. */
  readonly looked: number;
  readonly resealed: number;
  /** Endpoints whose secret does not open with the key that it names: altered, or of another endpoint. */
  readonly broken: readonly string[];
  /** Keys that something hangs on and the ring has not got. Then nothing was written. */
  readonly missing: readonly Usage[];
  /** What hangs on which key now. */
  readonly usage: readonly Usage[];
  /** Of the ring, not the first, and nothing hangs on them. */
  readonly removable: readonly string[];
  /** Free of everything but answers to repeated requests, which expire. */
  readonly removableLater: readonly { readonly kid: string; readonly at: Date }[];
};

const DAY_MS = 24 * 3_600_000;

export async function rotateSecretKeys(needs: RotationNeeds): Promise<Rotation> {
  const { kids, isDryRun } = needs;
  const [current = ''] = kids;
  const before = await usageOf(needs);
  const missing = before.usage.filter(({ kid, what }) => isRefusedWithout(what) && !kids.includes(kid));
  let resealed = countOf(before.usage.filter(({ what, kid }) => what === 'webhook secrets' && kid !== current));
  let broken: string[] = [];
  if (missing.length === 0 && !isDryRun) ({ resealed, broken } = await resealAll(needs, current));
  const after = missing.length > 0 || isDryRun ? before : await usageOf(needs);
  const others = kids.filter((kid) => kid !== current);
  const needing = (kid: string) => after.usage.filter((use) => use.kid === kid);
  const isFree = (kid: string) => needing(kid).every(({ what }) => what === 'kept answers');
  const later = others.flatMap((kid) => {
    const latest = after.latestAnswers.get(kid);
    return isFree(kid) && latest !== undefined ? [{ kid, at: new Date(latest.getTime() + DAY_MS) }] : [];
  });
  return {
    looked: countOf(before.usage.filter(({ what }) => what === 'webhook secrets')),
    resealed,
    broken,
    missing,
    usage: after.usage,
    removable: others.filter((kid) => needing(kid).length === 0),
    removableLater: later,
  };
}

/** Entries of the audit log cannot be verified without their key; that stops nobody. */
const isRefusedWithout = (what: Usage['what']): boolean => what !== 'kept answers' && what !== 'audit entries';

const TABLES = { api_keys: 'API keys', charge_points: 'charger keys', audit_entries: 'audit entries' } as const;

const countOf = (usage: readonly Usage[]): number => usage.reduce((sum, { rows }) => sum + rows, 0);

/** Whatever it is, a server of this ring cannot open it. */
const UNREADABLE = '?';

async function* pagesOf({ db, batch = 200 }: RotationNeeds): AsyncIterable<SealedRow[]> {
  let last = '';
  for (;;) {
    const rows = await sealedSecrets(db, last, batch);
    if (rows.length === 0) return;
    yield rows;
    last = rows.at(-1)?.id ?? last;
  }
}

async function usageOf(needs: RotationNeeds) {
  const secrets = new Map<string, number>();
  for await (const rows of pagesOf(needs))
    for (const { secret, previous } of rows)
      for (const sealed of [secret, previous]) {
        if (sealed === null) continue;
        const kid = sealedUnder(sealed) ?? UNREADABLE;
        secrets.set(kid, (secrets.get(kid) ?? 0) + 1);
      }
  const usage: Usage[] = [...secrets].map(([kid, rows]) => ({ what: 'webhook secrets', kid, rows }));
  for (const { table, kid, rows } of await pepperedRows(needs.db)) usage.push({ what: TABLES[table], kid, rows });
  const latestAnswers = new Map<string, Date>();
  for (const { kid, rows, latest } of await sealedAnswers(needs.db)) {
    usage.push({ what: 'kept answers', kid, rows });
    latestAnswers.set(kid, latest);
  }
  return { usage, latestAnswers };
}

async function resealAll(needs: RotationNeeds, current: string): Promise<{ resealed: number; broken: string[] }> {
  const { db, cipher } = needs;
  const broken: string[] = [];
  let resealed = 0;
  /** undefined: it does not open. */
  function renewed(id: string, sealed: Buffer | null): Buffer | null | undefined {
    if (sealed === null || sealedUnder(sealed) === current) return sealed;
    try {
      return cipher.encrypt(cipher.decrypt(sealed, id), id);
    } catch (cause) {
      if (cause instanceof SealedError) return undefined;
      throw cause;
    }
  }
  for await (const rows of pagesOf(needs)) {
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
    const written = new Set(await reseal(db, changes));
    for (const { before, after } of changes)
      if (written.has(before.id))
        resealed += Number(after.secret !== before.secret) + Number(after.previous !== before.previous);
  }
  return { resealed, broken };
}

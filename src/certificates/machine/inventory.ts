/** What one charge point holds: what was installed, deleted and listed. Pure: what a certificate says is read by `facts`, ids are derived by `idOf`. */
import type { Step } from '../../ingest/contract.ts';
import type { CertificateHash, Learned } from '../../ingest/inputs.ts';
import {
  type CertificateFacts,
  type CertificateState,
  type CertificateType,
  type InstalledRow,
  installedKey,
  isHeld,
} from '../types.ts';

export type Reading = {
  /** Its hashes by that algorithm; SHA256 by default. */
  readonly facts: (pem: string, algorithm?: CertificateHash['hashAlgorithm']) => CertificateFacts | undefined;
  readonly idOf: (key: string) => string;
};

/** What one charge point is known to hold, at most. */
const MOST_INSTALLED = 200;

type Next = Step<CertificateState>;
type Listed = Extract<Learned, { about: 'certificates_listed' }>;
const stay = (state: CertificateState, ignored: string): Next => ({ state, effects: [], ignored });

export function learned(state: CertificateState, what: Learned, now: Date, reading: Reading): Next {
  if (what.about === 'certificate_installed') {
    const facts = reading.facts(what.certificate);
    // One that another authority issued is named by that one's key: the charger will list it.
    if (facts?.hash === undefined) return stay(state, 'issuer_unknown');
    const isOfContracts = what.type === 'v2g_root' || what.type === 'mo_root';
    const known = { ...facts, installedAt: now, ...(isOfContracts && { certificate: what.certificate }) };
    return { state: hold(state, what.type, facts.hash, known, reading), effects: [] };
  }
  if (what.about === 'certificate_deleted') {
    // Not there, says the station: of what it lists that would be news, and is not believed.
    const goes = (row: InstalledRow) => isNamed(row, what.hash, reading) && !(what.wasNotThere === true && isHeld(row));
    const left = [...state.installed].filter(([, row]) => !goes(row));
    if (left.length === state.installed.size) return stay(state, 'unknown');
    return { state: { ...state, installed: new Map(left) }, effects: [] };
  }
  if (what.about !== 'certificates_listed') return stay(state, 'unknown'); // of another room's commands
  return { state: listed(state, what, now, reading), effects: [] };
}

/**
 * What the charger lists is what it holds of those types. A root by which contracts are judged stays for that until it is deleted: a station
 * that was reset, or names it by hashes of another kind, must not take it from the whole organization.
 */
function listed(
  state: CertificateState,
  { types, listed: said }: Listed,
  now: Date,
  reading: Reading,
): CertificateState {
  const keys = new Set(said.map(({ type, hash }) => installedKey(type, hash)));
  const asked: ReadonlySet<string> = new Set(types);
  const isGone = ([key, row]: readonly [string, InstalledRow]) => asked.has(row.type) && !keys.has(key);
  const gone = [...state.installed].filter(isGone).map(([, row]) => row);
  let after: CertificateState = {
    ...state,
    installed: new Map([...state.installed].filter((each) => !isGone(each))),
  };
  for (const { type, hash, children } of said) after = hold(after, type, hash, { children, reportedAt: now }, reading);
  for (const row of gone) if (row.certificate !== null) after = trusted(after, row, said, reading);
  return after;
}

/** Under the name that the station has for it, or under none. */
function trusted(
  state: CertificateState,
  row: InstalledRow,
  said: Listed['listed'],
  reading: Reading,
): CertificateState {
  const { certificate, subject, expiresAt, installedAt } = row;
  const same = said.find(({ type, hash }) => type === row.type && isNamed(row, hash, reading));
  if (same !== undefined)
    return hold(state, row.type, same.hash, { certificate, subject, expiresAt, installedAt }, reading);
  const unlisted = { ...row, installedAt: null, reportedAt: null };
  return { ...state, installed: new Map(state.installed).set(installedKey(row.type, row), unlisted) };
}

export function hold(
  state: CertificateState,
  type: CertificateType,
  hash: CertificateHash,
  known: Partial<
    Pick<InstalledRow, 'children' | 'certificate' | 'subject' | 'expiresAt' | 'installedAt' | 'reportedAt'>
  >,
  { idOf }: Reading,
): CertificateState {
  const key = installedKey(type, hash);
  const before = state.installed.get(key);
  if (before === undefined && state.installed.size >= MOST_INSTALLED) return state;
  const { hashAlgorithm, issuerNameHash, issuerKeyHash, serialNumber } = hash;
  const row: InstalledRow = {
    id: idOf(key),
    type,
    hashAlgorithm,
    issuerNameHash,
    issuerKeyHash,
    serialNumber,
    children: known.children?.length ? known.children : (before?.children ?? []),
    certificate: known.certificate ?? before?.certificate ?? null,
    subject: known.subject ?? before?.subject ?? null,
    installedAt: known.installedAt ?? before?.installedAt ?? null,
    expiresAt: known.expiresAt ?? before?.expiresAt ?? null,
    reportedAt: known.reportedAt ?? before?.reportedAt ?? null,
  };
  return { ...state, installed: new Map(state.installed).set(key, row) };
}

const isSame = (a: CertificateHash, b: CertificateHash): boolean =>
  installedKey('charge_point', a) === installedKey('charge_point', b);

/** By whichever algorithm its hashes are. */
function isNamed(row: InstalledRow, hash: CertificateHash, { facts }: Reading): boolean {
  if (isSame(row, hash)) return true;
  const own = row.certificate === null ? undefined : facts(row.certificate, hash.hashAlgorithm)?.hash;
  return own !== undefined && isSame(own, hash);
}

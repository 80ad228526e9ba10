/** The SQL of what a look at a site leaves behind. The site's row is locked by it. */
import type { Statement, Tx } from '../database/contract.ts';
import type { MemberRow } from './look-store.ts';
import type { Unit } from './types.ts';

// Who is steered is not to give up his limit any more; a limit of who is not managed is still being taken back.
const LINES: Statement = {
  name: 'load_lines_save',
  text: `INSERT INTO load_lines (organization_id, site_id, updated_at, charge_point_id, confirmed, in_flight, sent_at, failures, retry_at,
                                 target, ceiling, reason, shares)
         SELECT $1, $2, $3::timestamptz, * FROM unnest($4::text[], $5::jsonb[], $6::jsonb[], $7::timestamptz[], $8::int4[],
                                          $9::timestamptz[], $10::int4[], $11::int4[], $12::text[], $13::jsonb[])
         ON CONFLICT (charge_point_id) DO UPDATE SET organization_id = excluded.organization_id, site_id = excluded.site_id,
           updated_at = excluded.updated_at, confirmed = excluded.confirmed, in_flight = excluded.in_flight, sent_at = excluded.sent_at,
           failures = excluded.failures, retry_at = excluded.retry_at, target = excluded.target, ceiling = excluded.ceiling,
           reason = excluded.reason, shares = excluded.shares,
           release_command_id = CASE WHEN excluded.reason = 'unmanaged' THEN load_lines.release_command_id END`,
};
export type LineRow = Required<
  Pick<
    MemberRow,
    'id' | 'confirmed' | 'inFlight' | 'sentAt' | 'failures' | 'retryAt' | 'target' | 'ceiling' | 'reason' | 'shares'
  >
>;

/** What a column holds; far beyond any supply. */
const column = (amount: number | null): number | null => (amount === null ? null : Math.min(amount, 2_147_483_647));

export async function saveLines(
  tx: Tx,
  of: { readonly organizationId: string; readonly siteId: string; readonly now: Date },
  rows: readonly LineRow[],
): Promise<void> {
  if (rows.length === 0) return;
  const each = <T>(pick: (row: LineRow) => T): T[] => rows.map(pick);
  await tx.rows(LINES, [
    ...[of.organizationId, of.siteId, of.now],
    each(({ id }) => id),
    each(({ confirmed }) => (confirmed === null ? null : JSON.stringify(confirmed))),
    each(({ inFlight }) => JSON.stringify(inFlight)),
    each(({ sentAt }) => sentAt),
    each(({ failures }) => failures),
    each(({ retryAt }) => retryAt),
    each(({ target }) => column(target)),
    each(({ ceiling }) => column(ceiling)),
    each(({ reason }) => reason),
    each(({ shares }) => JSON.stringify(shares)),
  ]);
}

const LOOKED: Statement = {
  name: 'load_looked',
  text: `UPDATE site_loads SET look_at = $2::timestamptz, looked_at = $3::timestamptz, state = $4, state_since = $5::timestamptz, cap = $6,
                cap_reason = $7, ceiling = $8 WHERE site_id = $1`,
};
const REMEMBER: Statement = {
  name: 'load_history_add',
  text: `INSERT INTO load_history (id, organization_id, site_id, at, state, unit, cap, cap_reason, ceiling, charging, paused, offline, sent, sent_count)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14)`,
};
export type Looked = {
  readonly siteId: string;
  readonly lookAt: Date;
  readonly now: Date;
  readonly state: string;
  readonly stateSince: Date;
  readonly cap: number;
  readonly capReason: string;
  readonly ceiling: number;
};
export const saveLooked = async (tx: Tx, looked: Looked): Promise<void> => {
  const { siteId, lookAt, now, state, stateSince, cap, capReason, ceiling } = looked;
  await tx.rows(LOOKED, [siteId, lookAt, now, state, stateSince, cap, capReason, column(ceiling)]);
};
export type Remembered = {
  readonly id: string;
  readonly organizationId: string;
  readonly unit: Unit;
  readonly charging: number;
  readonly paused: number;
  readonly offline: number;
  readonly sent: readonly unknown[];
  readonly sentCount: number;
};
export const addHistory = async (tx: Tx, looked: Looked, more: Remembered): Promise<void> => {
  const { siteId, now, state, cap, capReason, ceiling } = looked;
  const { id, organizationId, unit, charging, paused, offline, sent, sentCount } = more;
  const facts = [charging, paused, offline, JSON.stringify(sent), sentCount];
  await tx.rows(REMEMBER, [id, organizationId, siteId, now, state, unit, cap, capReason, column(ceiling), ...facts]);
};

/** What REST and jobs read of costs. It never writes: costs change through ingest alone. */
import type { Database, Statement } from '../database/contract.ts';
import type { Cost } from '../pricing/index.ts';
import type { Count } from './types.ts';

type Needs = Pick<Database, 'rows'>;

export type CostView = {
  readonly sessionId: string;
  readonly tariff: {
    readonly tariffId: string;
    readonly version: number;
    readonly name: string | null;
    readonly level: string;
    readonly targetId: string;
  } | null;
  readonly currency: string;
  readonly timezone: string;
  readonly count: Count;
  readonly final: Cost | null;
  readonly isFinal: boolean;
  readonly toldAt: Date | null;
  readonly revision: number;
  readonly reviewStatus: string | null;
  readonly reviewReasons: readonly string[];
};

// Plan: session_costs_pkey, tariffs_pkey.
const COSTS: Statement = {
  name: 'sessions_costs',
  text: `SELECT c.session_id AS "sessionId", c.tariff_id AS "tariffId", c.tariff_version AS version, t.name, c.level,
                c.target_id AS "targetId", c.currency, c.timezone, c.tally AS count, c.cost AS final, c.is_final AS "isFinal",
                c.told_at AS "toldAt", c.revision, c.review_status AS "reviewStatus", c.review_reasons AS "reviewReasons"
           FROM session_costs c LEFT JOIN tariffs t ON t.id = c.tariff_id
          WHERE c.organization_id = $1 AND c.session_id = ANY($2::text[])`,
};
type Row = Omit<CostView, 'tariff'> & {
  readonly tariffId: string | null;
  readonly version: number | null;
  readonly name: string | null;
  readonly level: string | null;
  readonly targetId: string | null;
};

/** By session; sessions without a tariff have none. */
export async function costsOf(
  db: Needs,
  organizationId: string,
  sessionIds: readonly string[],
): Promise<ReadonlyMap<string, CostView>> {
  if (sessionIds.length === 0) return new Map();
  const rows = await db.rows<Row>(COSTS, [organizationId, sessionIds]);
  return new Map(
    rows.map(({ tariffId, version, name, level, targetId, ...rest }) => {
      const isFree = tariffId === null || version === null || level === null || targetId === null;
      return [rest.sessionId, { ...rest, tariff: isFree ? null : { tariffId, version, name, level, targetId } }];
    }),
  );
}

export type Due = { readonly sessionId: string; readonly organizationId: string };

// Whoever is away may have ended long ago: of its sessions nothing is told ahead. Plan: session_costs_to_tell, sessions_pkey,
// charge_point_states_pkey.
const TO_TELL = (limit: number): Statement => ({
  name: `session_costs_to_tell_${limit}`,
  text: `SELECT c.session_id AS "sessionId", c.organization_id AS "organizationId", s.charge_point_id AS "chargePointId"
           FROM session_costs c JOIN sessions s ON s.id = c.session_id
           JOIN charge_point_states p ON p.charge_point_id = s.charge_point_id AND p.organization_id = c.organization_id
          WHERE c.tell_at <= $1 AND p.connected ORDER BY c.tell_at LIMIT ${limit}`,
});
// Also those of charge points that are gone or have changed hands. Plan: session_costs_to_reprice.
const TO_REPRICE = (limit: number): Statement => ({
  name: `session_costs_to_reprice_${limit}`,
  text: `SELECT c.session_id AS "sessionId", c.organization_id AS "organizationId" FROM session_costs c
          WHERE c.reprice_at <= $1 ORDER BY c.reprice_at LIMIT ${limit}`,
});

// Plan: sessions_pkey, charge_points_pkey.
const HOLDER: Statement = {
  name: 'sessions_holder',
  text: `SELECT p.organization_id AS holder FROM sessions s LEFT JOIN charge_points p ON p.id = s.charge_point_id
          WHERE s.organization_id = $1 AND s.id = $2`,
};
/** Whose the charge point of a session is now; undefined: it was deleted. */
export const holderOf = async (db: Needs, organizationId: string, sessionId: string): Promise<string | undefined> =>
  (await db.rows<{ holder: string | null }>(HOLDER, [organizationId, sessionId]))[0]?.holder ?? undefined;

export const toTell = (db: Needs, now: Date, limit: number): Promise<(Due & { readonly chargePointId: string })[]> =>
  db.rows(TO_TELL(limit), [now]);
export const toReprice = (db: Needs, now: Date, limit: number): Promise<Due[]> =>
  db.rows<Due>(TO_REPRICE(limit), [now]);

export type CorrectionView = {
  readonly id: string;
  readonly before: Cost | null;
  readonly after: Cost | null;
  readonly reason: string;
  readonly by: string;
  readonly at: Date;
};

// Plan: cost_corrections_organization_id_session_id_id_idx backwards.
const CORRECTIONS: Statement = {
  name: 'cost_corrections_list',
  text: `SELECT id, before, after, reason, corrected_by AS "by", created_at AS at FROM cost_corrections
          WHERE organization_id = $1 AND session_id = $2 AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4`,
};

/** Newest first. */
export const correctionsOf = (
  db: Needs,
  organizationId: string,
  sessionId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<CorrectionView[]> =>
  db.rows<CorrectionView>(CORRECTIONS, [organizationId, sessionId, page.after ?? null, page.limit + 1]);

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

export type Due = { readonly sessionId: string; readonly organizationId: string; readonly chargePointId: string };

// Whoever is away may have ended long ago: of its sessions nothing is told ahead. Plan: session_costs_to_tell, sessions_pkey,
// charge_point_states_pkey.
const TO_TELL = (limit: number): Statement => ({
  name: `session_costs_to_tell_${limit}`,
  text: `SELECT c.session_id AS "sessionId", c.organization_id AS "organizationId", s.charge_point_id AS "chargePointId"
           FROM session_costs c JOIN sessions s ON s.id = c.session_id
           JOIN charge_point_states p ON p.charge_point_id = s.charge_point_id AND p.organization_id = c.organization_id
          WHERE c.tell_at <= $1 AND p.connected ORDER BY c.tell_at LIMIT ${limit}`,
});
// Not those of charge points that are gone, or that have changed hands: their new owner must not hear of it. Plan:
// session_costs_to_reprice, sessions_pkey, charge_points_pkey.
const TO_REPRICE = (limit: number): Statement => ({
  name: `session_costs_to_reprice_${limit}`,
  text: `SELECT c.session_id AS "sessionId", c.organization_id AS "organizationId", s.charge_point_id AS "chargePointId"
           FROM session_costs c JOIN sessions s ON s.id = c.session_id
           JOIN charge_points p ON p.id = s.charge_point_id AND p.organization_id = c.organization_id
          WHERE c.reprice_at <= $1 ORDER BY c.reprice_at LIMIT ${limit}`,
});

const IS_HERE: Statement = {
  name: 'sessions_is_here',
  text: `SELECT s.id FROM sessions s JOIN charge_points p ON p.id = s.charge_point_id AND p.organization_id = s.organization_id
          WHERE s.organization_id = $1 AND s.id = $2`,
};
/** Whether its charge point is still there, and still of that organization: only then what is decided about it is told to it. */
export const isHere = async (db: Needs, organizationId: string, sessionId: string): Promise<boolean> =>
  (await db.rows(IS_HERE, [organizationId, sessionId])).length > 0;

export const toTell = (db: Needs, now: Date, limit: number): Promise<Due[]> => db.rows<Due>(TO_TELL(limit), [now]);
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

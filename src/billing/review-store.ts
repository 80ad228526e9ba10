/**
 * Reviews of sessions whose figures may be wrong. A decision is taken under the lock of the charge point, like everything that
 * happens to it; a corrected session is marked to be priced anew, which the room of sessions does.
 */
import type { Database, Statement, Tx } from '../database/contract.ts';
import { addRoots } from '../ingest/index.ts';
import { idInRequest } from '../platform/request-ids.ts';

export type OpenReview = {
  readonly sessionId: string;
  readonly chargePointId: string;
  readonly identity: string;
  readonly evseId: number;
  readonly tokenUid: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly energyWh: number;
  readonly flags: readonly string[];
  readonly reasons: readonly string[];
  readonly currency: string;
  readonly inclTax: string | null;
};

type Rows = Pick<Database, 'rows'>;

// Plan: session_costs_to_review backwards, sessions_pkey.
const OPEN: Statement = {
  name: 'billing_reviews_open',
  text: `SELECT c.session_id AS "sessionId", s.charge_point_id AS "chargePointId", s.charge_point_identity AS identity,
                s.evse_id AS "evseId", s.token_uid AS "tokenUid", s.started_at AS "startedAt", s.ended_at AS "endedAt",
                s.energy_wh AS "energyWh", s.flags, c.review_reasons AS reasons, c.currency, c.total_incl_tax AS "inclTax"
           FROM session_costs c JOIN sessions s ON s.id = c.session_id
          WHERE c.organization_id = $1 AND c.review_status = 'open' AND ($2::text IS NULL OR c.session_id < $2)
          ORDER BY c.session_id DESC LIMIT $3`,
};

/** Newest first. */
export const openReviews = (
  db: Rows,
  organizationId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<OpenReview[]> => db.rows<OpenReview>(OPEN, [organizationId, page.after ?? null, page.limit + 1]);

export type ReviewRow = {
  readonly id: string;
  readonly decision: 'approve' | 'correct';
  readonly reason: string;
  readonly reasons: readonly string[];
  readonly before: {
    readonly energyWh: number;
    readonly endedAt: string;
    readonly inclTax: string | null;
    readonly currency: string;
  };
  readonly after: { readonly energyWh: number; readonly endedAt: string } | null;
  readonly decidedBy: string;
  readonly createdAt: Date;
};

// Plan: session_reviews_organization_id_session_id_id_idx backwards.
const HISTORY: Statement = {
  name: 'billing_reviews_history',
  text: `SELECT id, decision, reason, reasons, before, after, decided_by AS "decidedBy", created_at AS "createdAt"
           FROM session_reviews WHERE organization_id = $1 AND session_id = $2 AND ($3::text IS NULL OR id < $3)
          ORDER BY id DESC LIMIT $4`,
};

/** Newest first. */
export const reviewsOf = (
  db: Rows,
  organizationId: string,
  sessionId: string,
  page: { readonly after: string | undefined; readonly limit: number },
): Promise<ReviewRow[]> => db.rows<ReviewRow>(HISTORY, [organizationId, sessionId, page.after ?? null, page.limit + 1]);

export type Decision = {
  readonly organizationId: string;
  readonly sessionId: string;
  readonly reason: string;
  readonly decidedBy: string;
  readonly now: Date;
} & (
  | { readonly decision: 'approve' }
  | { readonly decision: 'correct'; readonly energyWh: number | undefined; readonly endedAt: Date | undefined }
);
export type Decided =
  | { readonly at: 'decided'; readonly review: ReviewRow }
  | { readonly at: 'unknown' | 'unpriced' | 'running' | 'not_open' | 'ends_before_start' };

// The lock of everything that happens to a charge point.
const LOCK: Statement = {
  name: 'billing_review_lock',
  text: `SELECT q.charge_point_id FROM charge_point_sequences q
          WHERE q.charge_point_id = (SELECT charge_point_id FROM sessions WHERE organization_id = $1 AND id = $2) FOR UPDATE`,
};
// What happens to sessions of one that was deleted, happens under the lock of their organization (sessions/reprice.ts).
const LOCK_ORGANIZATION: Statement = {
  name: 'billing_review_lock_organization',
  text: 'SELECT charge_point_id FROM charge_point_sequences WHERE charge_point_id = $1 FOR UPDATE',
};
const LOOK: Statement = {
  name: 'billing_review_look',
  text: `SELECT s.started_at AS "startedAt", s.ended_at AS "endedAt", s.energy_wh AS "energyWh", c.currency,
                c.total_incl_tax AS "inclTax", c.review_status AS "reviewStatus", c.review_reasons AS reasons
           FROM sessions s LEFT JOIN session_costs c ON c.session_id = s.id
          WHERE s.organization_id = $1 AND s.id = $2 FOR UPDATE OF s`,
};
const CORRECT: Statement = {
  name: 'billing_review_correct',
  text: `UPDATE sessions SET energy_wh = $3, ended_at = $4, updated_at = $5,
                flags = CASE WHEN 'corrected_by_person' = ANY(flags) THEN flags ELSE flags || ARRAY['corrected_by_person'] END
          WHERE organization_id = $1 AND id = $2`,
};
const DECIDE: Statement = {
  name: 'billing_review_decide',
  text: `UPDATE session_costs SET review_status = $3, reviewed_by = $4, reviewed_at = $5, review_note = $6,
                reprice_at = CASE WHEN $3 = 'corrected' THEN $5 ELSE reprice_at END,
                reprice_reason = CASE WHEN $3 = 'corrected' THEN $6 ELSE reprice_reason END,
                revision = revision + CASE WHEN $3 = 'corrected' THEN 1 ELSE 0 END
          WHERE organization_id = $1 AND session_id = $2`,
};
const KEEP: Statement = {
  name: 'billing_review_keep',
  text: `INSERT INTO session_reviews (id, organization_id, session_id, decision, reason, reasons, before, after, decided_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};

type Seen = {
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly energyWh: number;
  readonly currency: string | null;
  readonly inclTax: string | null;
  readonly reviewStatus: string | null;
  readonly reasons: readonly string[] | null;
};

export async function decideReview(db: Pick<Database, 'transaction'>, decision: Decision): Promise<Decided> {
  return db.transaction(async (tx) => {
    const { organizationId, sessionId } = decision;
    const locked = await tx.rows(LOCK, [organizationId, sessionId]);
    if (locked.length === 0) {
      await addRoots(tx, [organizationId]);
      await tx.rows(LOCK_ORGANIZATION, [organizationId]);
    }
    const [seen] = await tx.rows<Seen>(LOOK, [organizationId, sessionId]);
    if (seen === undefined) return { at: 'unknown' };
    const { currency, endedAt } = seen;
    if (currency === null) return { at: 'unpriced' };
    if (endedAt === null) return { at: 'running' };
    // What is wrong may be found by others than the flags: correcting needs no open review.
    if (decision.decision === 'approve' && seen.reviewStatus !== 'open') return { at: 'not_open' };
    return keep(tx, decision, { ...seen, currency, endedAt });
  });
}

async function keep(
  tx: Tx,
  decision: Decision,
  seen: Seen & { readonly currency: string; readonly endedAt: Date },
): Promise<Decided> {
  const { organizationId, sessionId, reason, decidedBy, now } = decision;
  const before = {
    energyWh: seen.energyWh,
    endedAt: seen.endedAt.toISOString(),
    inclTax: seen.inclTax,
    currency: seen.currency,
  };
  let after: ReviewRow['after'] = null;
  if (decision.decision === 'correct') {
    const energyWh = decision.energyWh ?? seen.energyWh;
    const endedAt = decision.endedAt ?? seen.endedAt;
    if (endedAt < seen.startedAt) return { at: 'ends_before_start' };
    after = { energyWh, endedAt: endedAt.toISOString() };
    await tx.rows(CORRECT, [organizationId, sessionId, energyWh, endedAt, now]);
  }
  const status = after === null ? 'approved' : 'corrected';
  await tx.rows(DECIDE, [organizationId, sessionId, status, decidedBy, now, reason]);
  const id = idInRequest('srw');
  const reasons = [...(seen.reasons ?? [])];
  const values = [
    decision.decision,
    reason,
    reasons,
    JSON.stringify(before),
    after === null ? null : JSON.stringify(after),
  ];
  await tx.rows(KEEP, [id, organizationId, sessionId, ...values, decidedBy, now]);
  const review = { id, decision: decision.decision, reason, reasons, before, after, decidedBy, createdAt: now };
  return { at: 'decided', review };
}

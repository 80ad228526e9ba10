/** What chargers get wrong in their messages, counted by charge point, action, field and kind. */
import type { Database, Statement } from '../database/contract.ts';

export type DeviationCount = {
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly action: string;
  readonly field: string;
  readonly kind: string;
  readonly count: number;
  readonly example: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
};

/** A charger that invents fields gets no more rows than this. */
const MAX_ROWS = 200;

const ADD: Statement = {
  name: 'deviations_add',
  text: `WITH said AS (
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int8[], $7::text[],
                                $8::timestamptz[], $9::timestamptz[])
             AS v(charge_point_id, organization_id, action, field, kind, count, example, first_at, last_at)
         ), known AS (
           SELECT d.charge_point_id, d.action, d.field, d.kind FROM schema_deviations d
            WHERE d.charge_point_id IN (SELECT charge_point_id FROM said)
         ), placed AS (
           SELECT said.*, k.kind IS NOT NULL AS is_known,
                  (SELECT count(*) FROM known n WHERE n.charge_point_id = said.charge_point_id)
                    + row_number() OVER (PARTITION BY said.charge_point_id, k.kind IS NOT NULL ORDER BY said.count DESC) AS place
             FROM said LEFT JOIN known k USING (charge_point_id, action, field, kind)
         )
         INSERT INTO schema_deviations AS t
           (charge_point_id, organization_id, action, field, kind, count, example, first_at, last_at)
         SELECT charge_point_id, organization_id, action, field, kind, count, example, first_at, last_at
           FROM placed WHERE is_known OR place <= ${MAX_ROWS}
          ORDER BY charge_point_id, action, field, kind
         ON CONFLICT (charge_point_id, action, field, kind) DO UPDATE SET
           count = t.count + excluded.count, example = excluded.example, last_at = greatest(t.last_at, excluded.last_at)`,
};

/** At most one count per charge point, action, field and kind. */
export async function addDeviations(db: Pick<Database, 'rows'>, counts: readonly DeviationCount[]): Promise<void> {
  await db.rows(ADD, [
    counts.map((each) => each.chargePointId),
    counts.map((each) => each.organizationId),
    counts.map((each) => storable(each.action)),
    counts.map((each) => storable(each.field)),
    counts.map((each) => each.kind),
    counts.map((each) => each.count),
    counts.map((each) => storable(each.example)),
    counts.map((each) => each.firstAt),
    counts.map((each) => each.lastAt),
  ]);
}

/** PostgreSQL's text takes no NUL. */
const storable = (text: string): string => text.replaceAll('\u0000', '');

const LIST: Statement = {
  name: 'deviations_list',
  text: `SELECT charge_point_id AS "chargePointId", organization_id AS "organizationId", action, field, kind, count, example,
                first_at AS "firstAt", last_at AS "lastAt"
           FROM schema_deviations WHERE charge_point_id = $1 AND organization_id = $2
          ORDER BY count DESC, action, field, kind LIMIT ${MAX_ROWS}`,
};

/** Most frequent first; never more than 200. */
export async function listDeviations(
  db: Pick<Database, 'rows'>,
  { organizationId, chargePointId }: { readonly organizationId: string; readonly chargePointId: string },
): Promise<DeviationCount[]> {
  return db.rows<DeviationCount>(LIST, [chargePointId, organizationId]);
}

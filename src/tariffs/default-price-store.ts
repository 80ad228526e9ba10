/** SQL of default prices: which chargers of 1.6 are to be asked for what they show, or to show something else, and that they were. */
import type { Database, Statement } from '../database/contract.ts';
import type { Said } from './default-price.ts';

type Needs = Pick<Database, 'rows'>;

/** Both: connected, accepted, its drivers may be told something, and no change of its settings runs. */
const READY = `s.connected AND s.protocol = 'ocpp1.6' AND s.boot_status = 'accepted'
            AND coalesce(c.driver_messages, o.driver_messages)
            AND NOT EXISTS (SELECT FROM configuration_changes x WHERE x.charge_point_id = c.id AND x.due_at IS NOT NULL)`;
/** The tariff of whoever has none of his own. */
const HELD = `SELECT a.tariff_id FROM (VALUES (1, 'charge_point', c.id), (2, 'site', c.site_id), (3, 'organization', c.organization_id))
                     AS target(rank, type, id)
                JOIN tariff_assignments a
                  ON a.organization_id = c.organization_id AND a.target_type = target.type AND a.target_id = target.id
               ORDER BY target.rank LIMIT 1`;

/**
 * What it was asked for has not come to it: the process died or stopped before the change began, the charger had gone, or it did not
 * answer. A change of long ago that was forgotten is asked for once more, which does no harm. $3: now.
 */
const LOST = `coalesce(d.change_id IS NOT NULL AND d.asked_at <
            CASE coalesce((SELECT x.status FROM configuration_changes x WHERE x.id = d.change_id), 'nowhere')
              WHEN 'nowhere' THEN $3::timestamptz - interval '1 minute' WHEN 'failed' THEN $3::timestamptz - interval '1 hour' END, false)`;

/**
 * Of those that say they show prices, whose price was made of something else, or is lost, or that have booted since. Plan: the partial index
 * charge_point_configuration_shows_prices, then primary keys, and the unique index of tariff_assignments three times.
 */
const STALE: Statement = {
  name: 'default_prices_stale',
  text: `SELECT * FROM (
           SELECT c.id AS "chargePointId", c.organization_id AS "organizationId", o.driver_language AS language,
                  v.terms, t.texts, said.said, s.booted_at, d.made_of, d.asked_at, ${LOST} AS is_lost,
                  CASE WHEN t.id IS NULL THEN 'none'
                       ELSE md5(concat_ws('|', t.id, t.version, t.texts, o.driver_language, said.said->'CustomMultiLanguageMessages'->>'value',
                                          said.said->'SupportedLanguages'->>'value')) END AS "madeOf"
             FROM charge_point_configuration k
             JOIN charge_points c ON c.id = k.charge_point_id
             JOIN organizations o ON o.id = c.organization_id
             JOIN charge_point_states s ON s.charge_point_id = c.id
             LEFT JOIN default_prices d ON d.charge_point_id = c.id
             LEFT JOIN LATERAL (${HELD}) held ON true
             LEFT JOIN tariffs t ON t.id = held.tariff_id
             LEFT JOIN tariff_versions v ON v.tariff_id = t.id AND v.version = t.version
            CROSS JOIN LATERAL (SELECT jsonb_object_agg(x.key, jsonb_build_object('value', x.value, 'known', x.known)) AS said
                                  FROM charge_point_configuration x WHERE x.charge_point_id = c.id
                                   AND (x.key = ANY($1::text[]) OR x.key LIKE 'DefaultPriceText,%')) said
            WHERE k.key = 'CustomDisplayCostAndPrice' AND lower(k.value) = 'true' AND ${READY}) w
          WHERE w.is_lost OR CASE WHEN w."madeOf" = 'none' THEN w.made_of IS NOT NULL AND w.made_of NOT IN ('none', 'asked')
                     ELSE w.made_of IS DISTINCT FROM w."madeOf" OR w.asked_at < w.booted_at END
          LIMIT $2`,
};
export type Stale = {
  readonly chargePointId: string;
  readonly organizationId: string;
  readonly language: string;
  /** null: no tariff holds any more. */
  readonly terms: unknown;
  readonly texts: unknown;
  readonly said: Said;
  readonly madeOf: string;
};

export const stalePrices = (db: Needs, keys: readonly string[], now: Date, limit: number): Promise<Stale[]> =>
  db.rows<Stale>(STALE, [keys, limit, now]);

/**
 * Those where a tariff holds and that have not said whether they show prices; once for each boot. Plan: charge_point_states, what is connected; then
 * primary keys.
 */
const UNASKED: Statement = {
  name: 'default_prices_unasked',
  text: `SELECT c.id AS "chargePointId", c.organization_id AS "organizationId"
           FROM charge_point_states s
           JOIN charge_points c ON c.id = s.charge_point_id
           JOIN organizations o ON o.id = c.organization_id
          WHERE ${READY} AND s.booted_at < $1
            AND NOT EXISTS (SELECT FROM default_prices d WHERE d.charge_point_id = c.id AND d.asked_at >= s.booted_at AND NOT ${LOST})
            AND NOT EXISTS (SELECT FROM charge_point_configuration k WHERE k.charge_point_id = c.id AND k.key = 'CustomDisplayCostAndPrice')
            AND EXISTS (${HELD})
          LIMIT $2`,
};
export type Unasked = { readonly chargePointId: string; readonly organizationId: string };

export const unaskedChargers = (db: Needs, bootedBefore: Date, now: Date, limit: number): Promise<Unasked[]> =>
  db.rows<Unasked>(UNASKED, [bootedBefore, limit, now]);

// Of two processes that found it the first one writes. Plan: default_prices_pkey.
const CLAIM: Statement = {
  name: 'default_prices_claim',
  text: `INSERT INTO default_prices AS d (charge_point_id, organization_id, made_of, asked_at, change_id)
         SELECT c.id, c.organization_id, $2, $3, $4 FROM charge_points c WHERE c.id = $1
         ON CONFLICT (charge_point_id) DO UPDATE
            SET made_of = excluded.made_of, asked_at = excluded.asked_at, change_id = excluded.change_id
          WHERE d.made_of <> excluded.made_of OR d.asked_at < excluded.asked_at - interval '1 minute'
         RETURNING d.charge_point_id`,
};
type Claim = { readonly chargePointId: string; readonly madeOf: string; readonly changeId: string; readonly now: Date };
/** For the change of that id, which is to begin within a minute. False: somebody else has asked it just now. */
export const claim = async (db: Needs, { chargePointId, madeOf, changeId, now }: Claim): Promise<boolean> =>
  (await db.rows(CLAIM, [chargePointId, madeOf, now, changeId])).length > 0;

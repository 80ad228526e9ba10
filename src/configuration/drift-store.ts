/** What templates say of a charge point's settings, and where it differs, as SQL for this room and for lists of charge points. */

/**
 * Rows (key, expected, template_id) for a charge point `c` (charge_points) with `s` (charge_point_states): of templates that set
 * the same key, the one that names more of the kind wins, then the newer one.
 */
export const expectedOf = (
  only = '',
): string => `SELECT DISTINCT ON (v.key) v.key, v.value AS expected, t.id AS template_id
    FROM configuration_templates t CROSS JOIN LATERAL jsonb_each_text(t.values) v
   WHERE t.organization_id = c.organization_id
     AND coalesce(s.reported_vendor, c.vendor, '') ILIKE t.vendor_like
     AND coalesce(s.reported_model, c.model, '') ILIKE t.model_like
     AND coalesce(s.firmware_version, '') ILIKE t.firmware_like ${only}
   ORDER BY v.key, t.weight DESC, t.id DESC`;

/** As isSame (machine/settings.ts) says it. */
const SAME = `(btrim(k.value) = btrim(e.expected)
    OR (lower(btrim(k.value)) IN ('true', 'false') AND lower(btrim(k.value)) = lower(btrim(e.expected))))`;

/** Whether the setting `k` of a charge point differs from `e` (expectedOf). What was never read has not drifted. */
export const DRIFTS = `(k.known AND NOT k.secret AND k.value IS NOT NULL AND NOT ${SAME})`;

/** Whether something of charge point `c` with state `s` has drifted. */
export const HAS_DRIFT = `EXISTS (SELECT 1 FROM (${expectedOf()}) e
    JOIN charge_point_configuration k ON k.charge_point_id = c.id AND k.key = e.key WHERE ${DRIFTS})`;

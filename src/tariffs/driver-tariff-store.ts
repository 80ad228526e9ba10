/** SQL of drivers' own tariffs, asked when a driver shows a token at a station that computes costs. */
import type { Database, Statement } from '../database/contract.ts';

// Plan: device_variables_pkey by charge point, charge_points_pkey, organizations_pkey, tokens_organization_id_uid_key_key, two probes of the unique index of assignments.
const FIND: Statement = {
  name: 'tariffs_of_driver',
  text: `SELECT t.id, t.name, t.description, t.texts, v.version, v.terms, coalesce(h.language, o.driver_language) AS language,
                coalesce(c.driver_messages, o.driver_messages) AS "isOn", s.shows
           FROM tokens h
           JOIN organizations o ON o.id = h.organization_id
           JOIN charge_points c ON c.id = $2 AND c.organization_id = h.organization_id
           JOIN LATERAL (SELECT a.tariff_id FROM tariff_assignments a
                          WHERE a.organization_id = $1 AND ((a.target_type = 'token' AND a.target_id = h.id)
                                                         OR (a.target_type = 'token_group' AND a.target_id = h.group_id))
                          ORDER BY a.target_type LIMIT 1) a ON true
           JOIN tariffs t ON t.id = a.tariff_id AND t.deleted_at IS NULL
           JOIN tariff_versions v ON v.tariff_id = t.id AND v.version = t.version
          CROSS JOIN (SELECT bool_or(lower(d.value) = 'true') AS shows FROM device_variables d
                       WHERE d.charge_point_id = $2 AND d.component = 'TariffCostCtrlr' AND d.variable = 'Enabled'
                         AND d.variable_instance = 'Tariff' AND d.attribute = 'actual' AND d.gone_at IS NULL) s
          WHERE h.organization_id = $1 AND h.uid_key = $3 AND s.shows IS NOT FALSE`,
};

type Where = { readonly organizationId: string; readonly chargePointId: string; readonly uidKey: string };
type Found = {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly version: number;
  readonly terms: unknown;
  readonly texts: unknown;
  /** Of the driver, else of the organization. */
  readonly language: string;
  /** Drivers may be told something there. */
  readonly isOn: boolean;
  /** null: the station has not said whether it shows tariffs. */
  readonly shows: true | null;
};

export const driverTariffAt = async (db: Pick<Database, 'rows'>, where: Where): Promise<Found | undefined> =>
  (await db.rows<Found>(FIND, [where.organizationId, where.chargePointId, where.uidKey]))[0];

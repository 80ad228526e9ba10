/**
 * The cutover in SQL: whose every row is afterwards, by src/handovers/fates.ts; what ends with it is in ends-store.ts. In the
 * transaction of the machine's step, under the lock of the charge points; it must never decide anything.
 */
import type { Statement, Tx } from '../database/contract.ts';
import { endAll, rowsOf } from './ends-store.ts';
import { fates } from './fates.ts';
import type { Cutover } from './types.ts';

// Plans: the primary key, or an index that begins with the charge point; one charge point at a time in all practice.
const V = `unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS v(id, former, new, at)`;

/** It is written below, in its own way. */
const OWN = 'charge_points';

const MOVES: readonly Statement[] = Object.entries(fates).flatMap(([table, fate]) => {
  if (fate.fate !== 'moves' || table === OWN) return [];
  const set = fate.set === undefined ? '' : `, ${fate.set}`;
  const text = `UPDATE ${table} t SET organization_id = v.new${set} FROM ${V} WHERE ${rowsOf(table, fate)}`;
  return [{ name: `handovers_cutover_${table}`, text }];
});

/** Out of an array that says where something holds: the last one stays, for an empty one means everywhere. */
const withoutIt = (table: string): Statement => ({
  name: `handovers_cutover_${table}`,
  text: `UPDATE ${table} t SET allowed_charge_point_ids = array_remove(t.allowed_charge_point_ids, v.id), updated_at = v.at
           FROM ${V} WHERE t.organization_id = v.former AND v.id = ANY(t.allowed_charge_point_ids)
            AND cardinality(t.allowed_charge_point_ids) + cardinality(t.allowed_site_ids) > 1`,
});
const LINKS: readonly Statement[] = [
  {
    name: 'handovers_cutover_tariff_assignments',
    text: `DELETE FROM tariff_assignments t USING ${V}
            WHERE t.organization_id = v.former AND t.target_type = 'charge_point' AND t.target_id = v.id`,
  },
  withoutIt('tokens'),
  withoutIt('token_groups'),
  {
    name: 'handovers_cutover_webhook_endpoints',
    text: `UPDATE webhook_endpoints t SET charge_point_ids = array_remove(t.charge_point_ids, v.id), updated_at = v.at
             FROM ${V} WHERE t.organization_id = v.former AND v.id = ANY(t.charge_point_ids)
              AND cardinality(t.charge_point_ids) + cardinality(t.site_ids) > 1`,
  },
  {
    name: 'handovers_cutover_unknown_charge_points',
    text: `DELETE FROM unknown_charge_points t USING ${V}, charge_points c WHERE c.id = v.id AND t.identity = c.identity`,
  },
];

/**
 * A new number: frames, samples and statuses of before are found by the old one only. A key that no charger was told of yet is
 * forgotten; without a use for a key (profiles 0 and 3) there is none afterwards.
 */
const CHARGE_POINTS: Statement = {
  name: 'handovers_cutover_charge_points',
  text: `UPDATE charge_points c
            SET organization_id = v.new, updated_at = v.at, name = v.name, authorization_policy = NULL, handed_over = true,
                number = nextval(pg_get_serial_sequence('charge_points', 'number')),
                site_id = (SELECT s.id FROM sites s WHERE s.id = v.site AND s.organization_id = v.new),
                key_hash = CASE WHEN v.has_key THEN c.key_hash END, key_salt = CASE WHEN v.has_key THEN c.key_salt END,
                key_kid = CASE WHEN v.has_key THEN c.key_kid END,
                next_key_hash = CASE WHEN KEPT THEN c.next_key_hash END, next_key_salt = CASE WHEN KEPT THEN c.next_key_salt END,
                next_key_kid = CASE WHEN KEPT THEN c.next_key_kid END,
                next_key_command_id = CASE WHEN KEPT THEN c.next_key_command_id END,
                next_key_state = CASE WHEN KEPT THEN c.next_key_state END
           FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::bool[])
             AS v(id, former, new, at, site, name, has_key)
          WHERE c.id = v.id AND c.organization_id = v.former`.replaceAll(
    'KEPT',
    `v.has_key AND c.next_key_state IN ('undecided', 'after_reboot', 'until_used')`,
  ),
};

/** All statements leave together; what links the organization before to the charge point goes before the charge point does. */
export async function cutOver(tx: Tx, all: readonly { readonly chargePointId: string; readonly cutover: Cutover }[]) {
  if (all.length === 0) return;
  const of = <T>(pick: (cutover: Cutover) => T): T[] => all.map(({ cutover }) => pick(cutover));
  const values = [
    all.map(({ chargePointId }) => chargePointId),
    of(({ from }) => from),
    of(({ to }) => to),
    of(({ at }) => at),
  ];
  const more = [of(({ siteId }) => siteId), of(({ name }) => name), of(({ hasKey }) => hasKey)];
  await Promise.all([
    ...[...LINKS, ...MOVES].map((statement) => tx.rows(statement, values)),
    endAll(
      tx,
      all.map(({ chargePointId, cutover: { from, at } }) => ({ chargePointId, from, at })),
      'handed_over',
    ),
    tx.rows(CHARGE_POINTS, [...values, ...more]),
  ]);
}

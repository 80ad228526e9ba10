/** Requests of long ago are forgotten, but the last one of each kind of a charge point, and what a station still publishes. */
import { forgetEnded } from '../database/forget-ended.ts';
import { firstIdAt } from '../platform/ids.ts';

// Plan: firmware_requests_charge_point_id_kind_id_idx for the newer one.
export const forgetFirmwareRequests = forgetEnded({
  table: 'firmware_requests',
  firstIdAt: (at) => firstIdAt('fwr', at),
  when: `t.updated_at < $1 AND (t.published_at IS NULL OR t.unpublished_at IS NOT NULL)
     AND EXISTS (SELECT FROM firmware_requests n WHERE n.charge_point_id = t.charge_point_id AND n.kind = t.kind AND n.id > t.id
                                                   AND n.organization_id = t.organization_id)`,
});

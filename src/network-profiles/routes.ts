/** REST: how a station reaches its CSMS, slot by slot. Passwords and PINs go to the station and are shown to nobody. */
import { z } from 'zod';
import { chargePointById } from '../charge-points/index.ts';
import { asking, type IssueCommand, queueFor } from '../commands/index.ts';
import type { Database } from '../database/contract.ts';
import { instantOut, intParam } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { AppError } from '../platform/errors.ts';
import { maskSecrets } from '../platform/secret-settings.ts';
import { connectionOf, profileBody } from './schemas.ts';
import type { NetworkProfileReads, StoredNetworkProfile } from './store.ts';

const tag = 'Network profiles';
const { params, errors } = asking;
const path = '/charge-points/{id}/network-profiles';
const statuses = ['pending', 'stored', 'superseded', 'rejected', 'failed'] as const;

const shown = z
  .object({
    id: z.string(),
    charge_point_id: z.string(),
    slot: z.int(),
    status: z.enum(statuses).describe('stored: the station has it; its priorities decide whether it uses it'),
    profile: z.record(z.string(), z.unknown()).describe('As it was sent, secrets masked'),
    why: z.string().nullable(),
    command_id: z.string(),
    requested_by: z.string(),
    created_at: instantOut,
    updated_at: instantOut,
  })
  .meta({ id: 'NetworkProfile' });
const present = (row: StoredNetworkProfile): z.input<typeof shown> => ({
  id: row.id,
  charge_point_id: row.chargePointId,
  slot: row.slot,
  status: row.status,
  profile: { ...row.profile },
  why: row.why,
  command_id: row.commandId,
  requested_by: row.requestedBy,
  created_at: row.createdAt,
  updated_at: row.updatedAt,
});

type Needs = {
  readonly db: Pick<Database, 'rows'>;
  readonly reads: NetworkProfileReads;
  readonly issue: IssueCommand;
  readonly newId: (prefix: 'npr') => string;
  readonly clock: Clock;
};

export function networkProfileRoutes({ db, reads, issue, newId, clock }: Needs): AnyRoute[] {
  async function mustExist(organizationId: string, chargePointId: string) {
    const row = await chargePointById(db, organizationId, chargePointId);
    if (row === undefined) throw new AppError('not_found', errors[404]);
    return row;
  }

  return [
    route({
      method: 'post',
      path,
      operationId: 'setNetworkProfile',
      summary: 'Write a network profile to a slot of a station (OCPP 2.x)',
      description:
        'The station keeps it and uses it once OCPPCommCtrlr.NetworkConfigurationPriority names its slot, and it has rebooted: set that ' +
        'by the configuration routes. See docs/device-model.md.',
      tag,
      access: asking.access,
      status: 202,
      errors,
      params,
      query: z.strictObject(asking.query),
      body: z.strictObject({ ...profileBody, timeout_s: asking.timeoutS }),
      response: shown,
      async handle({ params: { id: chargePointId }, query, body, principal, res }) {
        const { organizationId, id: requestedBy } = principal;
        const { protocol } = await mustExist(organizationId, chargePointId);
        const { slot, timeout_s: timeoutS } = body;
        const connection = connectionOf(body, protocol === 'ocpp2.1');
        const id = newId('npr');
        const gone = new AbortController();
        res.once('close', () => gone.abort());
        await issue({
          organizationId,
          chargePointId,
          requestedBy,
          timeoutS,
          wait: query.wait,
          queueForS: queueFor(query),
          signal: gone.signal,
          command: { do: 'device', ask: { of: 'network_profile', slot, connection } },
          alongside: (commandId) => ({
            room: 'network_profiles',
            type: 'requested',
            chargePointId,
            receivedAt: clock.now(),
            id,
            commandId,
            slot,
            profile: maskSecrets(connection) as Readonly<Record<string, unknown>>, // an object stays one
            requestedBy,
          }),
        });
        const stored = await reads.find({ organizationId, chargePointId }, id);
        if (stored === undefined) throw new AppError('not_found', 'The charge point was deleted meanwhile');
        return present(stored);
      },
    }),
    route({
      method: 'get',
      path,
      operationId: 'listNetworkProfiles',
      summary: 'List the network profiles that were written to a station, newest first',
      tag,
      access: 'read:charge_points',
      status: 200,
      errors: { 404: errors[404] },
      params,
      query: z.strictObject({ ...pageQuery, slot: intParam({ min: 0, max: 1000 }).optional() }),
      response: pageOf(shown),
      async handle({ params: { id: chargePointId }, query, principal: { organizationId } }) {
        await mustExist(organizationId, chargePointId);
        const page = readPage(query, idKey);
        const rows = await reads.list({ organizationId, chargePointId }, query.slot, page);
        return pageFrom(rows, page.limit, ({ id }) => id, present);
      },
    }),
  ];
}

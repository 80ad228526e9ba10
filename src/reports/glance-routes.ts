/** REST: what each charge point does now, the most urgent first: what a screen on the wall shows of a fleet. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { instantOut } from '../http/kit/fields.ts';
import { idKey, pageFrom, pageOf, pageQuery, readPage } from '../http/kit/paging.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import { type GlanceRow, glances, listGlances } from './glance-store.ts';

const glance = z
  .object({
    id: z.string(),
    identity: z.string(),
    name: z.string().nullable(),
    site_id: z.string().nullable(),
    state: z.enum(glances).meta({
      description:
        'faulted: it or a connector is; charging: a connector charges, or pauses; occupied: one is taken without charging; offline: not connected now, whatever it said last',
    }),
    since: instantOut.nullable().meta({
      description: 'Charging: since the first of its running sessions began. null: never connected, or nothing told',
    }),
    sessions: z.int().min(0).optional().meta({ description: 'That run. Only with the scope read:sessions' }),
    power_w: z.number().nullable().optional().meta({
      description: 'Of these together, as last told; null: nothing told. Only with the scope read:sessions',
    }),
  })
  .meta({ id: 'ChargePointGlance' });

function present(row: GlanceRow): z.input<typeof glance> {
  const { id, identity, name, siteId, rank, sessions, powerW } = row;
  const state = glances[rank] ?? 'available';
  const since = state === 'charging' ? (row.startedAt ?? row.since) : row.since;
  return {
    ...{ id, identity, name, site_id: siteId, state, since },
    ...(sessions !== null && { sessions, power_w: powerW }),
  };
}

export const glanceRoutes = ({ db }: { readonly db: Pick<Database, 'rows'> }): AnyRoute[] => [
  route({
    method: 'get',
    path: '/overview/charge-points',
    operationId: 'listChargePointGlances',
    summary: 'What each charge point does now, the most urgent first',
    description:
      'Faulted ones, then those that charge, are taken, offline, out of service, available, never connected; within a state in the order of their creation. A charge point whose state changes between two pages may be missed or come twice.',
    tag: 'Reports',
    access: 'read:charge_points',
    confined: 'by_handler',
    status: 200,
    query: z.strictObject({ state: z.enum(glances).optional(), ...pageQuery }),
    response: pageOf(glance),
    handle: async ({ principal: { organizationId, scopes, within }, query }) => {
      const page = readPage(query, z.tuple([z.int().min(0).max(glances.length), idKey]));
      const reached = await within?.chargePointIds();
      const of = { organizationId, reached, state: query.state, seesSessions: scopes.has('read:sessions') };
      return pageFrom(await listGlances(db, of, page), page.limit, ({ rank, id }) => [rank, id], present);
    },
  }),
];

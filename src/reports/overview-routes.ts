/** REST: the fleet at a glance: who is there, what connectors do, who charges, what the day brought, what needs a person. One bounded answer. */
import { z } from 'zod';
import type { Database } from '../database/contract.ts';
import { connectorStatuses } from '../events/index.ts';
import { type AnyRoute, route } from '../http/kit/route.ts';
import type { Clock } from '../platform/clock.ts';
import { dayOf, startOfDay } from '../pricing/index.ts';
import { fleetCounts, type OverviewOf, openAlerts, runningNow } from './overview-store.ts';
import { groupsOf } from './totals.ts';
import { totals } from './totals-store.ts';
import { zoneOfOrganization } from './zone-store.ts';

const DAY_MS = 86_400_000;
const severities = ['critical', 'warning', 'info'] as const;
const count = z.int().min(0);
const money = z.string().meta({ examples: ['1204.50'] });
const counts = <Name extends string>(names: readonly Name[]) =>
  z.object(Object.fromEntries(names.map((name) => [name, count])) as Record<Name, typeof count>); // the same names

const overview = z
  .object({
    charge_points: z.object({
      total: count,
      connected: count,
      disconnected: count.meta({ description: 'Not connected, but they have been' }),
      never_connected: count,
      charging: count.meta({ description: 'With a connector that charges, or pauses' }),
      faulted: count.meta({ description: 'Faulted, or with a connector that is' }),
    }),
    connectors: z.object({
      total: count,
      unreachable: count.meta({
        description: 'Of charge points that are not connected; they count below as last told',
      }),
      by_status: counts(connectorStatuses),
    }),
    charging_now: z
      .object({
        sessions: count.meta({ description: 'That have not ended' }),
        active: count.meta({ description: 'Of them, those that are not suspended' }),
        power_w: z.number().meta({ description: 'Their power together, as last told' }),
      })
      .optional()
      .meta({ description: 'Only with the scope read:sessions' }),
    today: z
      .object({
        day: z.string().meta({ examples: ['2026-03-29'] }),
        timezone: z.string().meta({ description: 'IANA' }),
        sessions: count,
        running: count.meta({ description: 'Of them, those that have not ended' }),
        energy_wh: z.int(),
        revenue: z
          .array(z.object({ currency: z.string(), sessions: count, excl_tax: money, tax: money, incl_tax: money }))
          .optional()
          .meta({ description: 'As in /reports/totals. Only with the scope read:billing' }),
      })
      .optional()
      .meta({ description: "Sessions that began on this day of the organization's calendar. Only with read:sessions" }),
    open_alerts: counts(severities),
  })
  .meta({ id: 'FleetOverview' });
type Shown = z.input<typeof overview>;

export type OverviewNeeds = { readonly db: Pick<Database, 'rows' | 'transaction'>; readonly clock: Clock };

export function overviewRoutes({ db, clock }: OverviewNeeds): AnyRoute[] {
  async function today(of: OverviewOf, hasMoney: boolean): Promise<Shown['today']> {
    const now = clock.now();
    const timezone = await zoneOfOrganization(db, of.organizationId);
    const day = dayOf(timezone, now.getTime());
    const start = startOfDay(timezone, Date.parse(day));
    const range = { from: new Date(start), to: new Date(startOfDay(timezone, Date.parse(day) + DAY_MS)) };
    const spans = { names: [day], starts: [range.from] };
    const wanted = { ...of, ...range, by: 'started', chargePointIds: of.reached, spans, now } as const;
    const [group] = groupsOf(await totals(db, wanted, 'day', { after: undefined, limit: 1 }));
    return {
      ...{ day, timezone },
      ...{ sessions: group?.sessions ?? 0, running: group?.running ?? 0, energy_wh: group?.energyWh ?? 0 },
      ...(hasMoney && {
        revenue: (group?.revenue ?? []).map(({ currency, sessions, exclTax, tax, inclTax }) => ({
          ...{ currency, sessions, excl_tax: exclTax, tax, incl_tax: inclTax },
        })),
      }),
    };
  }

  return [
    route({
      method: 'get',
      path: '/overview',
      operationId: 'getOverview',
      summary: 'The fleet at a glance',
      description: 'Charge points, connectors, charging, the day so far, open alerts: of what the caller reaches.',
      tag: 'Reports',
      access: 'read:charge_points',
      confined: 'by_handler',
      status: 200,
      response: overview,
      handle: async ({ principal: { organizationId, scopes, within } }) => {
        const of = { organizationId, reached: await within?.chargePointIds() };
        const seesSessions = scopes.has('read:sessions');
        // One after the other: what every console asks for every few seconds holds one connection at a time.
        const fleet = await fleetCounts(db, of);
        const alerts = await openAlerts(db, of);
        const running = seesSessions ? await runningNow(db, of) : undefined;
        const day = seesSessions ? await today(of, scopes.has('read:billing')) : undefined;
        return {
          charge_points: {
            total: fleet.chargePoints,
            connected: fleet.connected,
            disconnected: fleet.chargePoints - fleet.connected - fleet.neverConnected,
            ...{ never_connected: fleet.neverConnected, charging: fleet.inUse, faulted: fleet.broken },
          },
          connectors: { total: fleet.connectors, unreachable: fleet.unreachable, by_status: fleet },
          ...(running !== undefined && {
            charging_now: { sessions: running.sessions, active: running.active, power_w: running.powerW },
          }),
          ...(day !== undefined && { today: day }),
          open_alerts: {
            critical: alerts.get('critical') ?? 0,
            warning: alerts.get('warning') ?? 0,
            info: alerts.get('info') ?? 0,
          },
        };
      },
    }),
  ];
}

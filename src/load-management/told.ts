/**
 * What integrators are told of a site: that its chargers may draw more than its cap, and that they may no more. That limits are on their way
 * (met and lowering) is told to nobody. Pure.
 */
import { notLoweredReasons } from '../events/index.ts';
import type { EmittedEvent } from '../ingest/contract.ts';
import type { HeldSite } from './look-store.ts';
import { outer } from './schemas.ts';
import type { Cap, MemberReason, Plan, SiteState } from './types.ts';

const MOST_NAMED = 20;
type NotLowered = MemberReason & (typeof notLoweredReasons)[number];
const isNotLowered = (reason: MemberReason): reason is NotLowered => notLoweredReasons.some((each) => each === reason);

type Looked = {
  readonly siteId: string;
  readonly site: HeldSite;
  readonly cap: Cap;
  readonly plan: Plan;
  readonly at: Date;
  readonly traceId: string;
};

export function loadChange({ siteId, site, cap, plan, at, traceId }: Looked): EmittedEvent | undefined {
  const { organizationId, settings } = site;
  if ((plan.state === 'unmet') === (site.state === 'unmet')) return undefined;
  const out = (amount: number): number => outer(amount, settings.unit);
  const named = plan.verdicts
    .flatMap(({ id, reason, ceiling }) => (isNotLowered(reason) && ceiling > 0 ? [{ id, reason, ceiling }] : []))
    .sort((a, b) => b.ceiling - a.ceiling || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_NAMED);
  return {
    root: { chargePointId: organizationId, number: 0, identity: '', organizationId, siteId },
    ...{ sequence: 0, traceId },
    event: {
      type: 'site.load_changed',
      ...{ occurredAt: at, receivedAt: at },
      data: {
        site_id: siteId,
        state: plan.state,
        previous_state: site.state as SiteState | null, // as: only looks write it
        unit: settings.unit,
        ...{ cap: out(cap.amount), cap_reason: cap.reason, ceiling: out(plan.ceiling) },
        not_lowered: named.map(({ id, reason, ceiling }) => ({
          ...{ charge_point_id: id, reason, ceiling: out(ceiling) },
        })),
      },
    },
  };
}

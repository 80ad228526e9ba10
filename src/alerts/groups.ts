/** Charge points that went offline together become one alert, their own are folded into it, and it ends when nearly all are back. */
import { addRoots } from '../ingest/index.ts';
import type { AlertInput, AlertSeverity } from '../ingest/inputs.ts';
import { newId } from '../platform/ids.ts';
import {
  type AwayRow,
  awayTogether,
  fleetSizes,
  foldedAlerts,
  groupSettings,
  type OpenGroup,
  openGroups,
} from './group-store.ts';
import { hand, type SweepNeeds } from './hand.ts';
import { rules } from './rules/index.ts';
import { type Group, planGroups, STORM_LEAST, WINDOW_MS } from './storms.ts';
import { type Limits, sweepRule } from './sweep-store.ts';

const MOST = 20_000;
const SAMPLE = 20;

type Known = { readonly serving: Date; readonly limits: Limits | undefined };

/** Before the rule `offline` is looked for, so that no single alert is told where a group stands for it. */
export async function sweepGroups(needs: SweepNeeds, { serving, limits }: Known): Promise<number> {
  const { db, now } = needs;
  const at = now();
  const open = await openGroups(db);
  const over = open.filter(
    ({ away, dueAt, status }) => away < STORM_LEAST && (dueAt === null || dueAt <= at || status === 'pending'),
  );
  await hand(
    needs,
    over.map(({ alertId, organizationId }) => ({
      room: 'alerts',
      type: 'recovered',
      chargePointId: organizationId,
      receivedAt: at,
      alertId,
    })),
  );
  const groups = open.filter((each) => !over.includes(each) && each.status !== 'resolved');
  // As long as nobody's alert is due, and no group is open, there is nothing to look at together.
  const due = await sweepRule(db, 'offline', { now: at, serving, limits, atMost: MOST });
  const whose = due.flatMap((each) => (each.type === 'observed' && each.alertId === null ? [each.organizationId] : []));
  const organizationIds = [...new Set([...whose, ...groups.map(({ organizationId }) => organizationId)])];
  if (organizationIds.length > 0) await formGroups(needs, organizationIds, groups, serving);
  const folded = await foldedAlerts(db, MOST);
  await hand(
    needs,
    folded.map(({ alertId, chargePointId }) => ({
      room: 'alerts',
      type: 'recovered',
      chargePointId,
      receivedAt: at,
      alertId,
      superseded: true,
    })),
  );
  return over.length + folded.length;
}

async function formGroups(
  needs: SweepNeeds,
  organizationIds: readonly string[],
  open: readonly OpenGroup[],
  serving: Date,
): Promise<void> {
  const { db, now } = needs;
  const at = now();
  const since = new Date(at.getTime() - WINDOW_MS - rules.offline.forS * 1000);
  const [away, sizes, settings] = await Promise.all([
    awayTogether(db, organizationIds, { since, serving, now: at, atMost: MOST }),
    fleetSizes(db, organizationIds),
    groupSettings(db, organizationIds),
  ]);
  const inputs: AlertInput[] = [];
  for (const organizationId of organizationIds) {
    const own = settings.find((each) => each.organizationId === organizationId);
    const groups = planGroups({
      sizes: new Map(
        sizes.filter((each) => each.organizationId === organizationId).map(({ siteId, size }) => [siteId, size]),
      ),
      away: together(away.filter((each) => each.organizationId === organizationId)),
      open: open.filter((each) => each.organizationId === organizationId),
      threshold: own?.enabled === false ? null : (own?.threshold ?? rules.fleet_offline.threshold?.value ?? 25),
    });
    for (const group of groups) {
      inputs.push(observed(organizationId, group, open, own?.severity ?? rules.fleet_offline.severity, at));
    }
  }
  if (inputs.length === 0) return;
  await addRoots(db, [...new Set(inputs.map(({ chargePointId }) => chargePointId))]);
  await hand(needs, inputs);
}

/** Those that went within the window before the last one did. */
function together(away: readonly AwayRow[]): AwayRow[] {
  const last = Math.max(0, ...away.map(({ disconnectedAt }) => disconnectedAt.getTime()));
  return away.filter(({ disconnectedAt }) => disconnectedAt.getTime() > last - WINDOW_MS);
}

function observed(
  organizationId: string,
  group: Group,
  open: readonly OpenGroup[],
  severity: AlertSeverity,
  at: Date,
): AlertInput {
  const times = group.members.map(({ disconnectedAt }) => disconnectedAt.getTime());
  const first = Math.min(...times);
  const before = open.find(({ alertId }) => alertId === group.joins);
  const place = group.siteId ?? '';
  // Beside one that goes on without those that went now it is another: two of one key are never open.
  const isTaken = open.some((each) => each.organizationId === organizationId && each.subject === place);
  const subject = before?.subject ?? (isTaken ? `${place} ${new Date(first).toISOString()}`.trim() : place);
  const evidence = {
    charge_points: group.members.length,
    of: group.of,
    sample: group.members.slice(0, SAMPLE).map(({ chargePointId }) => chargePointId),
    first_disconnected_at: new Date(first).toISOString(),
    ...before?.evidence,
    ...(before !== undefined && { charge_points: before.members + group.members.length }),
    last_disconnected_at: new Date(Math.max(...times)).toISOString(),
  };
  const { title, reason } = rules.fleet_offline;
  const found = { chargePointId: organizationId, evseId: 0, connectorId: 0, subject: '', measure: null, evidence };
  return {
    room: 'alerts',
    type: 'observed',
    chargePointId: organizationId,
    receivedAt: at,
    alertId: newId('alr'),
    rule: 'fleet_offline',
    evseId: 0,
    connectorId: 0,
    subject,
    severity,
    title,
    reason: reason({ ...found, since: null, lastAt: null }),
    evidence,
    since: new Date(first),
    lastAt: new Date(Math.max(...times)),
    forS: 0,
    siteId: group.siteId,
    members: group.members.map(({ chargePointId }) => chargePointId),
  };
}

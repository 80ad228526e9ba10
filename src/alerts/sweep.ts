/**
 * The job that finds what rules look for and tells the machines of alerts, one rule after the other. It decides nothing: the
 * machine looks again under the lock, so that a run that happens twice, or on two nodes, tells nothing twice.
 */
import { addRoots } from '../ingest/index.ts';
import type { AlertInput } from '../ingest/inputs.ts';
import { servingSince } from '../nodes/index.ts';
import { newId } from '../platform/ids.ts';
import { sweepGroups } from './groups.ts';
import { hand, type SweepNeeds } from './hand.ts';
import { type RuleId, ruleIds, rules } from './rules/index.ts';
import { closeOrphans, type Finding, limitsOfRules, sweepRule } from './sweep-store.ts';

/** Found in one look; there are as many looks as it takes. */
const AT_ONCE = 1_000;
const MOST_LOOKS = 40;

/** `everyS`: the rules that are looked for so often, of `among`. Returns how many findings there were. */
export async function sweepAlerts(
  needs: SweepNeeds,
  everyS: 10 | 60,
  among: readonly RuleId[] = ruleIds,
): Promise<number> {
  const { db, now } = needs;
  const serving = await servingSince(db, now());
  const limits = new Map((await limitsOfRules(db)).map((row) => [row.rule, row]));
  let found = 0;
  if (everyS === 10) found += await sweepGroups(needs, { serving, limits: limits.get('offline') });
  else await closeOrphans(db, now());
  for (const id of among) {
    if (id === 'fleet_offline' || rules[id].everyS !== everyS) continue;
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const findings = await sweepRule(db, id, { now: now(), serving, limits: limits.get(id), atMost: AT_ONCE });
      if (findings.length === 0) break;
      found += findings.length;
      await tell(needs, id, findings);
      if (findings.length < AT_ONCE) break;
    }
  }
  return found;
}

async function tell(needs: SweepNeeds, id: RuleId, findings: readonly Finding[]): Promise<void> {
  const { db } = needs;
  if (rules[id].of !== undefined) await addRoots(db, [...new Set(findings.map((each) => each.chargePointId))]);
  await hand(
    needs,
    findings.map((finding) => inputOf(id, finding, needs.now())),
  );
}

export function inputOf(id: RuleId, finding: Finding, receivedAt: Date): AlertInput {
  const about = { room: 'alerts', chargePointId: finding.chargePointId, receivedAt } as const;
  if (finding.type === 'recovered') return { ...about, type: 'recovered', alertId: finding.alertId };
  const { evseId, connectorId, subject, severity, mayRise, since, lastAt, forS, evidence, siteId } = finding;
  const { title, reason, of } = rules[id];
  return {
    ...about,
    type: 'observed',
    alertId: newId('alr'),
    rule: id,
    ...{ evseId, connectorId, subject, severity, mayRise, title, since, lastAt, forS, evidence },
    reason: reason(finding),
    ...(of === 'site' && { siteId }),
  };
}

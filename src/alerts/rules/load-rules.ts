/** Rules about sites whose chargers share a supply (docs/load-management.md). */
import { type Rule, said } from './rule.ts';

export const loadRules = {
  site_load_unmet: {
    title: 'Site may draw more than its cap',
    severity: 'critical',
    forS: 60,
    everyS: 10,
    of: 'site',
    looksAt:
      'Sites with [load management](load-management.md) whose chargers may draw more than the cap, because some of them cannot be lowered',
    ends: 'All together stay within the cap again, or load management is switched off',
    remedy:
      'Everybody else has been told 0 already. Look at who cannot be lowered: bring it back online, take the profile back that outranks ours, switch it off at its breaker, or tell what it can draw at most (its load settings).',
    reason: (found) =>
      `All together may draw ${said(found, 'ceiling')} ${said(found, 'unit')} of ${said(found, 'cap')} ${said(found, 'unit')} (${said(found, 'cap_reason')}); cannot be lowered: ${said(found, 'not_lowered')}`,
  },
  load_limit_not_taken: {
    title: 'Charger does not take its limit',
    severity: 'warning',
    forS: 0,
    threshold: {
      value: 3,
      unit: 'limits in a row that it refused or did not answer, or another profile outranks them',
      min: 1,
      max: 1000,
      alerts: 'at_least',
    },
    everyS: 10,
    looksAt: 'Limits that [load management](load-management.md) sends to connected charge points',
    ends: 'It takes one, it disconnects, or it is steered no more',
    remedy:
      'Its maximum is reserved for it meanwhile, which the others lack. Look at its answers to SetChargingProfile and at the profiles that it has; a charger that cannot be limited should be `managed: false` with its true `max`.',
    reason: (found) =>
      `${said(found, 'reason') === 'overruled' ? 'Another profile outranks its limit' : `It did not take ${said(found, 'failures')} limits in a row`}; it counts with ${said(found, 'ceiling')} ${said(found, 'unit')}, of which it should have ${said(found, 'target')} ${said(found, 'unit')}`,
  },
} as const satisfies Record<string, Rule>;

/** Rules about firmware, security, certificates, monitors of the station, and what this server sends. */
import { type Rule, said } from './rule.ts';

export const otherRules = {
  firmware_failed: {
    title: 'Firmware update failed',
    severity: 'warning',
    forS: 0,
    everyS: 10,
    looksAt: 'The last update that the charge point was asked for, in the last 7 days',
    ends: 'A later update succeeds or is begun, or 7 days are over',
    remedy:
      'Check that the charger can reach the file and that it is meant for this model; a bad signature means that the file or its certificate is wrong.',
    reason: (found) => `${said(found, 'status')} for ${said(found, 'location')}`,
  },
  critical_security_event: {
    title: 'Critical security event',
    severity: 'critical',
    forS: 0,
    everyS: 10,
    looksAt: 'Security events of severity critical in the last hour, by their type',
    ends: 'None of this type for an hour',
    remedy:
      'Somebody may be at the charger or in its connection: look at the security events around it, and send somebody if it was opened.',
    reason: (found) => `It reported ${said(found, 'type')}: ${said(found, 'tech_info')}`,
  },
  certificate_expiring: {
    title: 'Certificate expires',
    severity: 'warning',
    forS: 0,
    threshold: { value: 30, unit: 'days left', min: 0, max: 3650, alerts: 'at_most' },
    everyS: 60,
    looksAt:
      'The certificate of each type that the charge point has and that is valid longest. Critical from 3 days on',
    ends: 'A newer one is installed',
    remedy:
      'Ask the charger for a new signing request (TriggerMessage SignChargePointCertificate / SignChargingStationCertificate), or install a newer root.',
    reason: (found) => `Its certificate (${said(found, 'type')}) is valid until ${said(found, 'expires_at')}`,
  },
  monitor_condition: {
    title: 'The station reports a fault',
    severity: 'warning',
    forS: 0,
    threshold: { value: 6, unit: 'severity of OCPP, 0 (danger) to 9 (debug)', min: 0, max: 9, alerts: 'at_most' },
    everyS: 10,
    looksAt: 'NotifyEvent of OCPP 2.x: monitors that are alerting. Critical from severity 3, info from 7 on',
    ends: 'The monitor is cleared',
    remedy: 'Look at the variable that the monitor watches, and at the tech info.',
    reason: (found) =>
      `${said(found, 'variable')} is ${said(found, 'value')} (${said(found, 'tech_code')}, ${said(found, 'tech_info')})`,
  },
  uptime_below_target: {
    title: 'Uptime below its target',
    severity: 'warning',
    forS: 0,
    // 23 CFR 680.116(b): more than 97 %.
    threshold: { value: 97, unit: '% uptime', min: 0, max: 100, alerts: 'at_most' },
    window: { days: 30, min: 1, max: 90 },
    everyS: 60,
    looksAt:
      'The uptime of each EVSE as [reports](reports.md) count it, measured anew each hour, when at least half of the window is observed',
    ends: 'It is above the target again',
    remedy:
      'Look at what it was down for (offline, faulted or unavailable) and at the alerts of that time: a bad connection, a part that fails again and again, or an EVSE that somebody switched off.',
    reason: (found) =>
      `EVSE ${found.evseId} was up ${said(found, 'uptime_percent')} % of the last ${said(found, 'window_days')} days`,
  },
  webhook_failing: {
    title: 'Webhook endpoint fails',
    severity: 'warning',
    forS: 0,
    threshold: {
      value: 24,
      unit: 'hours without a success, and 10 failed attempts',
      min: 1,
      max: 120,
      alerts: 'at_least',
    },
    everyS: 10,
    of: 'organization',
    looksAt: 'Endpoints whose attempts all fail, or that were switched off for it',
    ends: 'An attempt succeeds, or the endpoint is paused, switched on again or deleted',
    remedy:
      'Look at the attempts of its deliveries. When all have failed for five days, the last ones too, it is switched off; what it missed can be recovered.',
    reason: (found) => `Every attempt to deliver to ${said(found, 'url')} fails since ${said(found, 'failing_since')}`,
  },
} as const satisfies Record<string, Rule>;

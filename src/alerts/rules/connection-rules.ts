/** Rules about a charge point's connection, boots, clock and health. */
import { type Rule, said } from './rule.ts';

export const connectionRules = {
  offline: {
    title: 'Charger offline',
    severity: 'critical',
    forS: 300,
    everyS: 10,
    looksAt: 'The connection. Time in which no server ran does not count',
    ends: 'It is connected again',
    remedy:
      'Check power and network of the charger (SIM card, router, firewall). If others at the site are offline too, look at what they share.',
    reason: (found) => `Not connected since ${said(found, 'disconnected_at')}`,
  },
  fleet_offline: {
    title: 'Many chargers offline',
    severity: 'critical',
    forS: 0,
    threshold: { value: 25, unit: 'charge points', min: 2, max: 1_000_000, alerts: 'at_least' },
    everyS: 10,
    of: 'organization',
    looksAt:
      'Charge points of a site, or of the organization, that went offline within 15 minutes: so many, or 30 % of them (5 at least). It takes the place of their own alerts',
    ends: 'Fewer than 5 of them are still away; those get alerts of their own',
    remedy:
      'Look for what they share: network provider, VPN, DNS, a certificate, power at the site, a firewall between them and this server.',
    reason: (found) => `${said(found, 'charge_points')} of ${said(found, 'of')} charge points went offline together`,
  },
  heartbeat_overdue: {
    title: 'Heartbeat overdue',
    severity: 'warning',
    forS: 0,
    threshold: { value: 3, unit: 'heartbeat intervals', min: 1, max: 1000, alerts: 'at_least' },
    everyS: 60,
    looksAt: 'Connected charge points of which no message came for so many of their intervals',
    ends: 'A message comes, or it disconnects',
    remedy:
      'Its connection stands but its software is silent: restart it (Reset), and update its firmware if it happens again.',
    reason: (found) => `Connected, but nothing was heard of it since ${said(found, 'last_message_at')}`,
  },
  boot_loop: {
    title: 'Boot loop',
    severity: 'critical',
    forS: 0,
    threshold: {
      value: 3,
      unit: 'boots in a row, each within 3 min of the one before',
      min: 2,
      max: 1000,
      alerts: 'at_least',
    },
    everyS: 10,
    looksAt: 'BootNotification',
    ends: 'No boot for 15 minutes',
    remedy:
      'Read its diagnostics. Usual causes: a failing power supply, a failed firmware update, a watchdog that bites.',
    reason: (found) =>
      `It has booted ${said(found, 'quick_boots')} times in a row within minutes, last ${said(found, 'booted_at')}`,
  },
  clock_skew: {
    title: 'Clock is wrong',
    severity: 'warning',
    forS: 0,
    threshold: { value: 60, unit: 's', min: 1, max: 86_400_000, alerts: 'at_least' },
    everyS: 60,
    looksAt: "The charger's clock against ours, measured by its messages",
    ends: 'It is right again, or it disconnects',
    remedy:
      'Check its time source (NTP server, time zone handling). Times of sessions and tariffs by the hour depend on it.',
    reason: (found) => `Its clock is ${said(found, 'clock_offset_s')} s off`,
  },
  command_failures: {
    title: 'Does not answer commands',
    severity: 'warning',
    forS: 0,
    everyS: 10,
    looksAt: 'Commands in a row that it did not answer (3 make it degraded)',
    ends: 'It answers one, boots or disconnects',
    remedy:
      'Try TriggerMessage, then a Reset at the charger itself; its software hangs or its connection loses messages.',
    reason: (found) => `${said(found, 'call_timeouts')} commands in a row had no answer`,
  },
  duplicate_identity: {
    title: 'Two chargers with one identity?',
    severity: 'critical',
    forS: 0,
    threshold: {
      value: 3,
      unit: 'takeovers in a row, each within 5 min of the one before',
      min: 1,
      max: 1000,
      alerts: 'at_least',
    },
    everyS: 10,
    looksAt: 'Connections that take the place of a living one from another address',
    ends: 'None for 30 minutes',
    remedy:
      'Two devices use one identity and key, or a copy of the key is used by somebody else: rotate the key and find the second device.',
    reason: (found) =>
      `Its connection was taken over ${said(found, 'takeovers')} times from another address, last from ${said(found, 'remote_address')} at ${said(found, 'taken_over_at')}`,
  },
  schema_deviations: {
    title: 'Deviates from OCPP',
    severity: 'info',
    forS: 0,
    threshold: { value: 5, unit: 'different faults in 24 h', min: 1, max: 200, alerts: 'at_least' },
    everyS: 60,
    looksAt: 'Messages of the charger that break their schema (see its deviations)',
    ends: 'Fewer in 24 hours',
    remedy:
      'They are understood anyway. Send the list to the manufacturer, and ask for firmware that holds to the specification.',
    reason: (found) => `${said(found, 'faults')} different faults in its messages within 24 hours`,
  },
} as const satisfies Record<string, Rule>;

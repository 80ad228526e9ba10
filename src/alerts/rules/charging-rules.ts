/** Rules about connectors and sessions. */
import { place, type Rule, said, sinceText } from './rule.ts';

export const chargingRules = {
  connector_faulted: {
    title: 'Connector faulted',
    severity: 'critical',
    forS: 30,
    everyS: 10,
    looksAt: 'StatusNotification (2.x also NotifyEvent): Faulted',
    ends: 'It reports another status',
    remedy:
      'Look up the error code with the manufacturer. Try a Reset; if it stays, send somebody: the connector cannot charge.',
    reason: (found) =>
      `${place(found)} is faulted since ${sinceText(found)}: ${said(found, 'error_code')}, ${said(found, 'info')}`,
  },
  silent_session: {
    title: 'Session without readings',
    severity: 'warning',
    forS: 1800,
    everyS: 10,
    looksAt: 'Open sessions of connected charge points that send no meter values',
    ends: 'A reading comes, or the session ends',
    remedy:
      'Check MeterValueSampleInterval (2.x: SampledDataCtrlr.TxUpdatedInterval). If it should send, the charger hangs: Reset it when nobody charges.',
    reason: (found) =>
      `${place(found)} charges since ${said(found, 'started_at')}, its last reading is of ${said(found, 'last_reading_at')}`,
  },
  stalled_charge: {
    title: 'Charging stalled',
    severity: 'warning',
    forS: 900,
    threshold: { value: 100, unit: 'W', min: 0, max: 1_000_000, alerts: 'at_most' },
    everyS: 10,
    looksAt: 'Sessions that say they charge, with hardly any power',
    ends: 'Power flows, the car or the charger says that it pauses, or the session ends',
    remedy:
      'Ask the driver to plug in again. If it happens with other cars, check cable, contactor and charging profiles.',
    reason: (found) => `${place(found)} says that it charges, with ${said(found, 'power_w')} W`,
  },
  prepared_not_started: {
    title: 'Plugged in but not charging',
    severity: 'info',
    forS: 1200,
    everyS: 10,
    looksAt: 'Connectors that are occupied (1.6: Preparing) without a session',
    ends: 'A session begins, or the plug is pulled',
    remedy: 'The driver may have trouble to identify himself: look for refused tokens, or start the session for him.',
    reason: (found) => `${place(found)} is occupied since ${sinceText(found)} without a session`,
  },
  no_session: {
    title: 'Nobody charges here',
    severity: 'info',
    forS: 7 * 86_400,
    everyS: 60,
    looksAt: 'The last session of connected charge points',
    ends: 'A session begins, or it disconnects',
    remedy:
      'Try it out on the spot. It may be blocked, out of order in a way it does not tell, or missing from the maps.',
    reason: (found) => `No session since ${sinceText(found)}`,
  },
  unknown_token_burst: {
    title: 'Many unknown tokens',
    severity: 'warning',
    forS: 0,
    threshold: { value: 10, unit: 'different unknown tokens in 10 min', min: 1, max: 1000, alerts: 'at_least' },
    everyS: 10,
    looksAt: 'Tokens that this charge point asked about and nobody knows',
    ends: 'Fewer in 10 minutes',
    remedy:
      'Somebody may be guessing cards, or a fleet was not imported: compare the unknown tokens with the lists of your customers.',
    reason: (found) => `${said(found, 'tokens')} different unknown tokens within 10 minutes`,
  },
  meter_backwards: {
    title: 'Meter ran backwards',
    severity: 'warning',
    forS: 0,
    everyS: 10,
    looksAt: 'Sessions flagged meter_backwards or meter_reset in the last 24 hours',
    ends: 'None for 24 hours',
    remedy:
      'What fell was not billed. If it happens again, have the meter checked: its readings may not be used for billing.',
    reason: (found) => `The meter fell in session ${said(found, 'session_id')}`,
  },
  orphan_stop: {
    title: 'Stop without a start',
    severity: 'info',
    forS: 0,
    everyS: 10,
    looksAt: 'Sessions of which only the stop arrived, in the last 24 hours',
    ends: 'None for 24 hours',
    remedy:
      'The session was put together from its stop and bills only what is certain. Check whether the charger loses messages while it is offline.',
    reason: (found) => `Session ${said(found, 'session_id')} was only heard of when it stopped`,
  },
} as const satisfies Record<string, Rule>;

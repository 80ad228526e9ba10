/** Steps 1 and 2: is it there, is it the right one, does it speak by itself, is its clock right? Pure. */
import type { Facts, Run, Words } from '../types.ts';
import { AWAY, asking, fail, outcomeOf, type Seen, sign, since, wait } from './seen.ts';

/** A charger that has just connected is about to boot by itself. */
const BOOT_COMES_MS = 5_000;
export const MOST_SKEW_MS = 60_000;

export function connecting(run: Run, facts: Facts, words: Words, now: Date): Seen {
  if (facts.registration !== 'accepted') {
    return fail('registration_refused', `Its registration is ${facts.registration}: no boot of it would be accepted`);
  }
  const { protocol } = facts;
  if (!facts.connected || protocol === null) return wait('not_connected', 'The charger did not connect');
  if (facts.bootStatus !== 'accepted') {
    // OCPP 1.6 §4.2, 2.0.1 B02.FR.02: whoever was told to wait may be asked to boot anew.
    const isQuiet = facts.bootStatus !== null || since(facts.connectedAt, now) > BOOT_COMES_MS;
    const isAsked = run.tries > 0;
    if (isQuiet && !isAsked) {
      const asked = asking(words.trigger(protocol, 'boot'));
      if (asked !== undefined) return asked;
    }
    const outcome = outcomeOf(run, facts, now);
    const response = outcome.is === 'rejected' || outcome.is === 'failed' ? outcome.response : null;
    return wait('boot_not_accepted', 'The charger is connected and sent no BootNotification', response);
  }
  const wrong = wrongOf(facts);
  if (wrong !== undefined) return wrong;
  return sign('reachable', {
    protocol,
    security_profile: facts.securityProfile,
    vendor: cut(facts.reportedVendor),
    model: cut(facts.reportedModel),
    serial_number: cut(facts.reportedSerial),
    firmware_version: cut(facts.firmwareVersion),
  });
}

/** What was registered, and what the charger says of itself. What it does not say is not held against it. */
function wrongOf(facts: Facts): Seen | undefined {
  const pairs = [
    ['wrong_vendor', 'vendor', facts.vendor, facts.reportedVendor],
    ['wrong_model', 'model', facts.model, facts.reportedModel],
    ['wrong_serial_number', 'serial number', facts.serialNumber, facts.reportedSerial],
  ] as const;
  for (const [code, name, registered, reported] of pairs) {
    if (registered === null || reported === null || folded(registered) === folded(reported)) continue;
    return fail(code, `Its ${name} is ${reported.slice(0, 100)}; registered is ${registered.slice(0, 100)}`, {
      detail: { registered, reported: cut(reported) },
    });
  }
  return undefined;
}

/** Whoever tells novels of itself is quoted in part. */
const cut = (text: string | null): string | null => text?.slice(0, 200) ?? null;
const folded = (text: string): string => text.trim().toLowerCase();

/** Of the heartbeat: how long it may take. */
export const heartbeatWindowMs = ({ heartbeatIntervalS }: Pick<Facts, 'heartbeatIntervalS'>): number =>
  heartbeatIntervalS * 1500;

export function listening(run: Run, facts: Facts, words: Words): Seen {
  const { protocol, heardAt, clockOffsetMs } = facts;
  if (heardAt !== null) {
    if (clockOffsetMs !== null && Math.abs(clockOffsetMs) > MOST_SKEW_MS) return skewed(clockOffsetMs);
    return sign('alive', { heard_at: heardAt.toISOString(), clock_offset_ms: clockOffsetMs });
  }
  if (!facts.connected || protocol === null) return AWAY();
  // Whoever beats every hour is asked to do it now (1.6 §5.17, 2.0.1 F06); whoever cannot be asked has its 1.5 intervals.
  const asked = run.tries === 0 ? asking(words.trigger(protocol, 'heartbeat')) : undefined;
  return asked ?? wait('no_heartbeat', 'The charger said nothing by itself within 1.5 heartbeat intervals');
}

export const skewed = (offsetMs: number): Seen =>
  fail('clock_skew', `Its clock is ${Math.round(offsetMs / 1000)} s off; 60 s are allowed`, {
    detail: { clock_offset_ms: offsetMs },
  });

/** Step 3: the settings that the template wants are set and read back; where that takes a reboot, the charger gets one. Pure. */
import type { Facts, FailureCode, Run, SeenChange, Words } from '../types.ts';
import { AWAY, asking, fail, MOST_TRIES, outcomeOf, RETRY_MS, type Seen, sign, since, wait } from './seen.ts';

type Item = SeenChange['items'][number];
const MOST_NAMED = 5;

export function applying(run: Run, facts: Facts, _words: Words, now: Date): Seen {
  const { wanted } = facts;
  if (run.changeId === null && wanted === undefined) return fail('template_gone', 'Its configuration template is gone');
  if (run.changeId === null && wanted?.length === 0) {
    return sign('nothing_to_set', { reason: 'No configuration template matches the charger' });
  }
  const change = changeOf(run, facts, now);
  if ('see' in change) return change;
  const detail = { settings: change.items.map(shown), change_id: change.id };
  for (const [code, is, says] of FAULTS) {
    const bad = change.items.filter(is);
    const [first] = bad;
    if (first === undefined) continue;
    const names = bad.slice(0, MOST_NAMED).map(({ key }) => key);
    const why = first.error === null ? '' : ` (${first.error})`;
    return fail(code, `${says}: ${names.join(', ')}${bad.length > MOST_NAMED ? ', …' : ''}${why}`, { detail });
  }
  const needsReboot = change.items.some(({ outcome }) => outcome === 'reboot_required');
  return sign(needsReboot ? 'reboot_needed' : 'set', detail);
}

const FAULTS: readonly (readonly [FailureCode, (item: Item) => boolean, string])[] = [
  ['setting_not_supported', ({ outcome }) => outcome === 'not_supported', 'The charger has no such setting'],
  ['setting_rejected', ({ outcome }) => outcome === 'rejected', 'The charger refused'],
  ['configuration_failed', ({ outcome }) => outcome === 'failed', 'The charger could not be asked for'],
  ['setting_mismatch', ({ mismatch }) => mismatch, 'The charger agreed and keeps another value'],
];

const shown = ({ key, outcome, readBack }: Item) => ({
  key,
  result: outcome,
  read_back: readBack?.slice(0, 200) ?? null,
});

/** The change of configuration, when it is through; until then what to do meanwhile. */
function changeOf(run: Run, facts: Facts, now: Date): SeenChange | Seen {
  const { change, wanted = [] } = facts;
  const ask: Seen = { see: 'ask', wish: { kind: 'change', wanted } };
  if (run.changeId === null) return facts.connected ? ask : AWAY();
  if (change === undefined || change.id !== run.changeId) {
    // Other changes of its configuration run at the same time: they end by themselves.
    if (since(run.askedAt, now) < RETRY_MS || run.tries >= MOST_TRIES * 10) {
      return wait('charger_busy', 'Too many changes of its configuration run at the same time');
    }
    return ask;
  }
  if (change.status === 'running') {
    return facts.connected ? wait('configuration_failed', 'Its settings were not set and read back in time') : AWAY();
  }
  if (change.status === 'failed' && change.items.every(({ outcome }) => outcome !== 'rejected')) {
    return fail('configuration_failed', change.error ?? 'The charger could not be asked', {
      detail: { settings: change.items.map(shown), change_id: change.id },
    });
  }
  return change;
}

export function resetting(run: Run, facts: Facts, words: Words, now: Date): Seen {
  if (run.bootsBefore !== null && facts.bootCount > run.bootsBefore) return sign('rebooted');
  const { protocol, connected } = facts;
  const outcome = outcomeOf(run, facts, now);
  switch (outcome.is) {
    case 'none':
      if (!connected || protocol === null) return AWAY();
      if (facts.busyEvses.length > 0) return wait('session_running', 'A session runs, and a setting takes a reboot');
      return asking(words.reset(protocol)) ?? fail('not_sayable', 'Its version of OCPP knows no reset');
    case 'pending':
      return wait('no_answer', 'The charger did not answer the request to reboot');
    case 'accepted':
      return sign('reset_accepted');
    case 'rejected':
      return fail('reset_rejected', `Asked to reboot: ${outcome.message}`, outcome);
    case 'lost':
      // Perhaps it reboots already.
      if (connected && protocol !== null && since(run.askedAt, now) > RETRY_MS * 5) {
        return asking(words.reset(protocol)) ?? AWAY();
      }
      return wait('reboot_not_finished', 'The charger went away and has not booted again');
    case 'failed':
      return fail(outcome.code, `Asked to reboot: ${outcome.message}`, outcome);
  }
}

/** It goes away and comes back: that is what it was asked for. */
export function rebooting(run: Run, facts: Facts): Seen {
  const isBack = facts.bootCount > (run.bootsBefore ?? 0) && facts.connected && facts.bootStatus === 'accepted';
  return isBack
    ? sign('rebooted')
    : wait('reboot_not_finished', 'The charger agreed to reboot and has not booted again in time');
}

/** Applied once more after the reboot: what is in force needs no change. */
export function verifying(run: Run, facts: Facts, _words: Words, now: Date): Seen {
  if (facts.wanted === undefined) return fail('template_gone', 'Its configuration template is gone');
  const change = changeOf(run, facts, now);
  if ('see' in change) return change;
  const detail = { settings_after_reboot: change.items.map(shown), verification_id: change.id };
  const other = change.items.filter(({ outcome }) => outcome !== 'unchanged');
  if (other.length === 0) return sign('kept', { rebooted: true, ...detail });
  const names = other.slice(0, MOST_NAMED).map(({ key }) => key);
  return fail('setting_not_kept', `Not in force after the reboot: ${names.join(', ')}`, { detail });
}

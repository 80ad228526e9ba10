/** What has to be right before a charge point changes hands: the checklist that both sides see beforehand. Pure. */
import type { HandoverMode } from '../../ingest/inputs.ts';
import type { Facts } from '../types.ts';

export const checkNames = [
  'commissioned',
  'no_session',
  'no_firmware_update',
  'no_command_in_flight',
  'no_critical_alert',
] as const;
export type CheckName = (typeof checkNames)[number];
export type Check = {
  readonly check: CheckName;
  /**
   * passed · warning: worth knowing, stands in nobody's way · waiting: it passes by itself, `when: idle` waits for it ·
   * blocked: it cannot be accepted so.
   */
  readonly status: 'passed' | 'warning' | 'waiting' | 'blocked';
  readonly message: string;
};

type Verdict = Omit<Check, 'check'>;
const passed = (message: string): Verdict => ({ status: 'passed', message });

/**
 * Commissioning: a run that is under way blocks, and so does a charge point that was taken out of service. One that was never
 * commissioned blocks only where its installer hands it over and the organization's policy wants commissioning; otherwise it is
 * a warning, and between owners it is not asked for.
 */
function commissioned({ lifecycle, wantsCommissioning }: Facts, mode: HandoverMode): Verdict {
  if (lifecycle === 'decommissioned') return { status: 'blocked', message: 'It is decommissioned' };
  if (lifecycle === 'commissioning') return { status: 'waiting', message: 'It is being commissioned' };
  if (lifecycle === 'commissioned') return passed('It is commissioned');
  if (mode === 'ownership_transfer')
    return passed('It has not been commissioned; between owners that is not asked for');
  const status = wantsCommissioning ? 'blocked' : 'warning';
  return { status, message: 'It has not been commissioned' };
}

function noSession({ openSessions, heldEvents }: Facts): Verdict {
  if (openSessions > 0) return { status: 'waiting', message: `${openSessions} charging session(s) running` };
  if (heldEvents > 0)
    return { status: 'waiting', message: 'It is telling of a transaction, and some of it has not come' };
  return passed('No session is running');
}

export function checklist(facts: Facts, mode: HandoverMode): Check[] {
  const { firmwareRunning, commandsInFlight, criticalAlerts } = facts;
  const verdicts: Readonly<Record<CheckName, Verdict>> = {
    commissioned: commissioned(facts, mode),
    no_session: noSession(facts),
    no_firmware_update: firmwareRunning
      ? { status: 'waiting', message: 'A firmware update is running' }
      : passed('No firmware update is running'),
    no_command_in_flight:
      commandsInFlight > 0
        ? { status: 'waiting', message: `It has not answered ${commandsInFlight} command(s)` }
        : passed('No command waits for its answer'),
    no_critical_alert:
      criticalAlerts.length > 0
        ? { status: 'warning', message: `${criticalAlerts.length} critical alert(s) open` }
        : passed('No critical alert is open'),
  };
  return checkNames.map((check) => ({ check, ...verdicts[check] }));
}

export const namesOf = (checks: readonly Check[], status: Check['status']): CheckName[] =>
  checks.filter((each) => each.status === status).map(({ check }) => check);

/** A command is answered within its time-out: worth a moment even to those who do not want to wait. */
export const isShort = (check: CheckName): boolean => check === 'no_command_in_flight';

/** Step 4: every connector that is expected was reported, and none is faulted. Pure. */
import type { ExpectedOutlet, Facts, Run, SeenOutlet, Words } from '../types.ts';
import { AWAY, asking, outcomeOf, type Refusal, type Seen, sign, since, wait } from './seen.ts';

/** Statuses come behind the answer to the request for them. */
const STATUS_COMES_MS = 5_000;

export function inspecting(run: Run, facts: Facts, words: Words, now: Date): Seen {
  const { protocol } = facts;
  const outlets = outletsOf(facts);
  const missing = missingOf(run, outlets);
  // 0 is the charger itself; nobody waits for what was not expected.
  const faulted = outlets.find(
    (outlet) => outlet.status === 'faulted' && (outlet.connectorId === 0 || isExpected(run, outlet)),
  );
  if (missing === undefined && faulted === undefined) {
    const connectors = outlets.map(({ evseId, connectorId, status }) => ({
      evse_id: evseId,
      connector_id: connectorId,
      status,
    }));
    return sign(run.skipTest ? 'connectors_fine_test_skipped' : 'connectors_fine', { connectors });
  }
  if (run.tries === 0) {
    if (!facts.connected || protocol === null) return AWAY();
    // What is known may be old. 1.6 §5.17 tells all of them, 2.0.1 F06.FR.12 one at a time.
    const about = faulted ?? missing;
    const place = protocol === 'ocpp1.6' ? {} : { evseId: about?.evseId || 1, connectorId: about?.connectorId || 1 };
    const asked = asking(words.trigger(protocol, 'status', place));
    if (asked !== undefined) return asked;
  }
  if (faulted !== undefined && isCurrent(faulted, run, facts, now)) return { see: 'fail', refusal: refusalOf(faulted) };
  if (faulted !== undefined) return { see: 'wait', late: refusalOf(faulted) };
  const named = missing?.evseId === 0 ? 'any connector' : `connector ${missing?.evseId}/${missing?.connectorId ?? '*'}`;
  return facts.connected ? wait('connector_not_reported', `The charger did not report ${named}`) : AWAY();
}

/**
 * Those that were reported since it booted, as it then tells of each (1.6 §4.9, 2.0.1 B01.FR.05), or on this connection: what is older
 * may be of a unit that was swapped since.
 */
export const outletsOf = ({ outlets, bootedAt, connectedAt }: Facts): readonly SeenOutlet[] =>
  outlets.filter(({ receivedAt }) => [bootedAt, connectedAt].some((since) => since !== null && receivedAt >= since));

export const isExpected = ({ expected }: Run, outlet: SeenOutlet): boolean =>
  expected === null || expected.some((wanted) => isThat(wanted, outlet));

/** 0/0: there is no outlet at all. */
function missingOf({ expected }: Run, outlets: readonly SeenOutlet[]): ExpectedOutlet | undefined {
  const real = outlets.filter(({ connectorId }) => connectorId > 0);
  if (expected === null) return real.length > 0 ? undefined : { evseId: 0, connectorId: 0 };
  return expected.find((wanted) => !real.some((outlet) => isThat(wanted, outlet)));
}

const isThat = (wanted: ExpectedOutlet, { evseId, connectorId }: SeenOutlet): boolean =>
  wanted.evseId === evseId && (wanted.connectorId === null || wanted.connectorId === connectorId);

/** It was told after it was asked for, or it will not be told. */
function isCurrent(outlet: SeenOutlet, run: Run, facts: Facts, now: Date): boolean {
  if (run.askedAt !== null && outlet.receivedAt >= run.askedAt) return true;
  const outcome = outcomeOf(run, facts, now);
  switch (outcome.is) {
    case 'pending':
      return false;
    case 'accepted':
      return since(outcome.command.completedAt, now) > STATUS_COMES_MS;
    case 'none':
    case 'lost':
    case 'rejected':
    case 'failed':
      return true;
  }
}

function refusalOf({ evseId, connectorId, errorCode }: SeenOutlet): Refusal {
  const why = errorCode === null || errorCode === '' ? '' : `: ${errorCode.slice(0, 100)}`;
  const detail = { evse_id: evseId, connector_id: connectorId, error_code: errorCode };
  return connectorId === 0
    ? { code: 'charge_point_faulted', message: `The charger reports a fault${why}`, detail }
    : { code: 'connector_faulted', message: `Connector ${evseId}/${connectorId} is faulted${why}`, detail };
}

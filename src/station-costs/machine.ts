/** What a station says that a transaction costs: the newest word of it counts, by the numbers of its events (2.1 I12). Pure. */
import type { Step } from '../ingest/contract.ts';
import type { StationCostInput } from '../ingest/inputs.ts';
import type { StationCostRow, StationCostState } from './types.ts';

export function decide(state: StationCostState, input: StationCostInput): Step<StationCostState> {
  const { sessionId, seqNo, cost, tariffId, isFinal, receivedAt } = input;
  const known = state.costs.get(sessionId);
  if (known !== undefined && (seqNo < known.seqNo || (known.isFinal && !isFinal)))
    return { state, effects: [], ignored: 'late' };
  const row: StationCostRow = {
    ...{ sessionId, seqNo },
    tariffId: tariffId ?? known?.tariffId ?? null,
    cost: cost ?? known?.cost ?? null,
    isFinal: isFinal && cost !== undefined,
    toldAt: receivedAt,
  };
  return { state: { costs: new Map(state.costs).set(sessionId, row) }, effects: [] };
}

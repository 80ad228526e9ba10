/** The words of the station-costs room. */
import type { StationCost } from '../ingest/inputs.ts';

export type StationCostRow = {
  readonly sessionId: string;
  /** Of the event that told it. */
  readonly seqNo: number;
  readonly tariffId: string | null;
  readonly cost: StationCost | null;
  readonly isFinal: boolean;
  readonly toldAt: Date;
};

/** By session id: those that the inputs name. */
export type StationCostState = { readonly costs: ReadonlyMap<string, StationCostRow> };

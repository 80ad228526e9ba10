/** What stations of OCPP 2.1 compute that their transactions cost (2.1 I12). Types only. */
import type { Common } from './common.ts';
import type { StationCost } from './station-cost.ts';

export type StationCostInput = Common & {
  readonly room: 'station_costs';
  /** Fed by sessions: an event of that transaction brought it. */
  readonly type: 'told';
  readonly sessionId: string;
  readonly seqNo: number;
  /** undefined: only the tariff was told. */
  readonly cost: StationCost | undefined;
  readonly tariffId: string | undefined;
  /** The transaction has ended by it. */
  readonly isFinal: boolean;
};

/** The words of the room of DER controls: what stations with generators, batteries and discharging EVs do for the grid. */
import type {
  DerControl,
  DerControlInput,
  DerControlType,
  DerCriteria,
  DerCurve,
  DerSettings,
  DerUnit,
  Learned,
  ReportedDerControl,
} from '../ingest/inputs.ts';
import type { Parts } from '../platform/parts.ts';

export type {
  DerControl,
  DerControlInput,
  DerControlType,
  DerCriteria,
  DerCurve,
  DerSettings,
  DerUnit,
  ReportedDerControl,
};
export type Ended = Extract<DerControlInput, { type: 'command_ended' }>;
export type Learnt<About extends Learned['about']> = Extract<Learned, { about: About }>;

/**
 * pending: sent, not answered yet · active: the station holds it · superseded: it holds it, and another one counts more · replaced: by
 * one of the same id · ended: its time is over · rejected, failed: it did not take it, or nobody knows · cleared: taken back.
 */
export type DerStatus = 'pending' | 'active' | 'superseded' | 'replaced' | 'rejected' | 'failed' | 'cleared' | 'ended';

/** A row of the table der_controls. */
export type DerRow = {
  readonly id: string;
  readonly commandId: string;
  readonly control: DerControl;
  readonly status: DerStatus;
  readonly isStarted: boolean;
  readonly why: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** missing: we set it, the station does not hold it · unknown: it holds one that we do not know · different: in its content. */
export type DerDrift = { readonly controlId: string; readonly kind: 'missing' | 'unknown' | 'different' };

/** A row of the table der_reports. */
export type DerReport = {
  readonly id: string;
  readonly commandId: string | null;
  readonly requestId: number;
  /** null: not known, so nothing can be missing. */
  readonly criteria: DerCriteria | null;
  readonly status: 'requested' | 'receiving' | 'complete' | 'failed' | 'incomplete';
  readonly parts: Parts;
  readonly controls: readonly ReportedDerControl[];
  readonly drift: readonly DerDrift[] | null;
  readonly why: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** A row of the table der_events. */
export type DerEvent = {
  readonly id: string;
  readonly kind: 'alarm' | 'alarm_ended' | 'started' | 'stopped';
  readonly controlId: string | null;
  readonly controlType: DerControlType | null;
  readonly fault: string | null;
  readonly info: string | null;
  readonly supersededIds: readonly string[];
  readonly at: Date;
  readonly rawAt: string | null;
  readonly historical: boolean;
  readonly receivedAt: Date;
};

/** What makes two reports of an event one: a station repeats what was not acknowledged. */
export const eventKey = ({
  kind,
  controlId,
  controlType,
  fault,
  at,
}: Pick<DerEvent, 'kind' | 'controlId' | 'controlType' | 'fault' | 'at'>): string =>
  JSON.stringify([kind, controlId, controlType, fault, at.getTime()]);

/** What decide needs of one charge point: all controls that it holds or was sent, all reports that wait for parts. */
export type DerState = {
  readonly rows: ReadonlyMap<string, DerRow>;
  readonly reports: ReadonlyMap<string, DerReport>;
  /** Keys of the events that are on record for the instants of these inputs. */
  readonly known: ReadonlySet<string>;
  readonly added: readonly DerEvent[];
};

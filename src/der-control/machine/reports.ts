/** Reports of a station on the DER controls that it holds: asked for, put together from their parts, compared (2.1 R04.FR.30–37). Pure. */
import type { Step } from '../../ingest/contract.ts';
import { rowIdFrom } from '../../platform/derived-id.ts';
import { noParts, partsDueAt, partsMayCome, takePart } from '../../platform/parts.ts';
import { isSameJson } from '../../platform/same-json.ts';
import type {
  DerControl,
  DerControlInput,
  DerCriteria,
  DerReport,
  DerRow,
  DerState,
  Ended,
  Learnt,
  ReportedDerControl,
} from '../types.ts';

type Next = Step<DerState>;
type Input<T extends DerControlInput['type']> = Extract<DerControlInput, { type: T }>;

const LIMITS = { parts: 100, items: 1_000 };

export const isHeld = ({ status }: DerRow): boolean => status === 'active' || status === 'superseded';
export const isMeant = (
  { isDefault, controlType, controlId }: DerCriteria,
  control: Pick<DerControl, 'isDefault' | 'type' | 'controlId'>,
): boolean =>
  (isDefault === undefined || control.isDefault === isDefault) &&
  (controlType === undefined || control.type === controlType) &&
  (controlId === undefined || control.controlId === controlId);

const newReport = (id: string, requestId: number, at: Date): DerReport => ({
  id,
  commandId: null,
  requestId,
  criteria: null,
  status: 'requested',
  parts: noParts,
  controls: [],
  drift: null,
  why: null,
  requestedBy: 'charge_point',
  createdAt: at,
  updatedAt: at,
});
const isOpen = ({ status }: DerReport): boolean => status === 'requested' || status === 'receiving';

export function reportRequested(state: DerState, input: Input<'report_requested'>): Next {
  const { reportId: id, commandId, requestId, criteria, requestedBy, receivedAt } = input;
  if (state.reports.has(id)) return { state, effects: [], ignored: 'duplicate' };
  const overdue = [...state.reports.values()]
    .filter((report) => isOpen(report) && partsDueAt(report.updatedAt) <= receivedAt)
    .map((report) => ({ ...report, status: 'incomplete' as const, updatedAt: receivedAt }));
  return withReports(state, [
    ...overdue,
    { ...newReport(id, requestId, receivedAt), commandId, criteria, requestedBy },
  ]);
}

export function controlsReported(state: DerState, input: Input<'controls_reported'>): Next {
  const { newId, requestId, tbc, controls, receivedAt } = input;
  const report =
    [...state.reports.values()]
      .filter((each) => isOpen(each) && each.requestId === requestId)
      .sort((a, b) => (a.id < b.id ? 1 : -1))[0] ?? newReport(newId, requestId, receivedAt);
  const { parts, verdict } = takePart(report.parts, { seqNo: undefined, tbc, items: controls.length }, LIMITS);
  if (verdict === 'too_many' || verdict === 'duplicate') return { state, effects: [], ignored: verdict };
  const grown: DerReport = {
    ...report,
    status: 'receiving',
    parts,
    controls: [...report.controls, ...controls],
    updatedAt: receivedAt,
  };
  return verdict === 'complete' ? completed(state, grown, receivedAt) : withReports(state, [grown]);
}

/** How the command ended that asked for it. */
export function reportAnswered(
  state: DerState,
  input: Ended,
  report: DerReport,
  learned: Learnt<'der_controls_will_come'> | undefined,
): Next {
  if (!isOpen(report)) return { state, effects: [], ignored: 'duplicate' };
  const { receivedAt, why } = input;
  if (learned?.none === true) return completed(state, { ...report, updatedAt: receivedAt }, receivedAt);
  if (partsMayCome(input)) return withReports(state, [{ ...report, updatedAt: receivedAt }]);
  return withReports(state, [{ ...report, status: 'failed', why: why ?? null, updatedAt: receivedAt }]);
}

/** What the station holds is what it says that it holds. */
function completed(state: DerState, report: DerReport, at: Date): Next {
  const held = [...state.rows.values()].filter(isHeld);
  const reported = new Map(report.controls.map((control) => [keyOf(control), control]));
  const { criteria } = report;
  const missing =
    criteria === null ? [] : held.filter(({ control }) => isMeant(criteria, control) && !reported.has(keyOf(control)));
  const known = new Map(held.map((row) => [keyOf(row.control), row]));
  const unknown = [...reported.values()].filter((control) => !known.has(keyOf(control)));
  const both = [...reported.values()].flatMap((control) => {
    const row = known.get(keyOf(control));
    return row === undefined ? [] : [{ row, control }];
  });
  const drift = [
    ...missing.map(({ control: { controlId } }) => ({ controlId, kind: 'missing' as const })),
    ...unknown.map(({ controlId }) => ({ controlId, kind: 'unknown' as const })),
    ...both
      .filter(({ row, control }) => !isSame(row.control, control))
      .map(({ control: { controlId } }) => ({ controlId, kind: 'different' as const })),
  ];
  const changed: DerRow[] = [
    ...missing.map(
      (row): DerRow => ({
        ...row,
        status: 'cleared',
        why: 'The charge point does not report it any more',
        updatedAt: at,
      }),
    ),
    ...unknown.map(
      ({ isSuperseded, ...control }, i): DerRow => ({
        id: rowIdFrom('der', report.id, i),
        commandId: report.commandId ?? report.id,
        control,
        status: isSuperseded ? 'superseded' : 'active',
        isStarted: false,
        why: null,
        requestedBy: 'charge_point',
        createdAt: at,
        updatedAt: at,
      }),
    ),
    ...both.flatMap(({ row, control }): DerRow[] => {
      const status = control.isSuperseded ? 'superseded' : 'active';
      return row.status === status ? [] : [{ ...row, status, updatedAt: at }];
    }),
  ];
  const rows = new Map([...state.rows, ...changed.map((row) => [row.id, row] as const)]);
  return withReports({ ...state, rows }, [{ ...report, status: 'complete', drift }]);
}

const keyOf = ({ controlId, isDefault }: Pick<DerControl, 'controlId' | 'isDefault'>): string =>
  `${isDefault} ${controlId}`;

const isSame = (ours: DerControl, { isSuperseded: _, ...theirs }: ReportedDerControl): boolean =>
  ours.type === theirs.type && ours.priority === theirs.priority && isSameJson(ours.settings, theirs.settings);

const withReports = (state: DerState, changed: readonly DerReport[]): Next => ({
  state: { ...state, reports: new Map([...state.reports, ...changed.map((each) => [each.id, each] as const)]) },
  effects: [],
});

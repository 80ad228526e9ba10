/** Reports of a station on the charging profiles that it holds: asked for, put together from their parts, compared. Pure. */
import type { Step } from '../../ingest/contract.ts';
import { rowIdFrom } from '../../platform/derived-id.ts';
import { noParts, partsDueAt, partsMayCome, takePart } from '../../platform/parts.ts';
import type { Ended, Learnt, ProfileReport, ProfileRow, SmartChargingInput, SmartChargingState } from '../types.ts';
import { judge } from './drift.ts';

type Next = Step<SmartChargingState>;
type Input<T extends SmartChargingInput['type']> = Extract<SmartChargingInput, { type: T }>;

/** Periods count: 500 parts of profiles with a thousand of them each would be no report but an attack. */
const LIMITS = { parts: 500, items: 20_000 };

export function reportRequested(state: SmartChargingState, input: Input<'report_requested'>): Next {
  const { reportId: id, commandId, requestId, criteria, requestedBy, receivedAt } = input;
  if (state.reports.has(id)) return { state, effects: [], ignored: 'duplicate' };
  const overdue = [...state.reports.values()]
    .filter((report) => isOpen(report) && partsDueAt(report.updatedAt) <= receivedAt)
    .map((report) => ({ ...report, status: 'incomplete' as const, updatedAt: receivedAt }));
  const report = { ...newReport(id, requestId, receivedAt), commandId, criteria, requestedBy };
  return withReports(state, [...overdue, report]);
}

const newReport = (id: string, requestId: number, at: Date): ProfileReport => ({
  id,
  commandId: null,
  requestId,
  criteria: null,
  status: 'requested',
  parts: noParts,
  profiles: [],
  drift: null,
  why: null,
  requestedBy: 'charge_point',
  createdAt: at,
  updatedAt: at,
});

export const isOpen = ({ status }: ProfileReport): boolean => status === 'requested' || status === 'receiving';

/** The latest that waits for parts of that number. */
const openFor = (state: SmartChargingState, requestId: number): ProfileReport | undefined =>
  [...state.reports.values()]
    .filter((report) => isOpen(report) && report.requestId === requestId)
    .sort((a, b) => (a.id < b.id ? 1 : -1))[0];

/** K09.FR.01, FR.02: the parts have no numbers of their own, only a `tbc`; they come in their order. */
export function profilesReported(state: SmartChargingState, input: Input<'profiles_reported'>): Next {
  const { newId, requestId, tbc, source, profiles, receivedAt } = input;
  const report = openFor(state, requestId) ?? newReport(newId, requestId, receivedAt);
  const items = profiles.reduce(
    (sum, { schedule, alternatives = [] }) =>
      sum + [schedule, ...alternatives].reduce((each, { periods }) => each + periods.length, 1),
    0,
  );
  const { parts, verdict } = takePart(report.parts, { seqNo: undefined, tbc, items }, LIMITS);
  if (verdict === 'too_many' || verdict === 'duplicate') return { state, effects: [], ignored: verdict };
  const grown: ProfileReport = {
    ...report,
    status: 'receiving',
    parts,
    profiles: [...report.profiles, ...profiles.map((profile) => ({ source, profile }))],
    updatedAt: receivedAt,
  };
  return verdict === 'complete' ? completed(state, grown, receivedAt) : withReports(state, [grown]);
}

/** How the command ended that asked for it. */
export function reportAnswered(
  state: SmartChargingState,
  input: Ended,
  report: ProfileReport,
  learned: Learnt<'profiles_will_come'> | undefined,
): Next {
  if (!isOpen(report)) return { state, effects: [], ignored: 'duplicate' };
  const { receivedAt, why } = input;
  if (learned?.none === true) return completed(state, { ...report, updatedAt: receivedAt }, receivedAt);
  if (partsMayCome(input)) return withReports(state, [{ ...report, updatedAt: receivedAt }]);
  return withReports(state, [{ ...report, status: 'failed', why: why ?? null, updatedAt: receivedAt }]);
}

/** What the station holds is what it says that it holds. */
function completed(state: SmartChargingState, report: ProfileReport, at: Date): Next {
  const active = [...state.rows.values()].filter(({ status }) => status === 'active');
  const { drift, missing, unknown } = judge(report, active);
  const gone = missing.map((row) => ({
    ...row,
    status: 'cleared' as const,
    why: 'The charge point does not report it any more',
    updatedAt: at,
  }));
  const found = unknown.map(
    (profile, i): ProfileRow => ({
      id: rowIdFrom('chp', report.id, i),
      commandId: report.commandId ?? report.id,
      profileId: profile.profileId,
      connectorId: profile.connectorId,
      purpose: profile.purpose,
      stackLevel: profile.stackLevel,
      transactionId: null,
      profile,
      status: 'active',
      why: null,
      requestedBy: 'charge_point',
      createdAt: at,
      updatedAt: at,
    }),
  );
  const rows = new Map([...state.rows, ...[...gone, ...found].map((row) => [row.id, row] as const)]);
  return withReports({ ...state, rows }, [{ ...report, status: 'complete', drift }]);
}

const withReports = (state: SmartChargingState, changed: readonly ProfileReport[]): Next => ({
  state: { ...state, reports: new Map([...state.reports, ...changed.map((each) => [each.id, each] as const)]) },
  effects: [],
});

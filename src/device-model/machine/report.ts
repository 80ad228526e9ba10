/** One report: from the request over its parts to its end. Pure. 2.0.1 B07, B08, N02. */
import type { Effect } from '../../ingest/contract.ts';
import type { CommandEnded, DeviceModelInput, ReportBase, ReportRequest } from '../../ingest/inputs.ts';
import { noParts, partsAtDeadline, partsDueAt, partsMayCome, takePart } from '../../platform/parts.ts';
import type { DeviceState, ReportRow, ReportStatus } from '../types.ts';

export type Next = { readonly state: DeviceState; readonly effects: readonly Effect[]; readonly ignored?: string };
type About = Pick<DeviceModelInput, 'chargePointId' | 'receivedAt'>;
type Part = Extract<DeviceModelInput, { type: 'report_part' }>;

export const put = (state: DeviceState, report: ReportRow): DeviceState => ({
  ...state,
  reports: new Map(state.reports).set(report.id, report),
});

export function reportOf(
  { reportId, ...request }: ReportRequest,
  more: Pick<ReportRow, 'changeId' | 'firmwareVersion' | 'createdAt'>,
): ReportRow {
  return {
    ...request,
    ...more,
    id: reportId,
    status: 'requested',
    parts: noParts,
    missing: null,
    dueAt: request.expiresAt,
    completedAt: null,
    error: null,
  };
}

/** The request has its answer, or none. B07.FR.02: accepted means that the parts will come. */
export function answered(state: DeviceState, about: About, report: ReportRow, ended: CommandEnded, now: Date): Next {
  if (report.dueAt === null) return { state, effects: [], ignored: 'ended' };
  const { learned, status, why } = ended;
  if (learned?.about === 'report_promised' && learned.nothing) return end(state, about, report, 'empty', now);
  if (partsMayCome(ended)) return { state: put(state, { ...report, dueAt: partsDueAt(now) }), effects: [] };
  if (status === 'rejected') return end(state, about, report, 'refused', now, why ?? 'The station refused');
  return end(state, about, report, 'failed', now, why ?? 'The station could not be asked');
}

/** In whatever order they come, also after it was given up: what a station says late is not lost. */
export function partCame(
  state: DeviceState,
  input: Part,
  report: ReportRow,
  now: Date,
): Next & { readonly use: boolean } {
  if (report.status === 'completed') return { state, effects: [], ignored: 'ended', use: true };
  const { parts, verdict } = takePart(report.parts, input.part);
  if (verdict === 'duplicate') return { state, effects: [], ignored: 'duplicate', use: false };
  if (verdict === 'too_many') return { state, effects: [], ignored: 'too_many', use: false };
  const next: ReportRow = { ...report, parts, status: report.dueAt === null ? report.status : 'receiving' };
  if (verdict === 'complete') return { ...end(state, input, next, 'completed', now), use: true };
  const dueAt = report.dueAt === null ? null : partsDueAt(now);
  return { state: put(state, { ...next, dueAt }), effects: [], use: true };
}

export function overdue(state: DeviceState, about: About, report: ReportRow, now: Date): Next {
  if (report.dueAt === null || report.dueAt > now) return { state, effects: [], ignored: 'early' };
  if (report.status === 'requested') {
    return end(
      state,
      about,
      report,
      'timed_out',
      now,
      'The station sent nothing: it agreed and did not do it, its answer was lost, or it was never asked',
    );
  }
  const found = partsAtDeadline(report.parts);
  if (found.whole) return end(state, about, report, 'completed', now);
  const why = `Parts are missing, the first of them: ${found.missing.join(', ')}`;
  return end(state, about, { ...report, missing: found.missing }, 'timed_out', now, why);
}

function end(
  state: DeviceState,
  { chargePointId, receivedAt }: About,
  report: ReportRow,
  status: ReportStatus,
  now: Date,
  error: string | null = null,
): Next {
  const missing = status === 'completed' ? null : report.missing;
  const ended: ReportRow = { ...report, status, missing, error, dueAt: null, completedAt: now };
  const { waitingNode: nodeId, changeId } = report;
  const effects: Effect[] = [{ do: 'wake', wake: { wake: 'commands', chargePointId, nodeId } }];
  const complete = status === 'completed' || status === 'empty';
  if (changeId !== null && report.dueAt !== null) {
    const why = error ?? undefined;
    const told = { type: 'reported', changeId, complete, why } as const;
    effects.push({ do: 'feed', input: { room: 'configuration', chargePointId, receivedAt, ...told } });
  }
  // N02.FR.04: without criteria it was a report on all of them.
  if (report.kind === 'monitors' && complete && report.criteria === null) {
    const told = { type: 'all_monitors_told', since: report.createdAt } as const;
    effects.push({ do: 'feed', input: { room: 'monitoring', chargePointId, receivedAt, ...told } });
  }
  return { state: put(afterInventory(state, ended, now), ended), effects };
}

const ORDER: readonly ReportBase[] = ['full_inventory', 'configuration_inventory', 'summary_inventory'];
/** Until the next kind is tried that a station may have. */
const NEXT_TRY_MS = 60_000;

/** What a whole inventory, or the lack of one, means for the model. */
function afterInventory(state: DeviceState, report: ReportRow, now: Date): DeviceState {
  const { base, kind, status, firmwareVersion } = report;
  if (kind !== 'variables' || base === null) return state;
  const { model } = state;
  if (status === 'completed') {
    // A smaller inventory of the same firmware says nothing new of the whole.
    const isLess = model.inventoryFirmware === firmwareVersion && rank(base) > rank(model.inventoryBase);
    const known = isLess
      ? model
      : { ...model, inventoryBase: base, inventoryAt: now, inventoryFirmware: firmwareVersion };
    const isWanted = model.wantedBase !== null && rank(base) <= rank(model.wantedBase);
    return {
      ...state,
      model: isWanted ? { ...known, wantedAt: null, wantedBase: null } : known,
      goneBefore: base === 'full_inventory' ? report.createdAt : state.goneBefore,
    };
  }
  if (report.requestedBy !== 'system' || report.changeId !== null || model.wantedBase !== base) return state;
  const next = ORDER[rank(base) + 1];
  const wantedAt = next === undefined ? null : new Date(now.getTime() + NEXT_TRY_MS);
  return { ...state, model: { ...model, wantedAt, wantedBase: next ?? null } };
}

const rank = (base: ReportBase | null): number => (base === null ? ORDER.length : ORDER.indexOf(base));

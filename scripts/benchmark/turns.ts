/**
 * Session cycles of several versions in turns on one server: the machine's speed changes from minute to minute, so only windows
 * that lie side by side are compared. Every version has chargers of its own, connected all the time; each round begins with another
 * cycle, and what a cycle makes of 1.6's is the median over the rounds.
 */
import { type LoadKind, speaksOf } from './loads.ts';
import { type Plan, type Row, rounded } from './rows.ts';
import { connect, disconnect, type Generator, measure } from './scenarios.ts';
import type { Target } from './stage.ts';

export const CYCLES = ['cycle', 'cycle2', 'cycle21'] as const;
export type Cycle = (typeof CYCLES)[number];

const NAMES: Readonly<Record<Cycle, string>> = {
  cycle: 'session cycle, closed loop',
  cycle2: 'session cycle of 2.0.1, closed loop',
  cycle21: 'session cycle of 2.1, closed loop',
};

const WINDOW_S = 2;
/** Before each window, until nothing of the one before is under way. */
const LEAD_S = 0.5;

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
};

/** Of one cycle: the sums of its windows, the medians of their rates. `first`: the windows of 1.6, round by round. */
export function summary(windows: readonly Row[], first: readonly Row[] | undefined): Row {
  const [one] = windows;
  if (one === undefined) throw new Error('no window was measured');
  const sum = (of: (row: Row) => number) => windows.reduce((total, row) => total + of(row), 0);
  const middle = (of: (row: Row) => number | undefined, digits = 0) =>
    rounded(median(windows.flatMap((row) => of(row) ?? [])), digits);
  const parts = windows.flatMap((row, i) => {
    const beside = first?.[i]?.perCpuS;
    return beside === undefined || row.perCpuS === undefined ? [] : [row.perCpuS / beside];
  });
  const each = windows.flatMap(({ perCpuS }) => perCpuS ?? []);
  return {
    ...one,
    messages: sum(({ messages }) => messages),
    errors: sum(({ errors }) => errors),
    perS: middle(({ perS }) => perS),
    p50: middle(({ p50 }) => p50, 2),
    p99: middle(({ p99 }) => p99, 2),
    max: Math.max(...windows.map(({ max }) => max ?? 0)),
    serverCpuS: rounded(
      sum(({ serverCpuS }) => serverCpuS),
      2,
    ),
    databaseCpuS: rounded(
      sum(({ databaseCpuS }) => databaseCpuS),
      2,
    ),
    ...(each.length > 0 && { perCpuS: rounded(median(each)) }),
    ...(one.sqlPerMessage !== undefined && { sqlPerMessage: middle(({ sqlPerMessage }) => sqlPerMessage, 3) }),
    ...(parts.length > 0 && { ofOldPercent: rounded(100 * median(parts), 1) }),
    othersPercent: middle(({ othersPercent }) => othersPercent, 1),
    note:
      `${windows.length} windows in turns, per CPU-s ${Math.min(...each)} to ${Math.max(...each)}` +
      (parts.length > 0
        ? `, of 1.6 ${rounded(100 * Math.min(...parts))} to ${rounded(100 * Math.max(...parts))} %`
        : '') +
      `; others ${middle(({ othersPercent }) => othersPercent)} % of the machine`,
  };
}

/** The chargers that each cycle takes: as many as the plan says, each cycle other ones. */
export const chargersFor = (plan: Plan, cycles: readonly Cycle[]): number => plan.chargers * cycles.length;

export async function turnScenarios(
  generator: Generator,
  target: Target,
  plan: Plan,
  cycles: readonly Cycle[],
  told: (row: Row) => void,
): Promise<void> {
  for (const [i, cycle] of cycles.entries()) {
    const specs = target.specs.slice(i * plan.chargers, (i + 1) * plan.chargers);
    const connected = await connect(generator, target, specs, {
      ...{ atOnce: 50, withStatuses: true, speaks: speaksOf(cycle) },
    });
    if (connected.failures > 0) throw new Error(`${connected.failures} chargers could not connect`);
  }
  const isShort = plan.seconds < WINDOW_S;
  // The bare transport is only what the rest is compared with: it has little to compile.
  const warmupS = target.kind === 'bare' ? Math.min(plan.warmupS, 2) : plan.warmupS;
  const windowOf = (kind: LoadKind & Cycle, leadS: number, seconds: number) =>
    measure(generator, target, { ...plan, warmupS: leadS, seconds }, NAMES[kind], kind, plan.chargers);
  for (const cycle of cycles) await windowOf(cycle, warmupS, 0.1);
  const rounds = isShort ? 1 : Math.ceil(plan.seconds / WINDOW_S / (target.kind === 'bare' ? 3 : 1));
  const windows = new Map<Cycle, Row[]>(cycles.map((cycle) => [cycle, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another one: what PostgreSQL does every 15 s by itself must not always meet the same cycle.
    const first = round % cycles.length;
    for (const cycle of [...cycles.slice(first), ...cycles.slice(0, first)]) {
      const { row } = await windowOf(cycle, Math.min(LEAD_S, plan.warmupS), isShort ? plan.seconds : WINDOW_S);
      windows.get(cycle)?.push(row);
    }
  }
  for (const cycle of cycles)
    told(summary(windows.get(cycle) ?? [], cycle === 'cycle' ? undefined : windows.get('cycle')));
  await disconnect(generator);
}

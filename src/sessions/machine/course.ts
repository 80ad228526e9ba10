/**
 * What a session's statuses (1.6: of its connector, 2.x: of its transaction) say of its course, as pricing takes it. Pure. Told one
 * by one or all at once it comes to the same; where it would not, that is said, and the recordings have the last word.
 */
import { type Phase, rank, type Sample } from '../../pricing/index.ts';

/** Status of a connector (1.6) or state of a transaction (2.x), as it was told. */
export type Told = { readonly at: Date; readonly state: string };

export type Course = {
  readonly hasCharged: boolean;
  /** ms: when the last word came that said something. */
  readonly at: number;
  readonly phase: Phase;
};

/** Said by ConnectorUnplugged (1.6), not by a status: nothing occupies the connector any more, and nothing costs. */
export const UNPLUGGED = 'unplugged';

/** By whose doing nothing flows. What is not named here says nothing. */
const PHASES: Readonly<Record<string, Phase>> = {
  charging: 'charging',
  suspended_ev: 'idle',
  finishing: 'idle',
  suspended_evse: 'paused',
  faulted: 'paused',
  unavailable: 'paused',
  [UNPLUGGED]: 'paused',
};
/** Before it charges it is waited for, 2.x `idle` even for its cable; afterwards it only stands there. */
const WAITING: ReadonlySet<string> = new Set(['ev_connected', 'preparing', 'idle']);

export const saysSomething = (state: string): boolean => WAITING.has(state) || PHASES[state] !== undefined;

const phaseOf = (state: string, hasCharged: boolean): Phase | undefined =>
  WAITING.has(state) ? (hasCharged ? 'idle' : 'paused') : PHASES[state];

/** A session begins charging, until something else is told. */
export const beginCourse = (startedAt: Date): Course => ({
  hasCharged: false,
  at: startedAt.getTime() - 1,
  phase: 'charging',
});

/** Undefined: it comes after what it should have come before. A word that is repeated is no turn. */
export function turned(course: Course, { at: instant, state }: Told): { course: Course; phase?: Phase } | undefined {
  const at = instant.getTime();
  const hasCharged = course.hasCharged || state === 'charging';
  const phase = phaseOf(state, hasCharged);
  if (phase === undefined) return { course };
  const isSame = phase === course.phase && hasCharged === course.hasCharged;
  if (at <= course.at) return at === course.at && isSame ? { course } : undefined;
  return { course: { hasCharged, at, phase }, ...(phase !== course.phase && { phase }) };
}

/** All at once, in any order. Of one instant the phase counts that pricing lets win. */
export function wholeCourse(startedAt: Date, told: readonly Told[]): { course: Course; samples: Sample[] } {
  const instants = new Map<number, string[]>();
  for (const { at, state } of told.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const same = instants.get(at.getTime());
    if (same === undefined) instants.set(at.getTime(), [state]);
    else same.push(state);
  }
  let course = beginCourse(startedAt);
  const samples: Sample[] = [];
  for (const [at, states] of instants) {
    const hasCharged = course.hasCharged || states.includes('charging');
    const phases = states.flatMap((state) => phaseOf(state, hasCharged) ?? []);
    const [first] = phases;
    if (first === undefined) continue;
    const phase = phases.reduce((strongest, each) => (rank[each] > rank[strongest] ? each : strongest), first);
    if (phase !== course.phase) samples.push({ at: new Date(at), phase });
    course = { hasCharged, at, phase };
  }
  return { course, samples };
}

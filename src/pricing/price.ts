/** A session priced all at once. */
import { costOf } from './cost.ts';
import { type Plan, planOf } from './plan.ts';
import { addSorted, beginTally, settled } from './tally.ts';
import type { Tally } from './tally-types.ts';
import type { Cost, Sample, Terms, Timeline } from './types.ts';

/** Pure: the same timeline and terms cost the same, always and everywhere. Terms and time zone are valid (tariffs/schemas.ts). */
export function price(timeline: Timeline, terms: Terms): Cost {
  const plan = planOf(terms, timeline.timezone);
  return costOf(plan, settled(plan, tallyOf(timeline, plan), timeline.endedAt));
}

/** What the samples of a timeline come to; more can be added to it. The plan is made for the zone of the timeline. */
export const tallyOf = ({ startedAt, samples, reservation }: Timeline, plan: Plan): Tally =>
  addSorted(plan, beginTally(plan, startedAt, reservation), sorted(samples));

/** By instant; of one instant the highest reading first, so that the order in which they were given says nothing. */
function sorted(samples: readonly Sample[]): readonly Sample[] {
  const isSorted = samples.every((sample, i) => i === 0 || byInstant(samples[i - 1] ?? sample, sample) <= 0);
  return isSorted ? samples : samples.toSorted(byInstant);
}

const byInstant = (a: Sample, b: Sample): number =>
  a.at.getTime() - b.at.getTime() || (b.energyWh ?? -1) - (a.energyWh ?? -1);

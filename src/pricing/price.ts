/** A session priced all at once. */
import { costOf } from './cost.ts';
import { planOf } from './plan.ts';
import { addSorted, beginTally, settled } from './tally.ts';
import type { Cost, Sample, Terms, Timeline } from './types.ts';

/** Pure: the same timeline and terms cost the same, always and everywhere. Terms and time zone are valid (tariffs/schemas.ts). */
export function price(timeline: Timeline, terms: Terms): Cost {
  const { timezone, startedAt, endedAt, samples, reservation } = timeline;
  const plan = planOf(terms, timezone);
  const tally = addSorted(plan, beginTally(plan, startedAt, reservation), sorted(samples));
  return costOf(plan, settled(plan, tally, endedAt));
}

/** By instant; of one instant the highest reading first, so that the order in which they were given says nothing. */
function sorted(samples: readonly Sample[]): readonly Sample[] {
  const isSorted = samples.every((sample, i) => i === 0 || byInstant(samples[i - 1] ?? sample, sample) <= 0);
  return isSorted ? samples : samples.toSorted(byInstant);
}

const byInstant = (a: Sample, b: Sample): number =>
  a.at.getTime() - b.at.getTime() || (b.energyWh ?? -1) - (a.energyWh ?? -1);

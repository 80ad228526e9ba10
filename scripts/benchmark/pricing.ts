/** What a price takes: a long session all at once, and one more sample of it, total included. In this process alone. */
import {
  addSample,
  beginTally,
  costOf,
  planOf,
  price,
  type Sample,
  settled,
  type Terms,
} from '../../src/pricing/index.ts';
import { createRecorder } from './measure.ts';
import type { Plan, Row } from './rows.ts';

const SAMPLES = 100_000;
const SECONDS_APART = 10;

/** Every kind of restriction, ten components, the day in three parts: what a careful operator might write. */
const terms: Terms = {
  currency: 'EUR',
  pricesIncludeTax: false,
  taxPercent: '19',
  minTotal: '1',
  components: [
    { type: 'flat', price: '0.35' },
    { type: 'energy', price: '0.59', restrictions: { minPowerW: 50_000 } },
    { type: 'energy', price: '0.39', restrictions: { startTime: '22:00', endTime: '06:00' } },
    { type: 'energy', price: '0.45', restrictions: { weekdays: ['saturday', 'sunday'] } },
    { type: 'energy', price: '0.47', restrictions: { minEnergyWh: 100_000 } },
    { type: 'energy', price: '0.49', stepWh: 1 },
    { type: 'time', price: '1.2', restrictions: { minDurationS: 14_400, startTime: '08:00', endTime: '20:00' } },
    { type: 'time', price: '0.6', taxPercent: '7', stepS: 60 },
    { type: 'idle', price: '0', restrictions: { startTime: '22:00', endTime: '07:00' } },
    { type: 'idle', price: '0.1', graceS: 900 },
  ],
};
const timezone = 'Europe/Berlin';
const startedAt = new Date('2026-03-27T10:00:00Z'); // two days before the clock changes

/** 100,000 readings ten seconds apart, 11 kW, with pauses of the vehicle. */
const samples: readonly Sample[] = Array.from({ length: SAMPLES }, (_, i) => ({
  at: new Date(startedAt.getTime() + (i + 1) * SECONDS_APART * 1000),
  energyWh: Math.floor(i / 1000) * 15_000 + Math.min(i % 1000, 500) * 30,
  ...(i % 1000 === 500 && { phase: 'idle' as const }),
  ...(i % 1000 === 0 && { phase: 'charging' as const }),
}));

const row = (scenario: string, recorder: ReturnType<typeof createRecorder>, perRun: number, note: string): Row => {
  const { p50, p95, p99, max } = recorder.percentiles();
  return {
    scenario,
    target: 'server',
    chargers: 0,
    messages: recorder.count() * perRun,
    perS: p50 > 0 ? Math.round((perRun * 1000) / p50) : 0,
    errors: 0,
    p50,
    p95,
    p99,
    max,
    serverCpuS: 0,
    databaseCpuS: 0,
    note,
  };
};

export function pricingScenarios({ seconds }: Plan, told: (row: Row) => void): void {
  const whole = createRecorder(4);
  const until = performance.now() + seconds * 500;
  const timeline = { timezone, startedAt, samples };
  price(timeline, terms); // compiled
  while (performance.now() < until || whole.count() === 0) {
    const begun = performance.now();
    price(timeline, terms);
    whole.add(performance.now() - begun);
  }
  told(
    row(
      'pricing, all at once',
      whole,
      SAMPLES,
      `${SAMPLES} samples, ${terms.components.length} components; ms a session`,
    ),
  );

  // As a session that is kept would be priced on: the tally comes as it is kept, one sample is added, its cost is computed.
  const plan = planOf(terms, timezone);
  const one = createRecorder(4);
  const end = performance.now() + seconds * 500;
  while (performance.now() < end) {
    let tally = beginTally(plan, startedAt);
    for (const sample of samples) {
      const begun = performance.now();
      tally = addSample(plan, tally, sample) ?? tally;
      costOf(plan, settled(plan, tally));
      one.add(performance.now() - begun);
    }
  }
  told(row('pricing, one more sample', one, 1, 'its cost with all lines included; ms a sample'));
}

/**
 * Pricing once more, as simply as it can be said: minute by minute, asking the wall clock of Intl each time. Only for sessions
 * and tariffs in whole minutes, with energies that cross thresholds at whole minutes, prices of at most four digits, no tax.
 */
import type { Component, Restrictions } from '../../src/pricing/index.ts';
import { MINUTE, type Segment, type Story } from './arbitrary.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function wallClock(zone: string, at: number): { weekday: string; date: string; time: string } {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'long',
      dateStyle: undefined,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  formats.set(zone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return {
    weekday: String(parts['weekday']).toLowerCase(),
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    time: `${parts['hour']}:${parts['minute']}`,
  };
}

type Now = {
  readonly zone: string;
  readonly at: number;
  readonly elapsedS: number;
  readonly energyWh: number;
  readonly powerW: number;
};

function isHolding(of: Restrictions = {}, now: Now): boolean {
  const { weekday, date, time } = wallClock(now.zone, now.at);
  const start = of.startTime ?? '00:00';
  const end = of.endTime === undefined || of.endTime === '00:00' ? '24:00' : of.endTime;
  return (
    (of.weekdays === undefined || of.weekdays.some((day) => day === weekday)) &&
    (start < end ? time >= start && time < end : time >= start || time < end) &&
    date >= (of.startDate ?? '') &&
    date < (of.endDate ?? '9999') &&
    now.energyWh >= (of.minEnergyWh ?? 0) &&
    now.energyWh < (of.maxEnergyWh ?? Infinity) &&
    now.elapsedS >= (of.minDurationS ?? 0) &&
    now.elapsedS < (of.maxDurationS ?? Infinity) &&
    now.powerW >= (of.minPowerW ?? 0) &&
    now.powerW < (of.maxPowerW ?? Infinity)
  );
}

/** Cents, rounded half up. */
export function centsOf({ timezone, startedAt, segments }: Story, components: readonly Component[]): bigint {
  const quantities = components.map(() => 0); // Wh, minutes, pieces
  const holding = (type: Component['type'], now: Now) =>
    components.findIndex((each) => each.type === type && isHolding(each.restrictions, now));
  let minute = 0;
  let energyWh = 0;
  let idleMinutes = 0;
  let hasFlat = false;
  const step = ({ phase, rate }: Segment, isMinute: boolean): void => {
    const now: Now = {
      zone: timezone,
      at: startedAt.getTime() + minute * MINUTE,
      elapsedS: minute * 60,
      energyWh,
      powerW: rate * 60,
    };
    const add = (type: Component['type'], quantity: number) => {
      const found = holding(type, now);
      if (found >= 0) quantities[found] = (quantities[found] ?? 0) + quantity;
      return found >= 0;
    };
    if (!hasFlat) hasFlat = add('flat', 1);
    if (!isMinute) return;
    add('energy', rate);
    if (phase === 'charging') add('time', 1);
    const idle = holding('idle', now);
    const component = components[idle];
    if (phase === 'idle' && component?.type === 'idle' && idleMinutes * 60 >= (component.graceS ?? 0)) add('idle', 1);
    if (phase === 'idle') idleMinutes += 1;
    minute += 1;
    energyWh += rate;
  };
  step({ minutes: 0, phase: 'charging', rate: 0, silent: false }, false);
  for (const segment of segments) for (let i = 0; i < segment.minutes; i += 1) step(segment, true);

  // In ten-thousandths of a cent times 60,000, so that everything is whole: price × 10^4, per Wh of a kWh or minute of an hour.
  const exactOf = (component: Component, i: number): bigint => {
    const quantity = quantities[i] ?? 0;
    const amount = BigInt(Math.round(Number(component.price) * 10_000));
    const stepped = (size: number) => BigInt(Math.ceil(quantity / size) * size);
    switch (component.type) {
      case 'energy':
        return amount * stepped(component.stepWh ?? 1) * 60n;
      case 'time':
        return amount * stepped(Math.max((component.stepS ?? 60) / 60, 1)) * 1000n;
      case 'idle':
        return amount * stepped(Math.max((component.stepS ?? 60) / 60, 1)) * 60_000n;
      case 'flat':
        return amount * BigInt(quantity) * 60_000n;
      case 'reservation':
        return 0n;
    }
  };
  const exact = components.map(exactOf).reduce((sum, each) => sum + each, 0n);
  const unit = 6_000_000n; // 10^4 × 60,000 / 100 cents
  return (2n * exact + unit) / (2n * unit);
}

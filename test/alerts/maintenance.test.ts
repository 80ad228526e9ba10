/** Maintenance windows that repeat keep their time of day, in every zone and whenever they were moved. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextSpan } from '../../src/alerts/maintenance.ts';
import { offsetAt } from '../../src/pricing/index.ts';
import { maintenanceSpans } from '../../src/reports/maintenance.ts';
import { changes } from '../pricing/arbitrary.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const wallAt = (zone: string, at: number): number => at + offsetAt(zone, at);
/** The first instant of the two days around it at which clocks show it; undefined: they skip it. */
function shows(zone: string, wall: number): number | undefined {
  const offsets = new Set(Array.from({ length: 65 }, (_, i) => offsetAt(zone, wall + (i - 32) * HOUR)));
  const found = [...offsets].map((offset) => wall - offset).filter((at) => wallAt(zone, at) === wall);
  return found.length === 0 ? undefined : Math.min(...found);
}

const window = fc.record({
  change: fc.constantFrom(...changes),
  days: fc.integer({ min: 0, max: 20 }),
  minutes: fc.integer({ min: -180, max: 180 }),
  lengthMinutes: fc.integer({ min: 1, max: 1440 }),
  repeats: fc.constantFrom('daily' as const, 'weekly' as const),
  /** How late it is each time that it is moved. */
  lates: fc.array(fc.constantFrom(0, 1, 59, 300, 1440, 5000), { minLength: 1, maxLength: 24 }),
});

test('on every day on which its time of day exists it begins then; where clocks skip it, when they have, or less later than they skip', () => {
  fc.assert(
    fc.property(window, ({ change: [zone, at], days, minutes, lengthMinutes, repeats, lates }) => {
      const stepMs = repeats === 'daily' ? DAY : 7 * DAY;
      const anchorAt = new Date(Date.parse(at) - days * DAY + minutes * 60_000);
      const anchorWall = wallAt(zone, anchorAt.getTime());
      let span = { startsAt: anchorAt, endsAt: new Date(anchorAt.getTime() + lengthMinutes * 60_000) };
      for (const late of lates) {
        const now = new Date(span.endsAt.getTime() + late * 60_000);
        const next = nextSpan({ ...span, anchorAt }, repeats, zone, now);
        const start = next.startsAt.getTime();
        expect(next.endsAt.getTime() - start).toBe(lengthMinutes * 60_000);
        expect(next.endsAt.getTime()).toBeGreaterThan(now.getTime());
        expect(start).toBeGreaterThan(span.startsAt.getTime());
        const wall = anchorWall + Math.round((wallAt(zone, start) - anchorWall) / stepMs) * stepMs;
        const exact = shows(zone, wall);
        if (exact !== undefined) expect(start).toBe(exact);
        else {
          const skipped = offsetAt(zone, start) - offsetAt(zone, start - 3 * HOUR);
          expect(skipped).toBeGreaterThan(0);
          // As much after the change as the time of day lies after the beginning of what is skipped.
          expect(wallAt(zone, start) - wall).toBe(skipped);
          expect(offsetAt(zone, start - skipped)).toBe(offsetAt(zone, start) - skipped);
        }
        span = next;
      }
    }),
    { numRuns: 300 },
  );
});

test('reports exclude the days that it stood at, whichever it stands at now', () => {
  fc.assert(
    fc.property(window, ({ change: [zone, at], days, minutes, lengthMinutes, repeats, lates }) => {
      const anchorAt = new Date(Date.parse(at) - days * DAY + minutes * 60_000);
      let span = { startsAt: anchorAt, endsAt: new Date(anchorAt.getTime() + lengthMinutes * 60_000) };
      const stood = [span.startsAt.getTime()];
      for (const _ of lates) {
        span = nextSpan({ ...span, anchorAt }, repeats, zone, span.endsAt);
        stood.unshift(span.startsAt.getTime());
      }
      const told = { ...span, anchorAt, repeats, scopeId: '', timezone: zone, createdAt: anchorAt };
      const spans = maintenanceSpans(told, { from: anchorAt, to: span.endsAt });
      expect(spans.map(({ from }) => from.getTime()).filter((from) => from >= anchorAt.getTime())).toEqual(stood);
    }),
    { numRuns: 100 },
  );
});

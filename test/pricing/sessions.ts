/** Builders of sessions and tariffs for the tests of pricing. */
import type { Component, Restrictions, Sample, Terms, Timeline } from '../../src/pricing/index.ts';

const MINUTE = 60_000;

/** Minutes since the start, kWh so far, and the phase that begins then. */
export type Mark = readonly [minutes: number, kWh?: number | undefined, phase?: Sample['phase']];

export function session(start: string, marks: readonly Mark[], more: Partial<Timeline> = {}): Timeline {
  const startedAt = new Date(start);
  return {
    timezone: 'UTC',
    startedAt,
    samples: marks.map(([minutes, kWh, phase]) => ({
      at: new Date(startedAt.getTime() + minutes * MINUTE),
      ...(kWh !== undefined && { energyWh: Math.round(kWh * 1e6) / 1e3 }),
      ...(phase !== undefined && { phase }),
    })),
    ...more,
  };
}

export const terms = (components: readonly Component[], more: Partial<Terms> = {}): Terms => ({
  currency: 'EUR',
  pricesIncludeTax: true,
  taxPercent: '0',
  components,
  ...more,
});

export const energy = (price: string, restrictions?: Restrictions, more: object = {}): Component => ({
  type: 'energy',
  price,
  ...(restrictions && { restrictions }),
  ...more,
});
export const time = (price: string, restrictions?: Restrictions, more: object = {}): Component => ({
  type: 'time',
  price,
  ...(restrictions && { restrictions }),
  ...more,
});
export const idle = (price: string, graceS?: number, restrictions?: Restrictions, more: object = {}): Component => ({
  type: 'idle',
  price,
  ...(graceS !== undefined && { graceS }),
  ...(restrictions && { restrictions }),
  ...more,
});
export const flat = (price: string, restrictions?: Restrictions, more: object = {}): Component => ({
  type: 'flat',
  price,
  ...(restrictions && { restrictions }),
  ...more,
});
export const reservation = (price: string, restrictions?: Restrictions, more: object = {}): Component => ({
  type: 'reservation',
  price,
  ...(restrictions && { restrictions }),
  ...more,
});

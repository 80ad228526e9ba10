/** What the parts of a cost come to, as OCPI 2.2.1 sums them (mod_cdrs 10.3.1, total_…_cost). Minimum and maximum are in the total alone. Pure. */
import type { Cost, Line } from '../pricing/index.ts';
import type { Cdr } from './cdr-schema.ts';
import { bothOf } from './cdr-tariff.ts';

const PARTS = {
  flat: 'total_fixed_cost',
  energy: 'total_energy_cost',
  time: 'total_time_cost',
  idle: 'total_parking_cost',
  reservation: 'total_reservation_cost',
} as const satisfies Partial<Record<Line['type'], keyof Cdr>>;
type Part = (typeof PARTS)[keyof typeof PARTS];
export type Parts = Partial<Record<Part, Cdr['total_cost']>>;

/** Ten thousandths: what OCPI's numbers have. */
const SCALE = 10_000;
const sum = (a: number, b: number): number => (Math.round(a * SCALE) + Math.round(b * SCALE)) / SCALE;

export function partsOf({ lines, pricesIncludeTax }: Cost): Parts {
  const parts: Parts = {};
  for (const { type, amount, taxPercent } of lines) {
    if (type === 'minimum' || type === 'maximum') continue;
    const [excl, incl] = bothOf(amount, taxPercent, pricesIncludeTax);
    const before = parts[PARTS[type]];
    parts[PARTS[type]] = {
      excl_vat: sum(before?.excl_vat ?? 0, excl),
      incl_vat: sum(before?.incl_vat ?? 0, incl),
    };
  }
  return parts;
}

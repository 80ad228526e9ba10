/**
 * From the sampled values of one instant to one reading: units, doubts, phases. Shared by all versions.
 * It loses nothing: what has no field of its own, or is in doubt, is kept in `extra` as the charger said it.
 */
import type { MeterReading } from '../ingest/inputs.ts';
import { folded, wordReader } from './reading.ts';

/** One sampled value, freed of its version's spelling. */
export type Sample = {
  /** As OCPP spells it; undefined: the charger does not say. */
  readonly measurand: string | undefined;
  /** undefined: no readable number, or a signed one. */
  readonly value: number | undefined;
  /** As the charger wrote it, storable. */
  readonly raw: string;
  readonly unit: string | undefined;
  readonly phase: string | undefined;
  readonly location: string | undefined;
  /** There is a signed value only, and no number. */
  readonly signed: boolean;
  /** 2.x: the power of ten that is in `value` already, and not in `raw`. */
  readonly exponent?: number;
  /** 2.x: the same value signed, kept beside it. */
  readonly signature?: Readonly<Record<string, string>>;
};

export type Figures = Pick<
  MeterReading,
  'energyWh' | 'powerW' | 'currentA' | 'voltageV' | 'socPercent' | 'extra' | 'flags'
>;
type Kind = 'energy' | 'power' | 'current' | 'voltage' | 'soc';

// Maps, not objects: the keys to look up come from a charger, and an object knows "constructor".
const kindOfMeasurand = wordReader<Kind>([
  ['Energy.Active.Import.Register', 'energy'],
  ['Power.Active.Import', 'power'],
  ['Current.Import', 'current'],
  ['Voltage', 'voltage'],
  ['SoC', 'soc'],
]);

/** Folded unit → factor to our unit. The units of a neighbouring kind are a known slip (kW for kWh): taken, and flagged. */
const units = (right: Record<string, number>, slips: Record<string, number> = {}) => ({
  right: new Map(Object.entries(right)),
  slips: new Map(Object.entries(slips)),
});
const UNITS = {
  energy: units({ wh: 1, kwh: 1000 }, { w: 1, kw: 1000 }),
  power: units({ w: 1, kw: 1000 }, { wh: 1, kwh: 1000, va: 1, kva: 1000 }),
  current: units({ a: 1 }),
  voltage: units({ v: 1 }),
  soc: units({ percent: 1, '%': 1 }),
} satisfies Record<Kind, ReturnType<typeof units>>;

/** What a unit tells about a value whose measurand is missing, where the default (energy) would be absurd. */
const KIND_OF_UNIT: ReadonlyMap<string, Kind> = new Map([
  ['w', 'power'],
  ['kw', 'power'],
  ['a', 'current'],
  ['v', 'voltage'],
  ['percent', 'soc'],
  ['%', 'soc'],
]);

/** Beyond these a value is a fault of the meter; they also keep it inside of the columns (int8, float4). */
const BOUNDS: Readonly<Record<Kind, readonly [number, number]>> = {
  energy: [0, 1e12],
  power: [-1e8, 1e8],
  current: [-1e5, 1e5],
  voltage: [-1e5, 1e5],
  soc: [0, 100],
};

const FIELDS = {
  energy: 'energyWh',
  power: 'powerW',
  current: 'currentA',
  voltage: 'voltageV',
  soc: 'socPercent',
} as const satisfies Record<Kind, keyof Figures>;

type Candidate = { readonly kind: Kind; readonly amount: number; readonly sample: Sample };
type Extra = Record<string, string | number>;

export function readFigures(samples: readonly Sample[]): Figures {
  const extra: Extra[] = [];
  const flags = new Set<string>();
  const candidates: Candidate[] = [];
  for (const sample of samples) {
    const read = readSample(sample, flags);
    if (read === undefined) extra.push(asSaid(sample));
    else {
      candidates.push(read.candidate);
      if (read.keepRaw) extra.push(asSaid(sample));
    }
  }
  const figures: { -readonly [F in keyof Figures]: Figures[F] } = {};
  for (const kind of Object.keys(FIELDS) as Kind[]) {
    const { amount, unused } = pick(
      kind,
      candidates.filter((candidate) => candidate.kind === kind),
    );
    if (amount !== undefined) figures[FIELDS[kind]] = kind === 'energy' ? Math.round(amount) : round(amount);
    for (const { sample } of unused) if (sample.signature === undefined) extra.push(asSaid(sample));
  }
  if (extra.length > 0) figures.extra = extra;
  if (flags.size > 0) figures.flags = [...flags];
  return figures;
}

/** Three decimals are more than any meter has; fewer digits also keep a denormal number out of a float4 column. */
const round = (amount: number): number => Math.round(amount * 1000) / 1000 + 0;

function readSample(sample: Sample, flags: Set<string>): { candidate: Candidate; keepRaw: boolean } | undefined {
  if (sample.signed) return undefined;
  const unit = sample.unit === undefined ? undefined : sample.unit.trim() === '%' ? '%' : folded(sample.unit);
  const kind = kindOf(sample, unit, flags);
  if (kind === undefined) return undefined;
  if (sample.value === undefined) {
    flags.add('value_unreadable');
    return undefined;
  }
  const { right, slips } = UNITS[kind];
  let factor: number | undefined;
  if (unit === undefined) {
    factor = 1;
    // OCPP 1.6 §7.45: no unit means Wh for energy. For power nothing is said: W is likely, kW possible.
    if (kind === 'power') flags.add('unit_missing');
  } else {
    factor = right.get(unit) ?? slips.get(unit);
    if (!right.has(unit)) flags.add('unit_wrong');
  }
  if (factor === undefined) return undefined;
  const amount = sample.value * factor;
  const [least, most] = BOUNDS[kind];
  if (!(amount >= least && amount <= most)) {
    flags.add(`${kind}_implausible`);
    return undefined;
  }
  const doubtful = kind === 'energy' && factor === 1 && looksLikeKwh(sample);
  if (doubtful) flags.add('kwh_as_wh');
  const slipped = unit !== undefined && !right.has(unit);
  return { candidate: { kind, amount, sample }, keepRaw: doubtful || slipped || sample.signature !== undefined };
}

/** OCPP 1.6 §7.31: no measurand means the import register; but not when the unit contradicts. */
function kindOf(sample: Sample, unit: string | undefined, flags: Set<string>): Kind | undefined {
  if (sample.measurand !== undefined) return kindOfMeasurand(sample.measurand);
  const told = unit === undefined ? undefined : KIND_OF_UNIT.get(unit);
  if (told === undefined) return 'energy';
  flags.add('measurand_missing');
  return told;
}

/** M2: registers of Wh have no thousandths; a register of kWh shows its Wh as exactly three decimals. */
const looksLikeKwh = ({ raw, value, exponent }: Sample): boolean =>
  exponent === undefined &&
  value !== undefined &&
  value < 1e6 &&
  /^\+?\d+[.,]\d{3}$/.test(raw) &&
  !Number.isInteger(value);

/**
 * M6. A value without a phase is the total. Without a total: energy and power are the sum of L1..L3, voltage is the mean of
 * phase to neutral, and current is the largest phase, because limits and cables are per phase (3 × 16 A is "16 A").
 * Phase to phase and the neutral conductor stay in extra. What is measured at the outlet goes before inlet, cable or body.
 */
function pick(kind: Kind, all: readonly Candidate[]): { amount: number | undefined; unused: readonly Candidate[] } {
  const atOutlet = kind === 'soc' ? all : all.filter(({ sample }) => isOutlet(sample.location));
  const eligible = atOutlet.length > 0 ? atOutlet : all;
  const total = eligible.find(({ sample }) => sample.phase === undefined);
  if (total !== undefined) return { amount: total.amount, unused: all.filter((candidate) => candidate !== total) };
  const phases = new Map<string, number>();
  for (const { sample, amount } of eligible) {
    const phase = PHASES.get(folded(sample.phase ?? ''));
    if (phase !== undefined && !phases.has(phase)) phases.set(phase, amount);
  }
  return { amount: combine(kind, [...phases.values()]), unused: all };
}

const PHASES: ReadonlyMap<string, string> = new Map([
  ['l1', 'L1'],
  ['l2', 'L2'],
  ['l3', 'L3'],
  ['l1n', 'L1'],
  ['l2n', 'L2'],
  ['l3n', 'L3'],
]);
const isOutlet = (location: string | undefined): boolean => location === undefined || folded(location) === 'outlet';

function combine(kind: Kind, amounts: readonly number[]): number | undefined {
  if (amounts.length === 0) return undefined;
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  switch (kind) {
    case 'energy':
    case 'power':
      return sum;
    case 'current':
      return Math.max(...amounts);
    case 'voltage':
    case 'soc':
      return sum / amounts.length;
  }
}

function asSaid(sample: Sample): Extra {
  const said: Extra = { measurand: sample.measurand ?? 'Energy.Active.Import.Register' };
  if (sample.phase !== undefined) said['phase'] = sample.phase;
  if (sample.unit !== undefined) said['unit'] = sample.unit;
  if (sample.location !== undefined) said['location'] = sample.location;
  if (sample.signed) said['format'] = 'SignedData';
  // As said: a power of ten stays beside the number that it belongs to.
  if (sample.exponent !== undefined) said['multiplier'] = sample.exponent;
  if (!(sample.signed && sample.raw === ''))
    said['value'] = sample.exponent === undefined ? (sample.value ?? sample.raw) : sample.raw;
  return sample.signature === undefined ? said : { ...said, ...sample.signature };
}

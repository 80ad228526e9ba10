/**
 * meterValue[] (OCPP 1.6 §7.33, 2.x MeterValueType) → readings, shared by all versions; how one sampled value is written, each
 * version says itself. Bounded, never throws, never a number that is not finite. One element may mix contexts (Transaction.Begin beside
 * Transaction.End): each becomes a reading of its own. Several elements may share an instant (one for each measurand, or phase): they
 * are one reading.
 */
import type { ChargerInstant, MeterReading } from '../ingest/inputs.ts';
import { readFigures, type Sample } from './measurands.ts';
import { enumReader, isRecord, readList, readText } from './reading.ts';

/** Five days at one reading a minute, or 2 MiB of readings of four values. Of a longer list the newest, which end a session, are kept; the frame log has the rest. */
const MOST_READINGS = 8000;
const MOST_VALUES = 100;

/** Of all versions, as OCPP spells them. */
const readMeasurand = enumReader([
  'Energy.Active.Export.Register',
  'Energy.Active.Import.Register',
  'Energy.Reactive.Export.Register',
  'Energy.Reactive.Import.Register',
  'Energy.Active.Export.Interval',
  'Energy.Active.Import.Interval',
  'Energy.Reactive.Export.Interval',
  'Energy.Reactive.Import.Interval',
  'Power.Active.Export',
  'Power.Active.Import',
  'Power.Offered',
  'Power.Reactive.Export',
  'Power.Reactive.Import',
  'Power.Factor',
  'Current.Import',
  'Current.Export',
  'Current.Offered',
  'Voltage',
  'Frequency',
  'Temperature',
  'SoC',
  'RPM',
  // 2.x
  'Current.Import.Offered',
  'Energy.Active.Net',
  'Energy.Apparent.Import',
  'Energy.Apparent.Export',
  'Energy.Apparent.Net',
  'Energy.Reactive.Net',
]);

/** As OCPP spells it where it is one of OCPP's, else as it was said; undefined: nothing. */
export const measurandOf = (said: unknown): string | undefined => readMeasurand(said) ?? readText(said, 50);

/** OCPP 1.6 §7.35, 2.x ReadingContextEnumType → the product's words (meter/contexts.ts). */
const CONTEXTS = {
  'Interruption.Begin': 'interruption_begin',
  'Interruption.End': 'interruption_end',
  'Sample.Clock': 'sample_clock',
  'Sample.Periodic': 'sample_periodic',
  'Transaction.Begin': 'transaction_begin',
  'Transaction.End': 'transaction_end',
  Trigger: 'trigger',
  Other: 'other',
} as const;
const readContext = enumReader(Object.keys(CONTEXTS) as (keyof typeof CONTEXTS)[]);

/** What the message says of one instant and context. */
type Moment = {
  readonly at: ChargerInstant;
  readonly context: string;
  readonly samples: Sample[];
  readonly said: Set<string>;
  cut: boolean;
};

/** In the order of the message. An element without any value (M4) is no reading. */
export function readMeterValues(
  meterValue: unknown,
  instant: (raw: unknown) => ChargerInstant,
  readSample: (sampledValue: Readonly<Record<string, unknown>>) => Sample | undefined,
): MeterReading[] {
  const elements = readList(meterValue);
  const moments: Moment[] = [];
  const newest = new Map<string, Moment>();
  for (const element of elements.slice(-MOST_READINGS)) {
    if (!isRecord(element)) continue;
    const values = readList(element['sampledValue']);
    const byContext = new Map<string, Sample[]>();
    for (const value of values.slice(0, MOST_VALUES)) {
      // Some chargers write the bare value instead of an object around it.
      const sample = readSample(isRecord(value) ? value : { value });
      if (sample === undefined) continue;
      const context = contextOf(value);
      const samples = byContext.get(context);
      if (samples === undefined) byContext.set(context, [sample]);
      else samples.push(sample);
    }
    if (byContext.size === 0) continue;
    const at = instant(element['timestamp']);
    for (const [context, samples] of byContext) {
      const key = `${at.at.getTime()} ${context}`;
      const names = samples.map(nameOf);
      let moment = newest.get(key);
      // What says again what is said there already (the same once more, or a clock without seconds) is another reading.
      if (moment === undefined || names.some((name) => moment?.said.has(name))) {
        moment = { at, context, samples: [], said: new Set(), cut: elements.length > MOST_READINGS };
        newest.set(key, moment);
        moments.push(moment);
      }
      moment.samples.push(...samples);
      for (const name of names) moment.said.add(name);
      if (values.length > MOST_VALUES) moment.cut = true;
    }
  }
  return moments.map(({ at, context, samples, cut }) => {
    const figures = readFigures(samples);
    return { at, context, ...figures, ...(cut ? { flags: [...(figures.flags ?? []), 'meter_values_cut'] } : {}) };
  });
}

const nameOf = ({ measurand, phase, location, signed }: Sample): string =>
  JSON.stringify([measurand, phase, location, signed]);

/** Absent: Sample.Periodic (OCPP 1.6 §7.43, 2.x SampledValueType). */
function contextOf(value: unknown): string {
  const said = isRecord(value) ? value['context'] : undefined;
  if (said === undefined || said === null || said === '') return CONTEXTS['Sample.Periodic'];
  const context = readContext(said);
  return context === undefined ? CONTEXTS.Other : CONTEXTS[context];
}

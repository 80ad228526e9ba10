/** CostDetailsType (2.1 I12): read tolerantly and bounded; money as decimal texts. */
import type { StationCost } from '../../ingest/inputs.ts';
import { enumReader, isRecord, readList, readNumber, readRecord, readText } from '../reading.ts';

const KINDS = { NormalCost: 'normal', MinCost: 'min', MaxCost: 'max' } as const;
const readKind = enumReader(Object.keys(KINDS) as (keyof typeof KINDS)[]);
const MOST = 1e11;
/** Nobody looks at more; a station may begin one with every change of price. */
const MOST_PERIODS = 200;
const MOST_DIMENSIONS = 20;

/** undefined: none came. */
export function readCostDetails(value: unknown): StationCost | undefined {
  if (!isRecord(value)) return undefined;
  const total = readRecord(value['totalCost']);
  const usage = readRecord(value['totalUsage']);
  const kind = readKind(total['typeOfCost']);
  const parts = Object.entries(PARTS).flatMap(([theirs, ours]) =>
    isRecord(total[theirs]) ? [[ours, amountOf(total[theirs])] as const] : [],
  );
  const number = (name: string): number | null => readNumber(usage[name]) ?? null;
  return {
    currency: readText(total['currency'], 3),
    kind: kind === undefined ? undefined : KINDS[kind],
    total: amountOf(total['total']),
    parts: Object.fromEntries(parts),
    usage: {
      energy: number('energy'),
      chargingS: number('chargingTime'),
      idleS: number('idleTime'),
      reservationS: number('reservationTime'),
    },
    periods: readList(value['chargingPeriods']).slice(0, MOST_PERIODS).flatMap(periodOf),
    failed: value['failureToCalculate'] === true,
    failureReason: readText(value['failureReason'], 500) ?? null,
  };
}

const PARTS = {
  fixed: 'fixed',
  energy: 'energy',
  chargingTime: 'charging_time',
  idleTime: 'idle_time',
  reservationTime: 'reservation_time',
  reservationFixed: 'reservation_fixed',
} as const;

function amountOf(value: unknown): StationCost['total'] {
  const said = readRecord(value);
  const text = (name: string): string | null => {
    const number = readNumber(said[name]);
    if (number === undefined || Math.abs(number) > MOST) return null;
    return number.toFixed(6).replace(/\.?0+$/, '');
  };
  return { exclTax: text('exclTax'), inclTax: text('inclTax') };
}

function periodOf(value: unknown): StationCost['periods'] {
  const said = readRecord(value);
  const startedAt = readText(said['startPeriod'], 40);
  if (startedAt === undefined) return [];
  const dimensions = readList(said['dimensions'])
    .slice(0, MOST_DIMENSIONS)
    .flatMap((each) => {
      const { type, volume } = readRecord(each);
      const [name, number] = [readText(type, 50), readNumber(volume)];
      return name === undefined || number === undefined ? [] : [{ type: name, volume: number }];
    });
  return [{ startedAt, tariffId: readText(said['tariffId'], 60) ?? null, dimensions }];
}

/** TransactionLimitType (2.1 E16), and the words by which a station says that a transaction has reached its limit. */
import type { LimitKind, TransactionLimit } from '../../ingest/inputs.ts';
import { isRecord, readNumber, wordReader } from '../reading.ts';

/** No session takes, lasts or costs more. */
const MOST = { maxEnergyWh: 1_000_000_000, maxTimeS: 31_622_400, maxCost: 999_999_999, maxSocPercent: 100 } as const;
const WIRE = { maxEnergyWh: 'maxEnergy', maxTimeS: 'maxTime', maxCost: 'maxCost', maxSocPercent: 'maxSoC' } as const;

/** undefined: none, or nothing in it that can be one. */
export function readLimit(value: unknown): TransactionLimit | undefined {
  if (!isRecord(value)) return undefined;
  const said = (name: keyof typeof WIRE): number | undefined => {
    const number = readNumber(value[WIRE[name]]);
    return number === undefined || number < 0 ? undefined : Math.min(number, MOST[name]);
  };
  const [energy, time, cost, soc] = [said('maxEnergyWh'), said('maxTimeS'), said('maxCost'), said('maxSocPercent')];
  const limit: TransactionLimit = {
    ...(energy !== undefined && { maxEnergyWh: Math.round(energy) }),
    ...(time !== undefined && { maxTimeS: Math.round(time) }),
    ...(cost !== undefined && { maxCost: moneyOf(cost) }),
    ...(soc !== undefined && { maxSocPercent: Math.round(soc) }),
  };
  return Object.keys(limit).length === 0 ? undefined : limit;
}

const moneyOf = (amount: number): string => {
  const text = amount.toFixed(6);
  return text.replace(/\.?0+$/, '');
};

export const limitToWire = (limit: TransactionLimit): Record<string, number> => ({
  ...(limit.maxEnergyWh !== undefined && { maxEnergy: limit.maxEnergyWh }),
  ...(limit.maxTimeS !== undefined && { maxTime: limit.maxTimeS }),
  ...(limit.maxCost !== undefined && { maxCost: Number(limit.maxCost) }),
  ...(limit.maxSocPercent !== undefined && { maxSoC: limit.maxSocPercent }),
});

/** TriggerReasonEnumType and ReasonEnumType. */
const reached = wordReader<LimitKind>([
  ['EnergyLimitReached', 'energy'],
  ['TimeLimitReached', 'time'],
  ['CostLimitReached', 'cost'],
  ['LocalOutOfCredit', 'cost'],
  ['SOCLimitReached', 'soc'],
]);
/** What nearly all events say is worth no closer look. */
const MAY_BE = /l.?i.?m.?i.?t|c.?r.?e.?d.?i.?t/i;
const reachedBy = (word: string): LimitKind | undefined => (MAY_BE.test(word) ? reached(word) : undefined);

export const limitReachedBy = (trigger: string, reason: string | undefined): LimitKind | undefined =>
  reachedBy(trigger) ?? (reason === undefined ? undefined : reachedBy(reason));

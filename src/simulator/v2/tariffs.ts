/**
 * Tariffs that the CSMS gave a 2.1 station (I07–I12), and what a transaction costs by them, counted up step by step. Prices hold by
 * the first element whose conditions are met at the moment of use. Conditions it cannot look at are refused, as the answer allows.
 */
import { isPayload, listOf, numberOf, payloadOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { Transaction } from './transaction-log.ts';

export type SetStatus = 'Accepted' | 'ConditionNotSupported' | 'DuplicateTariffId' | 'Rejected';
type Bill = {
  tariff: Payload;
  readonly startedAt: number;
  at: number;
  energyWh: number;
  chargingS: number;
  idleS: number;
  readonly cost: { energy: number; chargingTime: number; idleTime: number; fixed: number };
};

export type Tariffs = {
  setDefault(evseId: number, tariff: Payload): SetStatus;
  /** A driver's own, told with the authorization. */
  setForToken(token: string, tariff: unknown): void;
  list(evseId: number): readonly Payload[];
  clear(ids: readonly string[] | undefined, evseId: number | undefined): readonly Payload[];
  change(transaction: Transaction, tariff: Payload): 'Accepted' | 'NoCurrencyChange' | 'ConditionNotSupported';
  /** Counts up to this instant. */
  count(transaction: Transaction, at: Date, token: string | undefined): void;
  tariffOf(transaction: Transaction): string | undefined;
  costDetails(transaction: Transaction): Payload | undefined;
};

const CONDITIONS: ReadonlySet<string> = new Set([
  'startTimeOfDay',
  'endTimeOfDay',
  'dayOfWeek',
  'validFromDate',
  'validToDate',
  'minEnergy',
  'maxEnergy',
  'minTime',
  'maxTime',
]);
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DIMENSIONS = ['energy', 'chargingTime', 'idleTime', 'fixedFee'] as const;
const round = (value: number): number => Math.round(value * 10_000) / 10_000;

const pricesOf = (tariff: Payload, dimension: string): readonly Payload[] =>
  listOf(payloadOf(tariff[dimension])['prices']);
const isSupported = (tariff: Payload): boolean =>
  DIMENSIONS.every((dimension) =>
    pricesOf(tariff, dimension).every((price) =>
      Object.keys(payloadOf(price['conditions'])).every((name) => CONDITIONS.has(name)),
    ),
  );

function isMet(said: Payload, bill: Bill): boolean {
  const at = new Date(bill.at);
  const clock = at.toISOString().slice(11, 16);
  const day = at.toISOString().slice(0, 10);
  const [from, to] = [textOf(said['startTimeOfDay']), textOf(said['endTimeOfDay'])];
  const isIn = from === undefined || to === undefined || from <= to;
  const hours = isIn
    ? (from === undefined || clock >= from) && (to === undefined || clock < to)
    : clock >= from || clock < to;
  const seconds = (bill.at - bill.startedAt) / 1000;
  const between = (value: number, least: unknown, most: unknown): boolean =>
    value >= (numberOf(least) ?? Number.NEGATIVE_INFINITY) && value < (numberOf(most) ?? Number.POSITIVE_INFINITY);
  return (
    hours &&
    (!Array.isArray(said['dayOfWeek']) || said['dayOfWeek'].includes(DAYS[at.getUTCDay()])) &&
    (textOf(said['validFromDate']) ?? day) <= day &&
    (textOf(said['validToDate']) ?? '9') > day &&
    between(bill.energyWh, said['minEnergy'], said['maxEnergy']) &&
    between(seconds, said['minTime'], said['maxTime'])
  );
}

const priceOf = (bill: Bill, dimension: string, field: string): number => {
  const found = pricesOf(bill.tariff, dimension).find((price) => isMet(payloadOf(price['conditions']), bill));
  return numberOf(found?.[field]) ?? 0;
};

const taxRatesOf = (tariff: Payload, dimension: string): readonly Payload[] =>
  listOf(payloadOf(tariff[dimension])['taxRates']);

function priced(tariff: Payload, dimension: string, exclTax: number): Payload {
  const taxRates = taxRatesOf(tariff, dimension);
  const percent = taxRates.reduce((sum, each) => sum + (numberOf(each['tax']) ?? 0), 0);
  return {
    exclTax: round(exclTax),
    inclTax: round(exclTax * (1 + percent / 100)),
    ...(taxRates.length === 0 ? {} : { taxRates }),
  };
}

export function createTariffs(): Tariffs {
  const defaults = new Map<number, Payload>();
  const ofTokens = new Map<string, Payload>();
  const bills = new Map<string, Bill>();

  const idOf = (tariff: Payload): string => textOf(tariff['tariffId']) ?? '';

  return {
    setDefault(evseId, tariff) {
      if (idOf(tariff) === '' || textOf(tariff['currency']) === undefined) return 'Rejected';
      if (!isSupported(tariff)) return 'ConditionNotSupported';
      const isElsewhere = [...defaults].some(([at, known]) => at !== evseId && idOf(known) === idOf(tariff));
      if (isElsewhere) return 'DuplicateTariffId';
      if (evseId === 0) defaults.clear();
      defaults.set(evseId, tariff);
      return 'Accepted';
    },
    setForToken(token, tariff) {
      if (isPayload(tariff) && isSupported(tariff)) ofTokens.set(token.toLowerCase(), tariff);
    },
    list(evseId) {
      const found: Payload[] = [];
      for (const [at, tariff] of defaults) {
        if (evseId !== 0 && at !== 0 && at !== evseId) continue;
        const where = at === 0 ? {} : { evseIds: [at] };
        const from = textOf(tariff['validFrom']);
        found.push({
          tariffId: idOf(tariff),
          tariffKind: 'DefaultTariff',
          ...where,
          ...(from === undefined ? {} : { validFrom: from }),
        });
      }
      for (const [token, tariff] of ofTokens)
        found.push({ tariffId: idOf(tariff), tariffKind: 'DriverTariff', idTokens: [token] });
      return found;
    },
    clear(ids, evseId) {
      const isMeant = (at: number, tariff: Payload): boolean =>
        (evseId === undefined || at === evseId) && (ids === undefined || ids.includes(idOf(tariff)));
      const gone = new Set<string>();
      for (const [at, tariff] of [...defaults]) {
        if (!isMeant(at, tariff)) continue;
        defaults.delete(at);
        gone.add(idOf(tariff));
      }
      for (const [token, tariff] of [...ofTokens]) {
        if (evseId !== undefined || ids?.includes(idOf(tariff)) !== true) continue;
        ofTokens.delete(token);
        gone.add(idOf(tariff));
      }
      const asked = ids ?? [...gone];
      if (asked.length === 0) return [{ status: 'NoTariff' }];
      return asked.map((tariffId) => ({ tariffId, status: gone.has(tariffId) ? 'Accepted' : 'NoTariff' }));
    },
    change(transaction, tariff) {
      const bill = bills.get(transaction.id);
      if (!isSupported(tariff)) return 'ConditionNotSupported';
      if (bill !== undefined && bill.tariff['currency'] !== tariff['currency']) return 'NoCurrencyChange';
      if (bill !== undefined) bill.tariff = tariff;
      return 'Accepted';
    },
    count(transaction, when, token) {
      const at = when.getTime();
      let bill = bills.get(transaction.id);
      if (bill === undefined) {
        const tariff =
          (token === undefined ? undefined : ofTokens.get(token.toLowerCase())) ??
          defaults.get(transaction.evseId) ??
          defaults.get(0);
        if (tariff === undefined) return;
        const cost = { energy: 0, chargingTime: 0, idleTime: 0, fixed: 0 };
        bill = { tariff, startedAt: at, at, energyWh: 0, chargingS: 0, idleS: 0, cost };
        bill.cost.fixed = priceOf(bill, 'fixedFee', 'priceFixed');
        bills.set(transaction.id, bill);
        if (bills.size > 50) bills.delete([...bills.keys()][0] ?? '');
        return;
      }
      const seconds = Math.max(0, (at - bill.at) / 1000);
      const energyWh = transaction.session?.energyWh ?? 0;
      const minutes = seconds / 60;
      bill.cost.energy += ((energyWh - bill.energyWh) / 1000) * priceOf(bill, 'energy', 'priceKwh');
      if (transaction.state === 'Charging') {
        bill.chargingS += seconds;
        bill.cost.chargingTime += minutes * priceOf(bill, 'chargingTime', 'priceMinute');
      } else {
        bill.idleS += seconds;
        bill.cost.idleTime += minutes * priceOf(bill, 'idleTime', 'priceMinute');
      }
      bill.energyWh = energyWh;
      bill.at = at;
    },
    tariffOf: ({ id }) => {
      const bill = bills.get(id);
      return bill === undefined ? undefined : idOf(bill.tariff);
    },
    costDetails({ id }) {
      const bill = bills.get(id);
      if (bill === undefined) return undefined;
      const { tariff, cost } = bill;
      const parts = {
        fixed: priced(tariff, 'fixedFee', cost.fixed),
        energy: priced(tariff, 'energy', cost.energy),
        chargingTime: priced(tariff, 'chargingTime', cost.chargingTime),
        idleTime: priced(tariff, 'idleTime', cost.idleTime),
      };
      const sum = (field: string): number =>
        round(Object.values(parts).reduce((total, part) => total + (numberOf(part[field]) ?? 0), 0));
      const total = { exclTax: sum('exclTax'), inclTax: sum('inclTax') };
      const bound = (name: string): Payload | undefined => {
        const said = payloadOf(tariff[name]);
        const exclTax = numberOf(said['exclTax']);
        return exclTax === undefined ? undefined : { exclTax, inclTax: numberOf(said['inclTax']) ?? exclTax };
      };
      const [least, most] = [bound('minCost'), bound('maxCost')];
      const isBelow = least !== undefined && total.exclTax < Number(least['exclTax']);
      const isAbove = most !== undefined && total.exclTax > Number(most['exclTax']);
      return {
        totalCost: {
          currency: tariff['currency'],
          typeOfCost: isBelow ? 'MinCost' : isAbove ? 'MaxCost' : 'NormalCost',
          ...parts,
          total: isBelow ? least : isAbove ? most : total,
        },
        totalUsage: {
          energy: round(bill.energyWh / 1000),
          chargingTime: Math.round(bill.chargingS),
          idleTime: Math.round(bill.idleS),
        },
      };
    },
  };
}

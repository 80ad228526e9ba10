/** Which of two limits goes further, and what of a limit a session has reached. Pure. Money is compared by its digits, never as floats. */
import type { LimitedSession } from '../../ingest/inputs.ts';
import type { LimitKind, TransactionLimit } from '../types.ts';

const KINDS: readonly LimitKind[] = ['cost', 'energy', 'time', 'soc'];
const FIELD = { cost: 'maxCost', energy: 'maxEnergyWh', time: 'maxTimeS', soc: 'maxSocPercent' } as const;

/** So much is no limit: OCPP 2.1 can raise one, and has no word for taking it back. */
export const UNLIMITED = {
  maxEnergyWh: 1_000_000_000,
  maxTimeS: 31_622_400,
  maxCost: '999999999',
  maxSocPercent: 100,
} as const satisfies Required<TransactionLimit>;

/** Without what is no limit. */
export const shownLimit = (limit: TransactionLimit): TransactionLimit =>
  Object.fromEntries(
    Object.entries(limit).filter(([name, value]) => value !== UNLIMITED[name as keyof TransactionLimit]),
  );

/** A decimal text in millionths. */
function micros(amount: string): bigint {
  const [whole = '0', part = ''] = amount.split('.');
  return BigInt(whole) * 1_000_000n + BigInt(part.padEnd(6, '0').slice(0, 6)) * (whole.startsWith('-') ? -1n : 1n);
}

const amountOf = (limit: TransactionLimit, kind: LimitKind): bigint | undefined => {
  const value = limit[FIELD[kind]];
  if (value === undefined) return undefined;
  return typeof value === 'string' ? micros(value) : BigInt(Math.round(value));
};

export const kindsOf = (limit: TransactionLimit): LimitKind[] =>
  KINDS.filter((kind) => limit[FIELD[kind]] !== undefined);

/** The station keeps to it, or to less: a driver may want less than he may have. */
export function keepsTo(told: TransactionLimit | null, limit: TransactionLimit, kind: LimitKind): boolean {
  const [said, wanted] = [told === null ? undefined : amountOf(told, kind), amountOf(limit, kind)];
  return said !== undefined && wanted !== undefined && said <= wanted;
}

/** The first that it has reached. */
export function reachedKind(
  limit: TransactionLimit,
  session: LimitedSession,
  elapsedMs: number,
): LimitKind | undefined {
  const used: Readonly<Record<LimitKind, bigint | undefined>> = {
    cost: session.cost === null ? undefined : micros(session.cost),
    energy: BigInt(Math.round(session.energyWh)),
    time: BigInt(Math.max(0, Math.floor(elapsedMs / 1000))),
    soc: session.socPercent === null ? undefined : BigInt(Math.floor(session.socPercent)),
  };
  return kindsOf(limit).find((kind) => {
    const [most, has] = [amountOf(limit, kind), used[kind]];
    return most !== undefined && has !== undefined && has >= most;
  });
}

/** Only what of the limit is of these kinds. */
export const pick = (limit: TransactionLimit, kinds: readonly LimitKind[]): TransactionLimit =>
  Object.fromEntries(kinds.map((kind) => [FIELD[kind], limit[FIELD[kind]]]));

/** `wanted`, and no limit any more where there was one that the station may know. */
export const withoutOld = (old: TransactionLimit, wanted: TransactionLimit): TransactionLimit => ({
  ...pick(UNLIMITED, kindsOf(old)),
  ...wanted,
});

/** With no more money than that; null: it is left as it is. */
export function below(ceiling: string | null, limit: TransactionLimit): TransactionLimit {
  if (ceiling === null || keepsTo(limit, { maxCost: ceiling }, 'cost')) return limit;
  return { ...limit, maxCost: ceiling };
}

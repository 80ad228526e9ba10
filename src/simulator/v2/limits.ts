/**
 * Limits of transactions in a 2.1 station (E16): what an answer brings is confirmed by LimitSet; when it is reached the energy is held
 * back, and flows again once the limit is raised. It is looked at with every answer, so with every reading.
 */
import type { Controls } from '../dialect.ts';
import { isPayload, numberOf, payloadOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { Tariffs } from './tariffs.ts';
import type { Transaction } from './transaction-log.ts';
import type { V2Transactions } from './transactions.ts';

export type Limits = { answered(transaction: Transaction, said: Payload): void };

export function createLimits(
  tariffs: Tariffs,
  transactions: () => Pick<V2Transactions, 'update'>,
  controls: () => Controls,
): Limits {
  function usedOf(transaction: Transaction): Readonly<Record<string, number | undefined>> {
    const { session, shownCost } = transaction;
    const total = payloadOf(payloadOf(tariffs.costDetails(transaction)?.['totalCost'])['total']);
    return {
      maxEnergy: session?.energyWh,
      maxTime: session === undefined ? undefined : (controls().now().getTime() - session.startedAt.getTime()) / 1000,
      maxCost: numberOf(total['inclTax']) ?? shownCost,
    };
  }

  function reachedBy(transaction: Transaction): string | undefined {
    const used = usedOf(transaction);
    const name = Object.keys(TRIGGERS).find((each) => {
      const [most, has] = [numberOf(transaction.limit?.[each]), used[each]];
      return most !== undefined && has !== undefined && has >= most;
    });
    return name === undefined ? undefined : TRIGGERS[name];
  }

  return {
    answered(transaction, said) {
      const given = said['transactionLimit'];
      if (transaction.hasEnded) return;
      if (isPayload(given) && JSON.stringify(given) !== JSON.stringify(transaction.limit)) {
        transaction.limit = { ...transaction.limit, ...given };
        transactions().update(transaction, 'LimitSet');
      }
      if (transaction.limit === undefined) return;
      const reached = reachedBy(transaction);
      if (reached === transaction.reached) return;
      transaction.reached = reached;
      if (reached === undefined) return controls().resume(transaction.evseId);
      controls().suspend(transaction.evseId, 'EVSE');
      transactions().update(transaction, reached);
    },
  };
}

/** TriggerReasonEnumType */
const TRIGGERS: Readonly<Record<string, string>> = {
  maxEnergy: 'EnergyLimitReached',
  maxTime: 'TimeLimitReached',
  maxCost: 'CostLimitReached',
};

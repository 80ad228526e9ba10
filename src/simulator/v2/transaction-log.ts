/** The transactions of a 2.x station as it remembers them: their ids, numbers and states (2.0.1 E). No messages here. */
import { randomUUID } from 'node:crypto';
import type { LocalSession, Payload, Reading, StopReason } from '../types.ts';
import type { ChargingState } from './words.ts';

export type Transaction = {
  readonly id: string;
  readonly evseId: number;
  /** Events told so far; the next one's number. */
  seqNo: number;
  state: ChargingState;
  /** The energy session in it; a transaction may begin before and end after it (TxStartPoint, TxStopPoint). */
  session: LocalSession | undefined;
  token: string | undefined;
  /** The CSMS's word on the token. */
  authorization: string | undefined;
  remoteStartId: number | undefined;
  /** Why charging ended, while the transaction itself goes on. */
  stopped: StopReason | undefined;
  hasEnded: boolean;
  /** Events not acknowledged yet. */
  waiting: number;
  chargedMs: number;
  chargingSince: number | undefined;
  /** What the CSMS told it would cost so far (I02). */
  shownCost: number | undefined;
  /** 2.1 E16: what it may take, last or cost at most, and what of that it has reached. */
  limit: Payload | undefined;
  reached: string | undefined;
  /** Readings that its end will tell (TxEndedInterval). */
  readonly kept: Reading[];
};

export type TransactionLog = {
  open(evseId: number): Transaction | undefined;
  begin(evseId: number): Transaction;
  end(transaction: Transaction): void;
  find(id: unknown): Transaction | undefined;
  ongoing(): readonly Transaction[];
  remembered(): readonly Transaction[];
  /** Ended ones of that token are no longer known. */
  forget(token: string): void;
  waiting(): number;
};

/** How many ended ones are remembered, for GetTransactionStatus. */
const REMEMBERED = 50;

export function createTransactionLog(): TransactionLog {
  const open = new Map<number, Transaction>();
  const known = new Map<string, Transaction>();
  return {
    open: (evseId) => open.get(evseId),
    begin(evseId) {
      const transaction: Transaction = {
        id: randomUUID(),
        evseId,
        seqNo: 0,
        state: 'Idle',
        session: undefined,
        token: undefined,
        authorization: undefined,
        remoteStartId: undefined,
        stopped: undefined,
        hasEnded: false,
        waiting: 0,
        chargedMs: 0,
        chargingSince: undefined,
        shownCost: undefined,
        limit: undefined,
        reached: undefined,
        kept: [],
      };
      open.set(evseId, transaction);
      known.set(transaction.id, transaction);
      const oldest = [...known.values()].find(({ hasEnded, waiting }) => hasEnded && waiting === 0);
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest.id);
      return transaction;
    },
    end(transaction) {
      transaction.hasEnded = true;
      if (open.get(transaction.evseId) === transaction) open.delete(transaction.evseId);
    },
    find: (id) => (typeof id === 'string' ? known.get(id) : undefined),
    ongoing: () => [...open.values()],
    remembered: () => [...known.values()],
    forget(token) {
      for (const each of known.values())
        if (each.hasEnded && each.waiting === 0 && each.token?.toLowerCase() === token.toLowerCase())
          known.delete(each.id);
    },
    waiting: () => [...known.values()].reduce((sum, { waiting }) => sum + waiting, 0),
  };
}

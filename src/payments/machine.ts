/**
 * What a payment terminal tells of the settlement of a payment (2.1 C20–C23 NotifySettlement): one row per reference of the
 * payment provider, whatever is repeated; and the secrets of QR codes that stations are given. Pure. Nothing is refused, and no money
 * is reckoned here.
 */
import type { Step } from '../ingest/contract.ts';
import type { PaymentInput, SettlementReply } from '../ingest/inputs.ts';
import type { PaymentState, SettlementRow } from './types.ts';

/** Tries of one reference that are remembered. */
const MOST_EARLIER = 20;

type Settled = Extract<PaymentInput, { type: 'settled' }>;

export function decide(state: PaymentState, input: PaymentInput, now: Date): Step<PaymentState> {
  if (input.type === 'settled') return settled(state, input, now);
  const given = { ...input.settings, updatedAt: now };
  return { state: { ...state, given: new Map(state.given).set(given.evseId, given) }, effects: [] };
}

function settled(state: PaymentState, input: Settled, now: Date): Step<PaymentState> {
  const known = state.settlements.get(input.pspRef);
  const said = {
    status: input.status,
    info: input.info ?? null,
    amount: input.amount,
    settledAt: input.at.at,
    ocppTransactionId: input.ocppTransactionId ?? known?.ocppTransactionId ?? null,
    receiptUrl: input.receiptUrl ?? known?.receiptUrl ?? null,
    vatNumber: input.vatNumber ?? known?.vatNumber ?? null,
    company: input.company ?? known?.company ?? null,
  };
  const id = known?.id ?? input.settlementId;
  const receipt = receiptOf(input, known, id);
  const reply: SettlementReply = { receiptId: receipt.receiptByCsms ? (receipt.receiptId ?? undefined) : undefined };
  const effects = [{ do: 'reply', value: reply } as const];
  const isSame =
    known?.status === said.status &&
    known.amount === said.amount &&
    known.settledAt.getTime() === said.settledAt.getTime();
  if (known !== undefined && isSame) return { state, effects, ignored: 'duplicate' };
  // What an offline station tells afterwards of an earlier try does not undo the later one.
  if (known !== undefined && known.settledAt > said.settledAt) return { state, effects, ignored: 'late' };
  const row: SettlementRow = {
    id,
    pspRef: input.pspRef,
    ...said,
    ...receipt,
    earlier: known === undefined ? [] : [...known.earlier, triedBefore(known)].slice(-MOST_EARLIER),
    receivedAt: known?.receivedAt ?? input.receivedAt,
    updatedAt: now,
  };
  return { state: { ...state, settlements: new Map(state.settlements).set(row.pspRef, row) }, effects };
}

const triedBefore = ({ status, amount, settledAt }: SettlementRow) => ({ status, amount, at: settledAt.toISOString() });

/** A station that prints a receipt of its own has numbered it; for the others the number is ours. Nothing was paid: no receipt. */
function receiptOf(
  input: Settled,
  known: SettlementRow | undefined,
  id: string,
): Pick<SettlementRow, 'receiptId' | 'receiptByCsms'> {
  if (input.receiptId !== undefined) return { receiptId: input.receiptId, receiptByCsms: false };
  if (known !== undefined && known.receiptId !== null) return known;
  return input.status === 'settled'
    ? { receiptId: id, receiptByCsms: true }
    : { receiptId: null, receiptByCsms: false };
}

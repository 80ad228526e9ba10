/**
 * What a payment terminal tells of the settlement of a payment (2.1 C20–C23 NotifySettlement): one row per reference of the
 * payment provider, whatever is repeated; and which QR codes stations have taken. Pure. Nothing is refused, and no money
 * is reckoned here.
 */
import type { Step } from '../ingest/contract.ts';
import type { PaymentInput, SettlementReply } from '../ingest/inputs.ts';
import type { OfferState, PaymentState, SettlementRow } from './types.ts';

/** Tries of one reference that are remembered. */
const MOST_EARLIER = 20;

type Input<T extends PaymentInput['type']> = Extract<PaymentInput, { type: T }>;
type Settled = Input<'settled'>;
type Next = Step<PaymentState>;

export function decide(state: PaymentState, input: PaymentInput, now: Date): Next {
  switch (input.type) {
    case 'settled':
      return settled(state, input, now);
    case 'web_payment_offered':
      return offered(state, input, now);
    case 'command_ended':
      return offerAnswered(state, input);
  }
}

function offered(state: PaymentState, { commandId, settings }: Input<'web_payment_offered'>, now: Date): Next {
  if (state.offers.has(commandId)) return { state, effects: [], ignored: 'duplicate' };
  const offer = { ...settings, createdAt: now, state: 'offered' } as const;
  return { state: { ...state, offers: new Map(state.offers).set(commandId, offer) }, effects: [] };
}

/** What a station did not answer, it may show: its codes are taken beside those of before. Told once more when the answer comes late. */
function offerAnswered(state: PaymentState, input: Input<'command_ended'>): Next {
  const offer = state.offers.get(input.commandId);
  if (offer === undefined) return { state, effects: [], ignored: 'not_of_qr_codes' };
  const verdict = verdictOf(input);
  if (verdict === offer.state) return { state, effects: [], ignored: 'undecided' };
  const offers = new Map(state.offers).set(input.commandId, { ...offer, state: verdict });
  return { state: { ...state, offers }, effects: [] };
}

function verdictOf({ status, neverSent, chargerError, learned }: Input<'command_ended'>): OfferState {
  if (neverSent === true || chargerError === true) return 'refused';
  if (status !== 'accepted' && status !== 'rejected') return 'offered';
  // Each setting has its own verdict: with one of the new ones its codes are other ones already; after a reboot, until which nobody knows.
  const outcomes = learned?.about === 'settings_changed' ? learned.changes.map(({ outcome }) => outcome) : [];
  if (status === 'accepted') return outcomes.includes('reboot_required') ? 'offered' : 'taken';
  return outcomes.includes('accepted') || outcomes.includes('reboot_required') ? 'offered' : 'refused';
}

function settled(state: PaymentState, input: Settled, now: Date): Next {
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

/** The words of the payments room. */
import type { PaymentInput, VatCompany, WebPaymentSettings } from '../ingest/inputs.ts';

export const settlementStatuses = ['settled', 'canceled', 'rejected', 'failed'] as const satisfies readonly Extract<
  PaymentInput,
  { type: 'settled' }
>['status'][];
export type SettlementStatus = (typeof settlementStatuses)[number];

/** A row of the table settlements. */
export type SettlementRow = {
  readonly id: string;
  readonly pspRef: string;
  readonly status: SettlementStatus;
  readonly info: string | null;
  readonly amount: string;
  readonly settledAt: Date;
  readonly ocppTransactionId: string | null;
  readonly receiptId: string | null;
  /** true: the receipt's number is ours. */
  readonly receiptByCsms: boolean;
  readonly receiptUrl: string | null;
  readonly vatNumber: string | null;
  readonly company: VatCompany | null;
  /** Of the same reference before: a failed one that was tried again. */
  readonly earlier: readonly { readonly status: SettlementStatus; readonly amount: string; readonly at: string }[];
  readonly receivedAt: Date;
  readonly updatedAt: Date;
};

/** offered: the station may show them, and may not · taken: it does · refused: it does not */
export type OfferState = 'offered' | 'taken' | 'refused';
/** QR codes on their way to a station. */
export type WebPaymentOffer = WebPaymentSettings & { readonly createdAt: Date; readonly state: OfferState };

export type PaymentState = {
  /** Of one charge point: those that the inputs name, by pspRef. */
  readonly settlements: ReadonlyMap<string, SettlementRow>;
  /** Those that the inputs name, by the command that takes them there. */
  readonly offers: ReadonlyMap<string, WebPaymentOffer>;
};

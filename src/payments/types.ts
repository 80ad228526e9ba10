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

export type GivenWebPayment = WebPaymentSettings & { readonly updatedAt: Date };

export type PaymentState = {
  /** Of one charge point: those that the inputs name, by pspRef. */
  readonly settlements: ReadonlyMap<string, SettlementRow>;
  /** Not what is there, but what is to be written, by EVSE. */
  readonly given: ReadonlyMap<number, GivenWebPayment>;
};

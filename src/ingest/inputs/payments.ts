/** Payments at charging stations, as far as their terminals tell of them. Types only. */
import type { CommandEnded } from './command-ended.ts';
import type { ChargerInstant, Common } from './common.ts';

/** A company that wants its name on the receipt. */
export type VatCompany = {
  readonly name: string;
  readonly address1: string;
  readonly address2?: string | undefined;
  readonly city: string;
  readonly postalCode?: string | undefined;
  readonly country: string;
};

/** A secret that a station gets now, to show QR codes by. */
export type WebPaymentSettings = {
  /** 0: of the whole station */
  readonly evseId: number;
  readonly urlTemplate: string;
  readonly validityS: number;
  readonly length: number;
  /** Sealed. */
  readonly secret: Uint8Array;
  readonly setBy: string;
};

export type PaymentInput = Common & { readonly room: 'payments' } & (Settled | WebPaymentOffered | CommandEnded);

/** Alongside the command that takes it there. */
type WebPaymentOffered = {
  readonly type: 'web_payment_offered';
  readonly commandId: string;
  readonly settings: WebPaymentSettings;
};

type Settled = {
  /** NotifySettlement. Reply: {@link SettlementReply}. */
  readonly type: 'settled';
  /** Drawn before; unused when the settlement is known. */
  readonly settlementId: string;
  /** The payment provider's own reference: one settlement each. */
  readonly pspRef: string;
  readonly status: 'settled' | 'canceled' | 'rejected' | 'failed';
  readonly info?: string | undefined;
  /** A decimal; the message names no currency. */
  readonly amount: string;
  readonly at: ChargerInstant;
  readonly ocppTransactionId?: string | undefined;
  readonly receiptId?: string | undefined;
  readonly receiptUrl?: string | undefined;
  readonly vatNumber?: string | undefined;
  readonly company?: VatCompany | undefined;
};

/** What the station is to print on the receipt, where it has none of its own. */
export type SettlementReply = { readonly receiptId: string | undefined };

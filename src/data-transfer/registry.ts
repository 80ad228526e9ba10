/** Finds who understands a vendor's message. Knows no version of OCPP: the adapters ask it. */

/** One vendor message that this installation understands. */
export type DataTransferHandler = {
  /** Compared without case, as a CiString. */
  readonly vendorId: string;
  /** Absent: all messages of the vendor that have no handler of their own. */
  readonly messageId?: string;
  /** `data` of the answer: any JSON; OCPP 1.6 carries text, and what is none goes as its JSON. Resolves after the commit of what it changed. What it throws puts the message into quarantine, answered Rejected. */
  handle(message: DataTransferMessage): Promise<{ readonly status: 'Accepted' | 'Rejected'; readonly data?: unknown }>;
};

export type DataTransferMessage = {
  /** As it came: text by the specification of 1.6, sometimes an object; a stranger's content either way. */
  readonly data: unknown;
  readonly messageId: string | undefined;
  readonly link: { readonly chargePointId: string; readonly identity: string; readonly organizationId: string };
  readonly receivedAt: Date;
};

export type DataTransfers = {
  /** Why nobody understands it, in OCPP's words, or who does. */
  find(
    vendorId: string | undefined,
    messageId: string | undefined,
  ): DataTransferHandler | 'UnknownVendorId' | 'UnknownMessageId';
};

const key = (id: string): string => id.trim().toLowerCase();

export function createDataTransfers(handlers: readonly DataTransferHandler[]): DataTransfers {
  type Vendor = { readonly byMessage: Map<string, DataTransferHandler>; others?: DataTransferHandler };
  const vendors = new Map<string, Vendor>();
  for (const handler of handlers) {
    const vendor: Vendor = vendors.get(key(handler.vendorId)) ?? { byMessage: new Map() };
    if (handler.messageId === undefined) vendor.others = handler;
    else vendor.byMessage.set(key(handler.messageId), handler);
    vendors.set(key(handler.vendorId), vendor);
  }
  return {
    find(vendorId, messageId) {
      const vendor = vendorId === undefined ? undefined : vendors.get(key(vendorId));
      if (vendor === undefined) return 'UnknownVendorId';
      const exact = messageId === undefined ? undefined : vendor.byMessage.get(key(messageId));
      return exact ?? vendor.others ?? 'UnknownMessageId';
    },
  };
}

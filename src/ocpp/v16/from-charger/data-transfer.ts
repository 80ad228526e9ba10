/** OCPP 1.6 §4.3 DataTransfer: vendors' own messages, by a registry of those that somebody here understands. */
import type { ChargerLink, FromCharger } from '../../contract.ts';
import { readText } from '../../reading.ts';

/** One vendor message that this installation understands. */
export type DataTransferHandler = {
  /** Compared without case, as a CiString. */
  readonly vendorId: string;
  /** Absent: all messages of the vendor that have no handler of their own. */
  readonly messageId?: string;
  /** `data` as it came: text by the specification, sometimes an object. Resolves after the commit of what it changed. */
  handle(message: {
    readonly data: unknown;
    readonly messageId: string | undefined;
    readonly link: ChargerLink;
    readonly receivedAt: Date;
  }): Promise<{ readonly status: 'Accepted' | 'Rejected'; readonly data?: string }>;
};

const key = (id: string): string => id.trim().toLowerCase();

export function dataTransfer(handlers: readonly DataTransferHandler[]): FromCharger {
  type Vendor = { readonly byMessage: Map<string, DataTransferHandler>; others?: DataTransferHandler };
  const vendors = new Map<string, Vendor>();
  for (const handler of handlers) {
    const vendor: Vendor = vendors.get(key(handler.vendorId)) ?? { byMessage: new Map() };
    if (handler.messageId === undefined) vendor.others = handler;
    else vendor.byMessage.set(key(handler.messageId), handler);
    vendors.set(key(handler.vendorId), vendor);
  }
  return {
    action: 'DataTransfer',

    async handle({ payload, link, receivedAt }) {
      const vendorId = readText(payload['vendorId'], 255);
      const vendor = vendorId === undefined ? undefined : vendors.get(key(vendorId));
      if (vendor === undefined) return { status: 'UnknownVendorId' };
      const messageId = readText(payload['messageId'], 255);
      const handler = (messageId === undefined ? undefined : vendor.byMessage.get(key(messageId))) ?? vendor.others;
      if (handler === undefined) return { status: 'UnknownMessageId' };
      const { status, data } = await handler.handle({ data: payload['data'], messageId, link, receivedAt });
      return { status, ...(data === undefined ? {} : { data }) };
    },

    minimal: () => ({ status: 'Rejected' }),
  };
}

/** DataTransfer (1.6 §4.3, 2.0.1 P02): vendors' own messages, by the registry of those that somebody here understands. */
import type { DataTransfers } from '../../data-transfer/index.ts';
import type { FromCharger, InboundCall } from '../contract.ts';
import { readText } from '../reading.ts';

type Answer = { readonly status: 'Accepted' | 'Rejected'; readonly data?: unknown };
/** A message that is part of the product. A plug-in for the same one goes before it. */
export type OwnTransfer = {
  readonly vendorId: string;
  readonly messageId: string;
  /** Throws UnusableMessage for hopeless content. */
  handle(data: unknown, call: InboundCall): Promise<Answer>;
};

const same = (a: string, b: string | undefined): boolean => a.toLowerCase() === b?.trim().toLowerCase();

export const dataTransfer = (transfers: DataTransfers, own: readonly OwnTransfer[] = []): FromCharger => {
  const answer = async (call: InboundCall): Promise<Answer | 'UnknownVendorId' | 'UnknownMessageId'> => {
    const { payload, link, receivedAt } = call;
    const vendorId = readText(payload['vendorId'], 255);
    const messageId = readText(payload['messageId'], 255);
    const handler = transfers.find(vendorId, messageId);
    if (typeof handler !== 'string') return handler.handle({ data: payload['data'], messageId, link, receivedAt });
    const ours = own.filter((each) => same(each.vendorId, vendorId));
    const exact = ours.find((each) => same(each.messageId, messageId));
    if (exact !== undefined) return exact.handle(payload['data'], call);
    return ours.length > 0 ? 'UnknownMessageId' : handler;
  };
  return {
    action: 'DataTransfer',

    async handle(call) {
      const said = await answer(call);
      if (typeof said === 'string') return { status: said };
      const { status, data } = said;
      if (data === undefined) return { status };
      // 1.6 carries text; 2.x any JSON.
      const isText = typeof data === 'string' || call.link.protocol !== 'ocpp1.6';
      return { status, data: isText ? data : JSON.stringify(data) };
    },

    minimal: () => ({ status: 'Rejected' }),
  };
};

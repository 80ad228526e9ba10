/** How a 2.x station answers about its cache (C11), its local list (D01, D02), and vendors' messages (P01). */
import { type Answering, result } from './answering.ts';

/** The vendor whose messages this station understands; it sends `data` back. */
const VENDOR = 'org.dynamo.simulator';

export const authorization: Readonly<Record<string, Answering>> = {
  // C11.FR.04: without a cache there is nothing to clear.
  ClearCache: (_payload, _controls, { tokens }) => result({ status: tokens.clearCache() ? 'Accepted' : 'Rejected' }),
  GetLocalListVersion: (_payload, _controls, { tokens }) => result({ versionNumber: tokens.listVersion() }),
  SendLocalList: (payload, _controls, { tokens }) => result({ status: tokens.sendList(payload) }),
  DataTransfer({ vendorId, messageId, data }) {
    if (String(vendorId).toLowerCase() !== VENDOR) return result({ status: 'UnknownVendorId' });
    if (messageId !== 'Echo') return result({ status: 'UnknownMessageId' });
    return result({ status: 'Accepted', ...(data === undefined ? {} : { data }) });
  },
};

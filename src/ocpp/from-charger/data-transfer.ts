/** DataTransfer (1.6 §4.3, 2.0.1 P02): vendors' own messages, by the registry of those that somebody here understands. */
import type { DataTransfers } from '../../data-transfer/index.ts';
import type { FromCharger } from '../contract.ts';
import { readText } from '../reading.ts';

export const dataTransfer = (transfers: DataTransfers): FromCharger => ({
  action: 'DataTransfer',

  async handle({ payload, link, receivedAt }) {
    const messageId = readText(payload['messageId'], 255);
    const handler = transfers.find(readText(payload['vendorId'], 255), messageId);
    if (typeof handler === 'string') return { status: handler };
    const { status, data } = await handler.handle({ data: payload['data'], messageId, link, receivedAt });
    if (data === undefined) return { status };
    // 1.6 carries text; 2.x any JSON.
    const isText = typeof data === 'string' || link.protocol !== 'ocpp1.6';
    return { status, data: isText ? data : JSON.stringify(data) };
  },

  minimal: () => ({ status: 'Rejected' }),
});

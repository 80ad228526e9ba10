/** OCPP 1.6 and OCA's "OCPP & California Pricing Requirements" §3: SetUserPrice, RunningCost, FinalCost. Their data is a JSON text. */
import type { ShowCost, ShownText, ShowPrice } from '../../pricing/index.ts';
import { COSTMSG, costDetails } from '../cost-details.ts';

type Call = { readonly action: string; readonly payload: Record<string, unknown> };

export function showCost(command: ShowCost): Call {
  const { transactionId, total: cost } = command;
  if (command.kind !== 'final') return message('RunningCost', { transactionId, cost, ...costDetails(command, true) });
  const { text: priceText, texts, link } = command;
  return message('FinalCost', {
    ...{ transactionId, cost, priceText },
    ...extra(texts),
    ...(link !== undefined && { qrCodeText: link }),
  });
}

export const showPrice = ({ tokenUid, text, texts }: ShowPrice): Call =>
  message('SetUserPrice', { idToken: tokenUid, priceText: text, ...extra(texts) });

const extra = (texts: readonly ShownText[]) =>
  texts.length === 0
    ? {}
    : { priceTextExtra: texts.map(({ language, text: content }) => ({ format: 'UTF8', language, content })) };

const message = (messageId: string, data: object): Call => ({
  action: 'DataTransfer',
  payload: { vendorId: COSTMSG, messageId, data: JSON.stringify(data) },
});

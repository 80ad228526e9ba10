/** OCPP 2.1 C20–C23 NotifySettlement: how a payment at the station's terminal was settled. Never refused for its content. */
import type { VatCompany } from '../../../ingest/inputs.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { enumReader, isRecord, readNumber, readText } from '../../reading.ts';

const STATUSES = { Settled: 'settled', Canceled: 'canceled', Rejected: 'rejected', Failed: 'failed' } as const;
const readStatus = enumReader(Object.keys(STATUSES) as (keyof typeof STATUSES)[]);
/** Digits of the smallest part of a currency that is in use, and as much money as fits. */
const DIGITS = 6;
const MOST = 1e11;

/** A decimal without an exponent; undefined: none that can be money. */
function readAmount(value: unknown): string | undefined {
  const number = readNumber(value);
  if (number === undefined || Math.abs(number) > MOST) return undefined;
  const [whole = '', part = ''] = number.toFixed(DIGITS).split('.');
  const digits = part.replace(/0+$/, '');
  return digits === '' ? whole.replace(/^-0$/, '0') : `${whole}.${digits}`;
}

export function readCompany(value: unknown): VatCompany | undefined {
  if (!isRecord(value)) return undefined;
  const name = readText(value['name'], 50);
  const address1 = readText(value['address1'], 100);
  const city = readText(value['city'], 100);
  const country = readText(value['country'], 50);
  if (name === undefined || address1 === undefined || city === undefined || country === undefined) return undefined;
  const address2 = readText(value['address2'], 100);
  const postalCode = readText(value['postalCode'], 20);
  return {
    ...{ name, address1, city, country },
    ...(address2 !== undefined && { address2 }),
    ...(postalCode !== undefined && { postalCode }),
  };
}

export const notifySettlement = ({ door, clocks, newId }: Pick<Needs, 'door' | 'clocks' | 'newId'>): FromCharger => ({
  action: 'NotifySettlement',

  async handle(call) {
    const { payload, link, receivedAt, traceId } = call;
    const pspRef = readText(payload['pspRef'], 255);
    const status = readStatus(payload['status']);
    const amount = readAmount(payload['settlementAmount']);
    if (pspRef === undefined) throw new UnusableMessage('there is no pspRef');
    if (status === undefined) throw new UnusableMessage('there is no status that is known');
    if (amount === undefined) throw new UnusableMessage('there is no settlementAmount that can be money');
    const { receiptId } = await door(
      {
        room: 'payments',
        type: 'settled',
        chargePointId: link.chargePointId,
        receivedAt,
        settlementId: newId('stl'),
        pspRef,
        status: STATUSES[status],
        amount,
        info: readText(payload['statusInfo'], 500),
        at: clocks.read(payload['settlementTime'], call),
        ocppTransactionId: readText(payload['transactionId'], 64),
        receiptId: readText(payload['receiptId'], 50),
        receiptUrl: readText(payload['receiptUrl'], 2000),
        vatNumber: readText(payload['vatNumber'], 20),
        company: readCompany(payload['vatCompany']),
      },
      traceId,
    );
    return receiptId === undefined ? {} : { receiptId };
  },

  minimal: () => ({}),
});

/**
 * OCA's "OCPP & California Pricing Requirements" §3.4: a charger tells reliably, by a queued DataTransfer, that the vehicle of a
 * transaction is gone, so that standing there ends to cost. The status Available says the same, but is lost while it is offline.
 */
import { UnusableMessage } from '../../contract.ts';
import { COSTMSG } from '../../cost-details.ts';
import type { OwnTransfer } from '../../from-charger/data-transfer.ts';
import type { Needs } from '../../handler-needs.ts';
import { isRecord } from '../../reading.ts';
import { readTransactionId } from '../fields.ts';

/** {"transactionId":2147483647,"timestamp":"2026-11-26T12:00:00.000+00:00"} and whatever a vendor adds. */
const LONGEST = 4_000;

export const connectorUnplugged = ({ door, clocks }: Pick<Needs, 'door' | 'clocks'>): OwnTransfer => ({
  vendorId: COSTMSG,
  messageId: 'ConnectorUnplugged',

  async handle(data, call) {
    const said = readJson(data);
    const transactionId = readTransactionId(said?.['transactionId']);
    if (said === undefined || transactionId === undefined)
      throw new UnusableMessage('its data names no transaction: {"transactionId": …, "timestamp": …} is expected');
    const { known } = await door(
      {
        room: 'sessions',
        type: 'unplugged',
        chargePointId: call.link.chargePointId,
        receivedAt: call.receivedAt,
        transactionId,
        at: clocks.read(said['timestamp'], call),
      },
      call.traceId,
    );
    return known
      ? { status: 'Accepted' }
      : { status: 'Rejected', data: `There is no transaction ${transactionId} here` };
  },
});

/** JSON text, as the note has it; an object has become its text (mend-values.ts). */
function readJson(data: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof data !== 'string' || data.length > LONGEST) return undefined;
  try {
    const parsed: unknown = JSON.parse(data);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined; // whoever asked says that it is unusable
  }
}

/** OCPP 2.0.1 B01–B03 BootNotification. Never refused for its content: a station that cannot boot repeats for ever (R9). */
import { bootAgain, bootAnswer } from '../../common-words.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { folded, readRecord, readText } from '../../reading.ts';

export const bootNotification = ({ door, clocks, clock }: Pick<Needs, 'door' | 'clocks' | 'clock'>): FromCharger => ({
  action: 'BootNotification',
  beforeBoot: true,

  async handle({ payload, link, receivedAt, traceId }) {
    // T8: accepted, it would go on in words that nobody here understands, and no session would ever begin.
    if (payload['chargingStation'] === undefined && payload['chargePointVendor'] !== undefined) {
      throw new UnusableMessage(
        `it speaks OCPP 1.6 where ${link.protocol} was agreed: check the configuration of the charger`,
      );
    }
    clocks.restart(link);
    const station = readRecord(payload['chargingStation']);
    const modem = readRecord(station['modem']);
    const reply = await door(
      {
        room: 'stations',
        type: 'booted',
        chargePointId: link.chargePointId,
        receivedAt,
        vendor: readText(station['vendorName'], 100),
        model: readText(station['model'], 100),
        serial: readText(station['serialNumber'], 100),
        firmwareVersion: readText(station['firmwareVersion'], 100),
        iccid: readText(modem['iccid'], 100),
        imsi: readText(modem['imsi'], 100),
        ...(folded(readText(payload['reason'], 50) ?? '') === 'triggered' && { isTriggered: true }),
      },
      traceId,
    );
    return bootAnswer(reply, clock.now());
  },

  minimal: () => bootAgain(clock.now()),
});

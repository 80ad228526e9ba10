/** OCPP 1.6 §4.2 BootNotification. Never refused for its content: a charger that cannot boot repeats for ever (R9). */
import { bootAgain, bootAnswer } from '../../common-words.ts';
import { type FromCharger, UnusableMessage } from '../../contract.ts';
import type { Needs } from '../../handler-needs.ts';
import { readText } from '../../reading.ts';

export const bootNotification = ({ door, clocks, clock }: Pick<Needs, 'door' | 'clocks' | 'clock'>): FromCharger => ({
  action: 'BootNotification',
  beforeBoot: true,

  async handle({ payload, link, receivedAt, traceId, isTriggered }) {
    // T8: accepted, it would go on in words that nobody here understands, and no session would ever begin.
    if (payload['chargePointVendor'] === undefined && payload['chargingStation'] !== undefined) {
      throw new UnusableMessage('it speaks OCPP 2.x where 1.6 was agreed: check the configuration of the charger');
    }
    if (isTriggered !== true) clocks.restart(link);
    const reply = await door(
      {
        room: 'stations',
        type: 'booted',
        chargePointId: link.chargePointId,
        receivedAt,
        vendor: readText(payload['chargePointVendor'], 100),
        model: readText(payload['chargePointModel'], 100),
        serial: readText(payload['chargePointSerialNumber'], 100) ?? readText(payload['chargeBoxSerialNumber'], 100),
        firmwareVersion: readText(payload['firmwareVersion'], 100),
        iccid: readText(payload['iccid'], 100),
        imsi: readText(payload['imsi'], 100),
        meterType: readText(payload['meterType'], 100),
        meterSerial: readText(payload['meterSerialNumber'], 100),
        ...(isTriggered === true && { isTriggered }),
      },
      traceId,
    );
    return bootAnswer(reply, clock.now());
  },

  minimal: () => bootAgain(clock.now()),
});

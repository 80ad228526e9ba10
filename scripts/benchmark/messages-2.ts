/** OCPP 2.0.1 frames as text, for the same session as in messages.ts, message for message. */
import { type Mouth, messageId, stamp } from './messages.ts';

export const boot2 = (mouth: Mouth): string =>
  `[2,"${messageId(mouth)}","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"Bench","model":"B1","serialNumber":"1","firmwareVersion":"1.0"}}]`;

export const status2 = (mouth: Mouth, state: string): string =>
  `[2,"${messageId(mouth)}","StatusNotification",{"timestamp":"${stamp(mouth)}","connectorStatus":"${state}","evseId":1,"connectorId":1}]`;

const idToken = (mouth: Mouth): string => `"idToken":{"idToken":"${mouth.token}","type":"ISO14443"}`;
const authorize2 = (mouth: Mouth): string => `[2,"${messageId(mouth)}","Authorize",{${idToken(mouth)}}]`;

/** `more`: what follows the state of the transaction. */
function event(mouth: Mouth, type: string, trigger: string, info: string, more: string): string {
  const at = stamp(mouth);
  const seqNo = mouth.seqNo++;
  return (
    `[2,"${messageId(mouth)}","TransactionEvent",{"eventType":"${type}","timestamp":"${at}","triggerReason":"${trigger}","seqNo":${seqNo},` +
    `"transactionInfo":{"transactionId":"${mouth.transactionId}"${info}}${more.replace('AT', at)}}]`
  );
}

const register = (mouth: Mouth, context: string): string =>
  `,"meterValue":[{"timestamp":"AT","sampledValue":[{"value":${mouth.registerWh},"context":"${context}"}]}]`;

const start2 = (mouth: Mouth): string => {
  mouth.transactionId = `${mouth.token}-${mouth.serial}`;
  mouth.seqNo = 0;
  return event(
    mouth,
    'Started',
    'Authorized',
    ',"chargingState":"EVConnected"',
    `,"evse":{"id":1,"connectorId":1},${idToken(mouth)}${register(mouth, 'Transaction.Begin')}`,
  );
};
const charging2 = (mouth: Mouth): string =>
  event(mouth, 'Updated', 'ChargingStateChanged', ',"chargingState":"Charging"', '');
const meter2 = (mouth: Mouth): string => {
  mouth.registerWh += 25;
  return event(
    mouth,
    'Updated',
    'MeterValuePeriodic',
    ',"chargingState":"Charging"',
    `,"meterValue":[{"timestamp":"AT","sampledValue":[` +
      `{"value":${mouth.registerWh},"context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unitOfMeasure":{"unit":"Wh"}},` +
      '{"value":10980,"context":"Sample.Periodic","measurand":"Power.Active.Import","unitOfMeasure":{"unit":"W"}},' +
      '{"value":54,"context":"Sample.Periodic","measurand":"SoC","unitOfMeasure":{"unit":"Percent"}}]}]',
  );
};
const stop2 = (mouth: Mouth): string =>
  event(
    mouth,
    'Ended',
    'StopAuthorized',
    ',"stoppedReason":"Local"',
    `,${idToken(mouth)}${register(mouth, 'Transaction.End')}`,
  );

/** The session cycle of messages.ts as a 2.0.1 station tells it. */
export const sessionCycle2: readonly ((mouth: Mouth) => string)[] = [
  (mouth) => status2(mouth, 'Occupied'),
  authorize2,
  start2,
  charging2,
  meter2,
  meter2,
  meter2,
  meter2,
  stop2,
  (mouth) => status2(mouth, 'Available'),
];

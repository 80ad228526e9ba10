/** OCPP 1.6 frames as text, made with as little work as possible: the generator must never be the bottleneck. */

/** What the load needs to know of one simulated charger. Instants strictly grow, so that no reading is a repetition. */
export type Mouth = {
  serial: number;
  lastMs: number;
  readonly token: string;
  registerWh: number;
  transactionId: string;
  /** Of the next event of its transaction (OCPP 2.x). */
  seqNo: number;
};

export const newMouth = (token: string): Mouth => ({
  serial: 0,
  lastMs: 0,
  token,
  registerWh: 1000,
  transactionId: '0',
  seqNo: 0,
});

export function stamp(mouth: Mouth): string {
  mouth.lastMs = Math.max(mouth.lastMs + 1, Date.now());
  return new Date(mouth.lastMs).toISOString();
}
export const messageId = (mouth: Mouth): string => `b${++mouth.serial}`;

export const boot = (mouth: Mouth): string =>
  `[2,"${messageId(mouth)}","BootNotification",{"chargePointVendor":"Bench","chargePointModel":"B1","chargePointSerialNumber":"1","firmwareVersion":"1.0"}]`;
export const heartbeat = (mouth: Mouth): string => `[2,"${messageId(mouth)}","Heartbeat",{}]`;
export const status = (mouth: Mouth, connectorId: number, state: string): string =>
  `[2,"${messageId(mouth)}","StatusNotification",{"connectorId":${connectorId},"errorCode":"NoError","status":"${state}","timestamp":"${stamp(mouth)}"}]`;
const authorize = (mouth: Mouth): string => `[2,"${messageId(mouth)}","Authorize",{"idTag":"${mouth.token}"}]`;
const start = (mouth: Mouth): string =>
  `[2,"${messageId(mouth)}","StartTransaction",{"connectorId":1,"idTag":"${mouth.token}","meterStart":${mouth.registerWh},"timestamp":"${stamp(mouth)}"}]`;
const meter = (mouth: Mouth): string => {
  mouth.registerWh += 25;
  return (
    `[2,"${messageId(mouth)}","MeterValues",{"connectorId":1,"transactionId":${mouth.transactionId},"meterValue":[{"timestamp":"${stamp(mouth)}","sampledValue":[` +
    `{"value":"${mouth.registerWh}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"},` +
    '{"value":"10980","context":"Sample.Periodic","measurand":"Power.Active.Import","unit":"W"},' +
    '{"value":"54","context":"Sample.Periodic","measurand":"SoC","unit":"Percent"}]}]}]'
  );
};
const stop = (mouth: Mouth): string =>
  `[2,"${messageId(mouth)}","StopTransaction",{"transactionId":${mouth.transactionId},"idTag":"${mouth.token}","meterStop":${mouth.registerWh},"timestamp":"${stamp(mouth)}","reason":"Local"}]`;

/** One session from card to unplug: what 7-performance.md calls the session cycle. */
export const sessionCycle: readonly ((mouth: Mouth) => string)[] = [
  (mouth) => status(mouth, 1, 'Preparing'),
  authorize,
  start,
  (mouth) => status(mouth, 1, 'Charging'),
  meter,
  meter,
  meter,
  meter,
  stop,
  (mouth) => status(mouth, 1, 'Available'),
];
/** Its step whose answer brings the transaction id. */
export const STEP_START = 2;

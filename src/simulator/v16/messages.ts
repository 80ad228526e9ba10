/** What an OCPP 1.6 charger says: the payloads of its calls (§4) and the reading of their answers. */
import type { Station } from '../settings.ts';
import type { Call, LocalSession, Payload, Reading, StopReason } from '../types.ts';
import { COSTMSG } from './cost-display.ts';

type SampledValue = Readonly<Record<string, string>>;

export const instant = (at: Date): string => at.toISOString();

/** §4.2 */
export const boot = (station: Station): Call => ({
  action: 'BootNotification',
  payload: {
    chargePointVendor: station.vendor.slice(0, 20),
    chargePointModel: station.model.slice(0, 20),
    chargePointSerialNumber: station.serialNumber.slice(0, 25),
    chargeBoxSerialNumber: station.serialNumber.slice(0, 25),
    firmwareVersion: station.firmwareVersion.slice(0, 50),
    meterType: 'Simulated 3P',
  },
});

/** §4.8 */
export const start = (session: Readonly<LocalSession>): Call => ({
  action: 'StartTransaction',
  payload: {
    connectorId: session.connectorId,
    idTag: session.token,
    meterStart: session.meterStartWh,
    timestamp: instant(session.startedAt),
    ...(session.reservationId === undefined ? {} : { reservationId: session.reservationId }),
  },
});

/** §4.7 */
export const meter = (
  connectorId: number,
  session: Readonly<LocalSession> | undefined,
  reading: Reading,
  measurands: readonly string[],
): Call => ({
  action: 'MeterValues',
  payload: {
    connectorId,
    ...(session?.transactionId === undefined ? {} : { transactionId: session.transactionId }),
    meterValue: [{ timestamp: instant(reading.at), sampledValue: sampledValues(reading, measurands) }],
  },
});

/** OCA's note §3.4 */
export const unplugged = (session: Readonly<LocalSession>, timestamp: string): Call => ({
  action: 'DataTransfer',
  payload: {
    vendorId: COSTMSG,
    messageId: 'ConnectorUnplugged',
    data: JSON.stringify({ transactionId: session.transactionId ?? -1, timestamp }),
  },
});

const REASONS: ReadonlySet<StopReason> = new Set([
  'DeAuthorized',
  'EmergencyStop',
  'EVDisconnected',
  'HardReset',
  'Local',
  'Other',
  'PowerLoss',
  'Reboot',
  'Remote',
  'SoftReset',
  'UnlockCommand',
]);

/** §4.10: a transaction whose start was never answered is stopped as −1. */
export const stop = (session: Readonly<LocalSession>, measurands: readonly string[]): Call => {
  const { end } = session;
  if (end === undefined) throw new Error(`session ${session.localId} is still running`);
  const kept = measurands.filter((measurand) => measurand === 'Energy.Active.Import.Register');
  return {
    action: 'StopTransaction',
    payload: {
      transactionId: session.transactionId ?? -1,
      idTag: end.stopToken ?? session.token,
      meterStop: end.reading.registerWh,
      timestamp: instant(end.reading.at),
      reason: REASONS.has(end.reason) ? end.reason : 'Other',
      ...(kept.length === 0
        ? {}
        : {
            transactionData: [session.begin, end.reading].map((reading) => ({
              timestamp: instant(reading.at),
              sampledValue: sampledValues(reading, kept),
            })),
          }),
    },
  };
};

function sampledValues(reading: Reading, measurands: readonly string[]): readonly SampledValue[] {
  const phases = reading.voltageV.length > 1;
  const perLine = (values: readonly number[], measurand: string, unit: string): SampledValue[] =>
    values.map((value, line) => ({
      value: String(value),
      context: reading.context,
      measurand,
      ...(phases ? { phase: measurand === 'Voltage' ? `L${line + 1}-N` : `L${line + 1}` } : {}),
      location: 'Outlet',
      unit,
    }));
  const one = (measurand: string, value: number, unit: string, location = 'Outlet'): SampledValue[] => [
    { value: String(value), context: reading.context, measurand, location, unit },
  ];
  return measurands.flatMap((measurand) => {
    switch (measurand) {
      case 'Energy.Active.Import.Register':
        return one(measurand, reading.registerWh, 'Wh');
      case 'Power.Active.Import':
        return one(measurand, reading.powerW, 'W');
      case 'Current.Import':
        return perLine(reading.currentA, measurand, 'A');
      case 'Voltage':
        return perLine(reading.voltageV, measurand, 'V');
      case 'SoC':
        return one(measurand, reading.socPercent, 'Percent', 'EV');
      case 'Temperature':
        return one(measurand, 24 + Math.round(reading.powerW / 2000), 'Celsius', 'Body');
      default:
        return [];
    }
  });
}

const part = (result: Payload, name: string): Payload => {
  const value = result[name];
  return typeof value === 'object' && value !== null ? (value as Payload) : {}; // as: what a server sent, read defensively
};

export const readIdTagInfo = (result: Payload): string => String(part(result, 'idTagInfo')['status'] ?? 'Invalid');

export function readParent(result: Payload): string | undefined {
  const parent = part(result, 'idTagInfo')['parentIdTag'];
  return typeof parent === 'string' ? parent : undefined;
}

export function readStart(result: Payload): { transactionId: number | undefined; authorization: string } {
  const id = result['transactionId'];
  return { transactionId: typeof id === 'number' ? id : undefined, authorization: readIdTagInfo(result) };
}

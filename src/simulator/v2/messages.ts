/** What a 2.x station says besides transactions: boot, status, authorization, readings; and the reading of answers. */
import type { Controls, Shown } from '../dialect.ts';
import { isPayload, payloadOf, textOf } from '../payload.ts';
import type { Station } from '../settings.ts';
import type { Call, ConnectorStatus, Payload, Reading } from '../types.ts';
import type { Signing } from './signing.ts';
import type { IdToken } from './tokens.ts';

export const instant = (at: Date): string => at.toISOString();

/** 2.0.1 B01 */
export const boot = (station: Station, reason: string): Call => ({
  action: 'BootNotification',
  payload: {
    reason,
    chargingStation: {
      vendorName: station.vendor.slice(0, 50),
      model: station.model.slice(0, 20),
      serialNumber: station.serialNumber.slice(0, 25),
      firmwareVersion: station.firmwareVersion.slice(0, 50),
    },
  },
});

/** The finer words of 1.6 in the five of 2.x: a connector is occupied when a cable is in it (2.0.1 G01). */
export function statusOf(status: ConnectorStatus, isPlugged: boolean): string {
  switch (status) {
    case 'Available':
    case 'Reserved':
    case 'Unavailable':
    case 'Faulted':
      return status;
    case 'Preparing':
    case 'Charging':
    case 'SuspendedEV':
    case 'SuspendedEVSE':
    case 'Finishing':
      return isPlugged ? 'Occupied' : 'Available';
  }
}

/** One word per connector of the EVSE. While one is used, the others of its EVSE cannot be. */
export const plugStatuses = (
  { connectorId, status, plugs, pluggedInto }: Shown,
  isOut: (evseId: number, plug: number) => boolean,
): readonly string[] =>
  Array.from({ length: plugs }, (_, index) => {
    const plug = index + 1;
    const shown = statusOf(status, pluggedInto > 0);
    if (shown !== 'Faulted' && isOut(connectorId, plug)) return 'Unavailable';
    return shown === 'Occupied' && pluggedInto !== plug ? 'Unavailable' : shown;
  });

/** 2.0.1 C01 */
export const authorize = (idToken: IdToken): Call => ({ action: 'Authorize', payload: { idToken } });

/** 2.0.1 J01: a reading outside of a transaction. */
export const meterValues = (evseId: number, reading: Reading, measurands: readonly string[]): Call => ({
  action: 'MeterValues',
  payload: { evseId, meterValue: [meterValue(reading, measurands)] },
});

export const meterValue = (reading: Reading, measurands: readonly string[], signing?: Signing): Payload => ({
  timestamp: instant(reading.at),
  sampledValue: sampledValues(reading, measurands, signing),
});

function sampledValues(reading: Reading, measurands: readonly string[], signing: Signing | undefined): Payload[] {
  const hasPhases = reading.voltageV.length > 1;
  const { context } = reading;
  const one = (measurand: string, value: number, unit: string, location = 'Outlet'): Payload => ({
    value,
    context,
    measurand,
    location,
    unitOfMeasure: { unit, multiplier: 0 },
  });
  const perLine = (values: readonly number[], measurand: string, unit: string): Payload[] =>
    values.map((value, line) => ({
      ...one(measurand, value, unit),
      ...(hasPhases ? { phase: measurand === 'Voltage' ? `L${line + 1}-N` : `L${line + 1}` } : {}),
    }));
  return measurands.flatMap((measurand) => {
    switch (measurand) {
      case 'Energy.Active.Import.Register': {
        const signed = signing?.(reading);
        const sample = one(measurand, reading.registerWh, 'Wh');
        return [signed === undefined ? sample : { ...sample, signedMeterValue: signed }];
      }
      case 'Power.Active.Import':
        return [one(measurand, reading.powerW, 'W')];
      case 'Current.Import':
        return perLine(reading.currentA, measurand, 'A');
      case 'Voltage':
        return perLine(reading.voltageV, measurand, 'V');
      case 'Frequency':
        return [one(measurand, 50, 'Hz', 'Inlet')];
      case 'SoC':
        return [one(measurand, reading.socPercent, 'Percent', 'EV')];
      default:
        return [];
    }
  });
}

export const readIdTokenInfo = (result: Payload): string =>
  String(payloadOf(result['idTokenInfo'])['status'] ?? 'Invalid');

export function readParent(result: Payload): string | undefined {
  const group = payloadOf(result['idTokenInfo'])['groupIdToken'];
  return isPayload(group) ? textOf(group['idToken']) : undefined;
}

/** 2.0.1 A04 */
export const securityEvent = (type: string, controls: Controls, techInfo?: string): (() => void) =>
  controls.say({
    action: 'SecurityEventNotification',
    payload: { type, timestamp: instant(controls.now()), ...(techInfo === undefined ? {} : { techInfo }) },
  });

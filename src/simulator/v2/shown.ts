/** What can be seen of the station in its device model: its variables show what it measures and does. */
import type { Controls, Shown } from '../dialect.ts';
import { instant } from './messages.ts';
import type { Model } from './model/index.ts';

const flag = (value: boolean): string => String(value);

export function showIn(model: Model, statusesOf: (shown: Shown) => readonly string[], controls: Controls): void {
  const ids = controls.connectorIds();
  const powerW = (id: number): number => controls.reading(id, 'Sample.Periodic')?.powerW ?? 0;
  for (const id of ids) {
    const words = () => statusesOf(controls.shown(id));
    const isFaulted = () => flag(controls.shown(id).status === 'Faulted');
    model.bind(`EVSE@${id}.AvailabilityState`, () => words().find((word) => word !== 'Unavailable') ?? 'Unavailable');
    model.bind(`EVSE@${id}.Problem`, isFaulted);
    model.bind(`EVSE@${id}.Power`, () => String(powerW(id)));
    model.bind(`FiscalMetering@${id}.EnergyImport[Register]`, () =>
      String(controls.reading(id, 'Sample.Periodic')?.registerWh ?? 0),
    );
    for (const [index] of words().entries()) {
      const plug = `${id}.${index + 1}`;
      model.bind(`Connector@${plug}.AvailabilityState`, () => words()[index] ?? 'Unavailable');
      model.bind(`Connector@${plug}.Problem`, isFaulted);
      model.bind(`Connector@${plug}.Temperature`, () => String(Math.round(25 + powerW(id) / 1500)));
      model.bind(`ConnectorPlugRetentionLock@${plug}.Active`, () =>
        flag(controls.shown(id).pluggedInto === index + 1 && controls.spec(id)?.cable !== 'fixed'),
      );
    }
  }
  const total = () => ids.reduce((sum, id) => sum + powerW(id), 0);
  model.bind('ChargingStation.AvailabilityState', () => controls.shown(0).status);
  model.bind('ChargingStation.Problem', () => flag(controls.shown(0).status === 'Faulted'));
  model.bind('ChargingStation.Power', () => String(total()));
  model.bind('ChargingStation.FirmwareVersion', () => controls.firmwareVersion());
  model.bind('Controller.FirmwareVersion', () => controls.firmwareVersion());
  model.bind('TemperatureSensor.Temperature', () => String(Math.round(24 + total() / 2000)));
  model.bind('ClockCtrlr.DateTime', () => instant(controls.now()));
}

/** The station as a thing, in the device model: itself, its EVSEs with their connectors, and what is built into them. */
import type { Station } from '../../settings.ts';
import type { ConnectorSpec } from '../../types.ts';
import { type Component, ro, rw } from './variable.ts';

const STATES = ['Available', 'Faulted', 'Occupied', 'Reserved', 'Unavailable'];
const AVAILABLE = ro.flag('Available', true, { constant: true });
const problem = () => ro.flag('Problem', false, { monitored: true });
const state = () => ro.option('AvailabilityState', 'Available', { words: STATES, monitored: true });

const stationOf = (station: Station, specs: readonly ConnectorSpec[]): Component => ({
  name: 'ChargingStation',
  variables: [
    AVAILABLE,
    state(),
    problem(),
    ro.text('Model', station.model.slice(0, 20), { constant: true }),
    ro.text('VendorName', station.vendor.slice(0, 50), { constant: true }),
    ro.text('SerialNumber', station.serialNumber.slice(0, 25), { constant: true }),
    ro.text('FirmwareVersion', station.firmwareVersion.slice(0, 50)),
    ro.int('SupplyPhases', Math.max(...specs.map(({ phases }) => phases)), { constant: true }),
    ro.decimal(
      'Power',
      specs.reduce((sum, { maxPowerW }) => sum + maxPowerW, 0),
      { unit: 'W', monitored: true },
    ),
    rw.flag('AllowNewSessionsPendingFirmwareUpdate', false),
  ],
});

const builtIn: readonly Component[] = [
  {
    name: 'Controller',
    variables: [ro.text('FirmwareVersion', ''), ro.text('Model', 'SIM-CTRL', { constant: true }), problem()],
  },
  {
    name: 'Display',
    variables: [AVAILABLE, problem(), rw.int('Brightness', 80, { unit: 'Percent', min: 0, max: 100, monitored: true })],
  },
  { name: 'TokenReader', variables: [AVAILABLE, rw.flag('Enabled', true), problem()] },
  {
    name: 'TemperatureSensor',
    variables: [ro.decimal('Temperature', 24, { unit: 'Celsius', min: -40, max: 120, monitored: true }), problem()],
  },
  { name: 'Modem', variables: [ro.int('SignalStrength', 71, { unit: 'Percent', min: 0, max: 100, monitored: true })] },
];

function evseOf(spec: ConnectorSpec, id: number): readonly Component[] {
  const { plugs = 1, current, phases, maxPowerW } = spec;
  return [
    {
      name: 'EVSE',
      evse: { id },
      variables: [
        AVAILABLE,
        state(),
        problem(),
        ro.flag('AllowReset', true, { constant: true }),
        rw.text('EvseId', `NL*DYN*E${id}`, { max: 48 }),
        ro.decimal('Power', 0, { unit: 'W', max: maxPowerW, monitored: true }),
        ro.int('SupplyPhases', phases, { constant: true }),
        ro.text('ISO15118EvseId', `NL*DYN*E${id}`, { max: 48 }),
      ],
    },
    {
      name: 'FiscalMetering',
      evse: { id },
      variables: [
        ro.decimal('EnergyImport', spec.registerWh, { unit: 'Wh', instance: 'Register', monitored: true }),
        problem(),
      ],
    },
    ...Array.from({ length: plugs }, (_, index): readonly Component[] => {
      const evse = { id, connectorId: index + 1 };
      const type = current === 'DC' ? (index === 1 ? 'cG105' : 'cCCS2') : spec.cable === 'fixed' ? 'cType2' : 'sType2';
      return [
        {
          name: 'Connector',
          evse,
          variables: [
            AVAILABLE,
            state(),
            problem(),
            ro.text('ConnectorType', type, { constant: true }),
            ro.int('SupplyPhases', phases, { constant: true }),
            ro.decimal('Temperature', 25, { unit: 'Celsius', max: 120, monitored: true }),
          ],
        },
        {
          name: 'ConnectorPlugRetentionLock',
          evse,
          variables: [
            AVAILABLE,
            ro.flag('Active', false, { monitored: true }),
            problem(),
            rw.int('Tries', 3, { min: 1, max: 10 }),
          ],
        },
      ];
    }).flat(),
  ];
}

export const hardwareOf = (station: Station, specs: readonly ConnectorSpec[]): readonly Component[] => [
  stationOf(station, specs),
  ...builtIn,
  ...specs.flatMap((spec, index) => evseOf(spec, index + 1)),
];

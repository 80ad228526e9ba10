/** What 2.1 adds to the device model: controllers of battery swap, DER, payment, V2X, and settings of tariffs. */
import { type Component, ro, rw } from './variable.ts';

const AVAILABLE = ro.flag('Available', true, { constant: true });
const ENABLED = rw.flag('Enabled', true);

export const controllers21: readonly Component[] = [
  { name: 'BatterySwapCtrlr', variables: [AVAILABLE, ENABLED] },
  {
    name: 'DCDERCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      ro.members('ModesSupported', 'EnterService,FixedPFAbsorb,FixedVar,FreqDroop,FreqWatt,LimitMaxDischarge,VoltVar'),
    ],
  },
  {
    name: 'PaymentCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      ro.members('PaymentDetails', 'Currency,Amount'),
      rw.text('MerchantId', '', { max: 20 }),
    ],
  },
  {
    name: 'WebPaymentsCtrlr',
    variables: [
      AVAILABLE,
      ENABLED,
      rw.text('URLTemplate', 'https://pay.example/{evseId}', { max: 200 }),
      rw.int('ValidityTime', 300, { unit: 's', min: 30, max: 3600 }),
      ro.int('Length', 8, { constant: true }),
    ],
  },
  {
    name: 'V2XChargingCtrlr',
    variables: [
      AVAILABLE,
      rw.flag('Enabled', false),
      ro.members('SupportedEnergyTransferModes', 'AC_single_phase,AC_three_phase,DC'),
      ro.members('SupportedOperationModes', 'ChargingOnly'),
    ],
  },
  {
    name: 'TariffCostCtrlr',
    variables: [
      ro.int('MaxElements', 20, { instance: 'Tariff', constant: true }),
      ro.flag('ConditionsSupported', true, { instance: 'Tariff', constant: true }),
      ro.flag('OfflineChargingForUnknownTariff', true),
    ],
  },
];

/** What 2.1 adds to the device model: controllers of battery swap, DER, payment, V2X, and settings of tariffs. */
import { type Component, ro, rw, secret } from './variable.ts';

const AVAILABLE = ro.flag('Available', true, { constant: true });
const ENABLED = rw.flag('Enabled', true);

export const controllers21: readonly Component[] = [
  { name: 'TxCtrlr', variables: [ro.members('SupportedLimits', 'maxCost,maxEnergy,maxTime')] },
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
      rw.text('URLTemplate', '', { max: 1000 }),
      rw.option('TOTPVersion', 'v1', { words: ['v1'] }),
      rw.int('ValidityTime', 300, { unit: 's', min: 6, max: 3600 }),
      rw.int('Length', 8, { min: 6, max: 32 }),
      secret('SharedSecret', '', { min: 16, max: 100 }),
      ro.members('URLParameters', 'maxEnergy,maxTime,maxCost'),
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

/** What a car with ISO 15118 wants (2.0.1 K15–K17): its needs are told, the profile that answers them is turned into its schedule. */
import type { Controls } from '../dialect.ts';
import { listOf, numberOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import type { ChargingProfiles } from './charging-profiles.ts';
import { instant } from './messages.ts';
import type { TransactionLog } from './transaction-log.ts';
import type { V2Version } from './words.ts';

export type Needs = {
  /** Gives the CSMS's word on them; undefined: it gave none. */
  tell(evseId: number, wants: Payload, controls: Controls): Promise<string | undefined>;
  /** A profile was set there: what the car chooses of it. */
  profileCame(evseId: number, controls: Controls): void;
};

export function createNeeds(profiles: () => ChargingProfiles, log: TransactionLog, version: V2Version): Needs {
  /** EVSEs whose car waits for a profile. */
  const waiting = new Set<number>();

  /** As the car would at half charge, unless it is told otherwise. */
  function usual(evseId: number, controls: Controls): Payload {
    const reading = controls.reading(evseId, 'Trigger');
    const most = Math.round(controls.maxPowerW(evseId));
    if (controls.spec(evseId)?.current === 'DC')
      return {
        requestedEnergyTransfer: 'DC',
        dcChargingParameters: {
          evMaxCurrent: Math.round(most / 400),
          evMaxVoltage: 500,
          evMaxPower: most,
          evEnergyCapacity: 60_000,
          energyAmount: 20_000,
          stateOfCharge: reading?.socPercent ?? 50,
          fullSoC: 100,
          bulkSoC: 80,
        },
      };
    const isThree = controls.spec(evseId)?.phases === 3;
    return {
      requestedEnergyTransfer: isThree ? 'AC_three_phase' : 'AC_single_phase',
      acChargingParameters: {
        energyAmount: 20_000,
        evMinCurrent: 6,
        evMaxCurrent: Math.round(most / 230 / (isThree ? 3 : 1)),
        evMaxVoltage: 400,
      },
    };
  }

  return {
    async tell(evseId, wants, controls) {
      waiting.add(evseId);
      const chargingNeeds = { ...usual(evseId, controls), ...wants };
      const more = version === '2.1' ? { timestamp: instant(controls.now()) } : {};
      const said = await new Promise<Payload | undefined>((resolve) => {
        const payload = { evseId, maxScheduleTuples: 24, chargingNeeds, ...more };
        controls.ask({ action: 'NotifyEVChargingNeeds', payload }, resolve);
      });
      const status = said?.['status'];
      // K15.FR.05: Rejected means to charge without a schedule.
      if (status !== 'Accepted' && status !== 'Processing') waiting.delete(evseId);
      return typeof status === 'string' ? status : undefined;
    },
    profileCame(evseId, controls) {
      const open = log.open(evseId);
      if (!waiting.has(evseId) || open?.session === undefined) return;
      const mine = profiles()
        .all()
        .findLast(({ purpose, connectorId }) => purpose === 'TxProfile' && connectorId === evseId);
      const [schedule] = listOf(mine?.said['chargingSchedule']);
      if (schedule === undefined) return;
      waiting.delete(evseId);
      const id = numberOf(schedule['id']);
      // K15.FR.09: which of the offered schedules the car took.
      const { salesTariff: _tariff, ...chosen } = schedule;
      const selected = version === '2.1' && id !== undefined ? { selectedChargingScheduleId: id } : {};
      controls.say({
        action: 'NotifyEVChargingSchedule',
        payload: { timeBase: instant(controls.now()), chargingSchedule: chosen, evseId, ...selected },
      })();
    },
  };
}

/**
 * What a charger needs to reckon along with us, by OCA's "OCPP & California Pricing Requirements" (§3.1.4; 2.x: customData of
 * CostUpdated, §4): the prices now, those of the next period, and where they change, so that it reads its meter just then.
 */
import type { RunningCost, ShowCost, ShownPrices } from '../pricing/index.ts';

/** As vendorId of DataTransfer and of customData. */
export const COSTMSG = 'org.openchargealliance.costmsg';

type Running = Extract<ShowCost, RunningCost>;
/** ChargePointStatus of 1.6: from these on it charges, or does not any more. */
const TURNS = ['Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing'] as const;

export function costDetails({ kind, at, meterWh, isCharging, prices, next, readAt }: Running, isV16: boolean) {
  const isStopped = kind === 'stopped';
  const trigger = {
    ...(readAt.at !== undefined && { atTime: readAt.at.toISOString() }),
    // Of the session, as the note has it: 50 kWh in a session whose register stands at 1234.
    ...(readAt.energyWh !== undefined && { atEnergykWh: readAt.energyWh / 1000 }),
    ...(readAt.powerW !== undefined && { atPowerkW: readAt.powerW / 1000 }),
    ...(isV16 && readAt.isStatus && { atCPStatus: TURNS }),
  };
  const idle = idlePrice(prices);
  return {
    ...{ timestamp: at.toISOString(), meterValue: meterWh, state: isCharging ? 'Charging' : 'Idle' },
    ...(!isStopped && { chargingPrice: chargingPrice(prices) }),
    ...(idle !== undefined && { idlePrice: idle }),
    ...(next !== undefined && { nextPeriod: nextPeriod(next, isStopped) }),
    ...(!isStopped && Object.keys(trigger).length > 0 && { triggerMeterValue: trigger }),
  };
}

export const chargingPrice = ({ kWh, hour, flat }: Pick<ShownPrices, 'kWh' | 'hour' | 'flat'>) => ({
  ...(kWh !== undefined && { kWhPrice: kWh }),
  ...(hour !== undefined && { hourPrice: hour }),
  ...(flat !== undefined && { flatFee: flat }),
});

function idlePrice({ idleHour, idleGraceMinutes }: ShownPrices) {
  if (idleHour === undefined) return undefined;
  return { ...(idleGraceMinutes !== undefined && { graceMinutes: idleGraceMinutes }), hourPrice: idleHour };
}

function nextPeriod({ at, prices }: NonNullable<Running['next']>, isStopped: boolean) {
  const idle = idlePrice(prices);
  return {
    atTime: at.toISOString(),
    chargingPrice: isStopped ? {} : chargingPrice(prices),
    ...(idle !== undefined && { idlePrice: idle }),
  };
}

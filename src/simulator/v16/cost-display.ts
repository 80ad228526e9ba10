/**
 * OCA's "OCPP & California Pricing Requirements" as a simulated charger keeps it: shows prices and costs, and reads its meter where it
 * was asked to, because prices change there. It reckons nothing itself; what it shows is what it was told.
 */
import type { Controls } from '../dialect.ts';
import type { Payload } from '../types.ts';
import type { Configuration } from './configuration.ts';

export const COSTMSG = 'org.openchargealliance.costmsg';

type Status = 'Accepted' | 'Rejected' | 'UnknownVendorId' | 'UnknownMessageId';
export type CostDisplay = {
  /** The answer, and what begins after it was sent. */
  take(
    messageId: unknown,
    data: unknown,
    controls: Controls,
  ): { readonly status: Status; readonly afterwards?: () => void };
  /** A connector shows another status. */
  statusChanged(controls: Controls): void;
};

/** Between two looks at the power. */
const LOOK_MS = 5_000;
/** Around the power that was named, so that it is not told again and again. */
const HYSTERESIS = 0.05;
/** Whoever has gone reads nothing any more; the oldest are forgotten. */
const MOST_ENDED = 20;

type Armed = { cancel(): void; readonly statuses: readonly string[]; status: string };

export function createCostDisplay(configuration: Configuration): CostDisplay {
  /** By connector. */
  const armed = new Map<number, Armed>();
  const seen: number[] = [];

  const connectorOf = (transactionId: unknown, controls: Controls): number | undefined =>
    controls.connectorIds().find((id) => controls.sessionOn(id)?.transactionId === transactionId);

  function textOf({ priceText, priceTextExtra }: Payload): string {
    const language = configuration.read('Language');
    const extra = Array.isArray(priceTextExtra) ? (priceTextExtra as readonly Payload[]) : []; // as: read defensively below
    const own = extra.find((each) => each?.['language'] === language && typeof each['content'] === 'string');
    return String(own?.['content'] ?? priceText);
  }

  function arm(connectorId: number, wanted: Payload, controls: Controls): void {
    armed.get(connectorId)?.cancel();
    const localId = controls.sessionOn(connectorId)?.localId;
    const cancels: (() => void)[] = [];
    let isOver = false;
    const isHere = () => !isOver && controls.sessionOn(connectorId)?.localId === localId;
    const read = () => {
      if (isHere()) controls.sendReading(connectorId)();
    };
    const at = typeof wanted['atTime'] === 'string' ? Date.parse(wanted['atTime']) : Number.NaN;
    if (at > controls.now().getTime()) cancels.push(controls.after(at - controls.now().getTime(), read));
    const kWh = wanted['atEnergykWh'];
    if (typeof kWh === 'number') void controls.reached(connectorId, { energyWh: kWh * 1000 }).then(read); // never rejects
    const kW = wanted['atPowerkW'];
    if (typeof kW === 'number') watch(kW * 1000);
    const statuses = Array.isArray(wanted['atCPStatus']) ? wanted['atCPStatus'].map(String) : [];
    const { status } = controls.shown(connectorId);
    armed.set(connectorId, {
      ...{ statuses, status },
      cancel() {
        isOver = true;
        for (const cancel of cancels) cancel();
      },
    });

    function watch(watt: number): void {
      const power = () => controls.reading(connectorId, 'Trigger')?.powerW ?? 0;
      let isAbove = power() >= watt;
      const look = (): void => {
        if (!isHere()) return;
        const now = power();
        const hasCrossed = isAbove ? now < watt * (1 - HYSTERESIS) : now >= watt * (1 + HYSTERESIS);
        if (hasCrossed) {
          isAbove = !isAbove;
          read();
        }
        cancels.push(controls.after(LOOK_MS, look));
      };
      cancels.push(controls.after(LOOK_MS, look));
    }
  }

  function runningCost(said: Payload, controls: Controls): ReturnType<CostDisplay['take']> {
    const { transactionId, cost, state, triggerMeterValue } = said;
    const connectorId = connectorOf(transactionId, controls);
    const isKnown = connectorId !== undefined || seen.includes(Number(transactionId));
    if (!isKnown || typeof cost !== 'number' || (state !== 'Charging' && state !== 'Idle'))
      return { status: 'Rejected' };
    if (connectorId !== undefined && !seen.includes(Number(transactionId))) {
      seen.push(Number(transactionId));
      if (seen.length > MOST_ENDED) seen.shift();
    }
    return {
      status: 'Accepted',
      afterwards() {
        controls.display({ transactionId, cost, state });
        const isRecord = typeof triggerMeterValue === 'object' && triggerMeterValue !== null;
        if (connectorId !== undefined) arm(connectorId, isRecord ? (triggerMeterValue as Payload) : {}, controls);
      },
    };
  }

  return {
    take(messageId, data, controls) {
      if (configuration.read('CustomDisplayCostAndPrice').toLowerCase() !== 'true')
        return { status: 'UnknownVendorId' };
      const said = readJson(data);
      if (said === undefined) return { status: 'Rejected' };
      const { idToken, transactionId, cost, priceText } = said;
      switch (messageId) {
        case 'SetUserPrice': {
          if (typeof idToken !== 'string' || typeof priceText !== 'string') return { status: 'Rejected' };
          return { status: 'Accepted', afterwards: () => controls.display({ idToken, text: textOf(said) }) };
        }
        case 'RunningCost':
          return runningCost(said, controls);
        case 'FinalCost': {
          if (!seen.includes(Number(transactionId)) || typeof cost !== 'number') return { status: 'Rejected' };
          const link = said['qrCodeText'];
          const linked = typeof link === 'string' ? { link } : {};
          return {
            status: 'Accepted',
            afterwards: () => controls.display({ transactionId, cost, text: textOf(said), ...linked }),
          };
        }
        default:
          return { status: 'UnknownMessageId' };
      }
    },

    statusChanged(controls) {
      for (const [connectorId, each] of armed) {
        const { status } = controls.shown(connectorId);
        if (status === each.status) continue;
        each.status = status;
        if (each.statuses.includes(status) && controls.sessionOn(connectorId) !== undefined)
          controls.sendReading(connectorId)();
      }
    },
  };
}

function readJson(data: unknown): Payload | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const parsed: unknown = JSON.parse(data);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Payload) : undefined; // as: it is an object
  } catch {
    return undefined; // it is answered Rejected
  }
}

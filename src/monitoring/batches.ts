/** Splits what is asked of a station into messages that it takes, and reads what it made of each part of them. */
import type { DeviceCommand, MonitorWish, StoredCommand } from '../commands/index.ts';

/** MonitoringCtrlr, the referenced variables of 2.0.1. */
export const limitKeys = (doing: 'SetVariableMonitoring' | 'ClearVariableMonitoring') => ({
  items: `MonitoringCtrlr.ItemsPerMessage[${doing}]`,
  bytes: `MonitoringCtrlr.BytesPerMessage[${doing}]`,
});
/** While the station has not said how many it takes at once. */
const FEW = 10;
const MANY = 100;

export type Taken = { readonly items: number; readonly bytes: number };
export function takenOf(said: ReadonlyMap<string, string | null>, keys: ReturnType<typeof limitKeys>): Taken {
  const number = (key: string): number | undefined => {
    const told = Number(said.get(key) ?? Number.NaN);
    return Number.isInteger(told) && told > 0 ? told : undefined;
  };
  return { items: Math.min(number(keys.items) ?? FEW, MANY), bytes: number(keys.bytes) ?? Number.POSITIVE_INFINITY };
}

/** In their order; each as large as it may be, at least one. `sizeOf`: of the message that they would make. */
export function batchesOf<T>(all: readonly T[], taken: Taken, sizeOf: (some: readonly T[]) => number): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  for (const each of all) {
    const isFull = batch.length >= taken.items || (batch.length > 0 && sizeOf([...batch, each]) > taken.bytes);
    if (isFull) {
      batches.push(batch);
      batch = [];
    }
    batch.push(each);
  }
  return batch.length > 0 ? [...batches, batch] : batches;
}

/** A little more than the message will have: names are written once more here than there. */
export const sizeOf = (ask: DeviceCommand): number => new TextEncoder().encode(JSON.stringify(ask)).length + 200;
export const sizeOfMonitors = (monitors: readonly MonitorWish[]): number =>
  sizeOf({ of: 'set_monitors', monitors }) + 140 * monitors.length;

export type Verdict = { readonly result: string; readonly monitorId: number | null; readonly reason: string | null };
const RESULTS: ReadonlyMap<unknown, string> = new Map([
  ['Accepted', 'accepted'],
  ['UnknownComponent', 'not_supported'],
  ['UnknownVariable', 'not_supported'],
  ['UnsupportedMonitorType', 'not_supported'],
  ['Rejected', 'rejected'],
  ['Duplicate', 'duplicate'],
  ['NotFound', 'not_found'],
]);

/** What the station made of the nth of this command's wishes; N04, N06: verdicts stand in their order. */
export function verdictOf({ status, result, error }: StoredCommand, field: string, n: number): Verdict {
  const list: unknown = result?.[field];
  const said: unknown = Array.isArray(list) ? list[n] : undefined;
  if (typeof said !== 'object' || said === null) {
    const isOpen = status === 'queued' || status === 'sent';
    return { result: isOpen ? 'pending' : 'failed', monitorId: null, reason: error?.message ?? null };
  }
  const of = said as Readonly<Record<string, unknown>>; // checked just above
  const id = of['id'];
  const word = typeof of['status'] === 'string' ? of['status'].slice(0, 50) : null;
  const verdict = RESULTS.get(word) ?? 'rejected';
  const monitorId = typeof id === 'number' && Number.isInteger(id) ? id : null;
  return { result: verdict, monitorId, reason: verdict === 'accepted' ? null : word };
}

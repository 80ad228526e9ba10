/** Answers too long for one message: numbered parts, each but the last saying that more is to come (2.0.1 tbc, seqNo). */
import type { Controls } from '../dialect.ts';
import type { Payload } from '../types.ts';

/** Of 2.0.1's `DeviceDataCtrlr` an own choice: how many items go into one part. */
export const PART = 25;

export function inParts<T>(
  controls: Controls,
  action: string,
  items: readonly T[],
  make: (part: readonly T[], seqNo: number) => Payload,
  size = PART,
): void {
  const parts = Math.max(1, Math.ceil(items.length / size));
  for (let seqNo = 0; seqNo < parts; seqNo += 1) {
    const part = items.slice(seqNo * size, (seqNo + 1) * size);
    const more = seqNo < parts - 1 ? { tbc: true } : {};
    controls.say({ action, payload: { ...make(part, seqNo), ...more } })();
  }
}

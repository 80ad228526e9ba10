/** What each misbehaviour of events looks like on the wire. */
import { expect } from '@jest/globals';
import { until } from '../support/until.ts';
import { type Arranged, booted } from './arrange.ts';
import type { Heard } from './tiny-csms.ts';
import { infoOf } from './v2.ts';

type Setting = Arranged & { readonly id: string };
type Proof = (setting: Setting) => Promise<void>;
const numbers = (heard: readonly Heard[]): unknown[] => heard.map(({ payload }) => payload['seqNo']);
const kinds = (heard: readonly Heard[]): unknown[] => heard.map(({ payload }) => payload['eventType']);

async function visit({ csms, charger, id }: Setting): Promise<Heard[]> {
  const settings = { MeterValueSampleInterval: '60' };
  const one = await booted(charger({ misbehave: [id], version: '2.0.1', speed: 600, settings }), csms);
  await one.charge({ token: 'TAG-1', seconds: 200 });
  await until('it is free', () => csms.of('StatusNotification').at(-1)?.payload['connectorStatus'] === 'Available');
  return csms.of('TransactionEvent');
}
const upTo = (length: number): number[] => Array.from({ length }, (_, index) => index);

export const eventProofs: Readonly<Record<string, Proof>> = {
  async E1(setting) {
    const all = await visit(setting);
    expect(numbers(all).slice(0, 4)).toEqual([0, 0, 1, 1]);
    expect(all[1]?.id).toBe(all[0]?.id);
    expect(all[3]?.id).not.toBe(all[2]?.id);
    expect(all[3]?.payload).toEqual(all[2]?.payload);
  },
  async E2(setting) {
    const all = await visit(setting);
    expect(kinds(all)).not.toContain('Started');
    expect(numbers(all)).toEqual(upTo(all.length).map((number) => number + 1));
  },
  async E3(setting) {
    const all = numbers(await visit(setting));
    expect(all).toEqual(upTo(all.length).map((number) => (number < 3 ? number : number + 1)));
  },
  async E4(setting) {
    const all = await visit(setting);
    expect(numbers(all).slice(0, 4)).toEqual([0, 0, 1, 1]);
    expect(all[1]?.payload).not.toEqual(all[0]?.payload);
  },
  async E5(setting) {
    expect(numbers(await visit(setting)).slice(0, 4)).toEqual([0, 2, 1, 3]);
  },
  async E6(setting) {
    const all = await visit(setting);
    const once = all.slice(0, all.length / 2);
    expect(kinds(once).at(-1)).toBe('Ended');
    expect(all.slice(once.length).map(({ payload }) => payload)).toEqual(once.map(({ payload }) => payload));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  },
  async E7(setting) {
    const all = await visit(setting);
    expect(numbers(all)).toEqual(upTo(all.length).map((number) => number + 1000));
    for (const { payload } of all) expect(payload).not.toHaveProperty('offline');
  },
  async E8(setting) {
    const all = await visit(setting);
    for (const { payload } of all) expect(payload['triggerReason']).toBe('BecauseOfMe');
    expect(infoOf(all.at(-1)?.payload)).toMatchObject({ chargingState: 'ChargingNow', stoppedReason: 'Finished' });
  },
  async E9(setting) {
    expect(kinds(await visit(setting))).not.toContain('Ended');
  },
};

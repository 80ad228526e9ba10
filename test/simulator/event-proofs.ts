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
  async E10(setting) {
    for (const { payload } of await visit(setting)) {
      expect(payload).toMatchObject({ offline: 'perhaps', cableMaxCurrent: null, numberOfPhasesUsed: 'three' });
      expect(JSON.stringify(payload['customData']).length).toBeGreaterThan(6_000);
    }
  },
  async E11(setting) {
    const all = await visit(setting);
    const ids = all.map(({ payload }) => infoOf(payload)['transactionId']);
    expect(new Set(ids.slice(0, -1)).size).toBe(1);
    expect(kinds(all).at(-1)).toBe('Ended');
    expect(ids.at(-1)).toBe(`nobody's ${String(ids[0])}`);
  },
};

type Sample = Record<string, unknown>;
const samplesOf = ({ payload }: Heard): Sample[] =>
  ((payload['meterValue'] ?? []) as { sampledValue: Sample[] }[]).flatMap(({ sampledValue }) => sampledValue);
const registers = (heard: readonly Heard[]): Sample[] =>
  heard.flatMap(samplesOf).filter(({ measurand }) => measurand === 'Energy.Active.Import.Register');
const between = (heard: readonly Heard[]): Heard[] =>
  heard.filter(
    ({ payload }) => payload['eventType'] === 'Updated' && payload['triggerReason'] === 'MeterValuePeriodic',
  );
const statuses = ({ csms }: Setting): unknown[] =>
  csms.of('StatusNotification').map(({ payload }) => payload['connectorStatus']);

/** What those of 1.6 look like on the wire of 2.x, where their messages are others. */
export const v2Proofs: Readonly<Record<string, Proof>> = {
  async R3(setting) {
    const [first, again, next] = await visit(setting);
    expect(again?.text).toBe(first?.text);
    expect(next?.id).not.toBe(first?.id);
  },
  async R8(setting) {
    const all = await visit(setting);
    expect(all[0]?.payload['idToken'] ?? all[1]?.payload['idToken']).toMatchObject({
      idToken: 'TAG-1'.padEnd(37, '0'),
    });
    expect(JSON.stringify(all.flatMap(samplesOf))).toContain('Celcius');
  },
  async B6(setting) {
    await visit(setting);
    const stamps = setting.csms.of('StatusNotification').map(({ payload }) => String(payload['timestamp']));
    expect(stamps).not.toEqual([...stamps].sort());
  },
  async B9(setting) {
    await visit(setting);
    expect(statuses(setting).join()).toContain('Reserved,Unavailable,Occupied');
  },
  async X6(setting) {
    const [ghost, real] = await visit(setting);
    expect([ghost?.payload['eventType'], real?.payload['eventType']]).toEqual(['Started', 'Started']);
    expect(infoOf(ghost?.payload ?? {})['transactionId']).not.toBe(infoOf(real?.payload ?? {})['transactionId']);
  },
  async X9(setting) {
    const all = await visit(setting);
    const of = (context: string) => registers(all).find((sample) => sample['context'] === context)?.['value'];
    expect(Number(of('Transaction.End'))).toBeLessThan(Number(of('Transaction.Begin')));
  },
  async X13(setting) {
    const all = await visit(setting);
    const shown = all.flatMap(({ payload }) => payload['idToken'] ?? []);
    expect(shown[0]).toMatchObject({ idToken: ' tAg-1  ' });
  },
  async M1(setting) {
    for (const heard of between(await visit(setting))) expect(samplesOf(heard)).toEqual([]);
    expect(setting.csms.of('MeterValues')[0]?.payload).toMatchObject({ evseId: 1, meterValue: [expect.anything()] });
  },
  async M2(setting) {
    const [bare, mislabelled, kilo] = between(await visit(setting)).map((heard) => samplesOf(heard)[0] ?? {});
    expect(Object.keys(bare ?? {})).toEqual(['value']);
    expect(mislabelled).toMatchObject({ unitOfMeasure: { unit: 'Wh' } });
    expect(kilo).toMatchObject({ unitOfMeasure: { unit: 'kWh' } });
  },
  async M4(setting) {
    const readings = between(await visit(setting)).map((heard) => samplesOf(heard).length > 0);
    expect(readings.slice(0, 2)).toEqual([true, false]);
  },
  async M5(setting) {
    const [first, second] = between(await visit(setting));
    const [own, again] = (first?.payload['meterValue'] ?? []) as unknown[];
    const [before] = (second?.payload['meterValue'] ?? []) as unknown[];
    expect([again, before]).toEqual([own, own]);
  },
  async M6(setting) {
    const phases = registers(between(await visit(setting))).map(({ phase }) => phase);
    expect(phases.slice(0, 3)).toEqual(['L1', 'L2', 'L3']);
  },
};

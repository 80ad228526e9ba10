/** M: what chargers do to meter values. */
import type { Misbehaviour } from '../contract.ts';
import type { OutgoingCall, Payload } from '../types.ts';
import { inTurn, isPayload, onReadings, payloadOf, withFields, without, withSamples, withValue } from './payload.ts';

const isRegister = (sample: Payload): boolean => sample['measurand'] === 'Energy.Active.Import.Register';

export const meter: Readonly<Record<string, Misbehaviour>> = {
  M1: {
    does: 'readings that name no transaction: MeterValues without a transactionId, in 2.x instead of those of events',
    calls: () => onReadings(nameless),
  },
  M2: {
    does: 'the energy register without unit and measurand, in kWh labelled Wh, and in kWh labelled so, in turn',
    calls: () => {
      const next = inTurn<(sample: Payload) => Payload>([
        ({ value }) => ({ value }),
        (sample) => labelled(withValue(sample, Number(sample['value']) / 1000), 'Wh'),
        (sample) => labelled(withValue(sample, Number(sample['value']) / 1000), 'kWh'),
      ]);
      return onReadings((call) => {
        const change = next();
        return [
          withSamples(call, (samples) => samples.map((sample) => (isRegister(sample) ? change(sample) : sample))),
        ];
      });
    },
  },
  M4: {
    does: 'every second reading without a single sampled value',
    calls: () => {
      const next = inTurn([false, true]);
      return onReadings((call) => [next() ? withSamples(call, () => []) : call]);
    },
  },
  M5: {
    does: 'each MeterValues twice, and the last three again after a reconnect; in 2.x each event brings the readings of the one before',
    calls: () => {
      let before: readonly unknown[] = [];
      return onReadings((call) => {
        const { meterValue } = payloadOf(call);
        if (call.action === 'MeterValues') return [call, { ...call, messageId: 'fresh' }];
        const own = Array.isArray(meterValue) ? meterValue.filter(isPayload) : [];
        const all = [...before, ...own, ...own];
        before = own;
        return [withFields(call, { meterValue: all })];
      });
    },
    routine(charger) {
      const last: unknown[] = [];
      charger.on((happening) => {
        if (happening.what === 'answered' && happening.action === 'MeterValues') {
          if (!last.includes(happening.payload)) last.push(happening.payload);
          if (last.length > 3) last.shift();
        }
        if (happening.what === 'connected' && charger.isBooted()) {
          for (const payload of [...last]) void charger.call('MeterValues', payload); // never rejects
        }
      });
    },
  },
  M6: {
    does: 'per-phase values of energy and power only, no totals',
    calls: () => onReadings((call) => [onlyPhases(call)]),
  },
};

function nameless(call: OutgoingCall): OutgoingCall[] {
  const payload = payloadOf(call);
  if (call.action === 'MeterValues') return [{ ...call, payload: without(payload, 'transactionId') }];
  const { meterValue } = payload;
  const reading = { evseId: call.session?.connectorId ?? 1, meterValue };
  return [
    { ...call, payload: without(payload, 'meterValue') },
    { ...call, action: 'MeterValues', payload: reading, messageId: 'fresh' },
  ];
}

const labelled = (sample: Payload, unit: string): Payload =>
  isPayload(sample['unitOfMeasure']) ? { ...sample, unitOfMeasure: { unit } } : { ...sample, unit };

function onlyPhases(call: OutgoingCall): OutgoingCall {
  return withSamples(call, (samples) =>
    samples.flatMap((sample) => {
      if (!isRegister(sample) && sample['measurand'] !== 'Power.Active.Import') return [sample];
      const third = Math.floor(Number(sample['value']) / 3);
      return ['L1', 'L2', 'L3'].map((phase) => ({ ...withValue(sample, third), phase }));
    }),
  );
}

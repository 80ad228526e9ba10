/** M: what chargers do to meter values. */
import type { Misbehaviour } from '../contract.ts';
import type { OutgoingCall, Payload } from '../types.ts';
import { inTurn, on, payloadOf, without, withSamples } from './payload.ts';

const isRegister = (sample: Payload): boolean => sample['measurand'] === 'Energy.Active.Import.Register';

export const meter: Readonly<Record<string, Misbehaviour>> = {
  M1: {
    does: 'MeterValues without a transactionId',
    calls: () => on('MeterValues', (call) => [{ ...call, payload: without(payloadOf(call), 'transactionId') }]),
  },
  M2: {
    does: 'the energy register without unit and measurand, in kWh labelled Wh, and in kWh labelled so, in turn',
    calls: () => {
      const next = inTurn<(sample: Payload) => Payload>([
        ({ value }) => ({ value }),
        (sample) => ({ ...sample, value: String(Number(sample['value']) / 1000), unit: 'Wh' }),
        (sample) => ({ ...sample, value: String(Number(sample['value']) / 1000), unit: 'kWh' }),
      ]);
      return on('MeterValues', (call) => {
        const change = next();
        return [
          withSamples(call, (samples) => samples.map((sample) => (isRegister(sample) ? change(sample) : sample))),
        ];
      });
    },
  },
  M4: {
    does: 'every second MeterValues without a single sampled value',
    calls: () => {
      const next = inTurn([false, true]);
      return on('MeterValues', (call) => [next() ? withSamples(call, () => []) : call]);
    },
  },
  M5: {
    does: 'each MeterValues twice, and the last three again after a reconnect',
    calls: () => on('MeterValues', (call) => [call, { ...call, messageId: 'fresh' }]),
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
    calls: () => on('MeterValues', (call) => [onlyPhases(call)]),
  },
};

function onlyPhases(call: OutgoingCall): OutgoingCall {
  return withSamples(call, (samples) =>
    samples.flatMap((sample) => {
      if (!isRegister(sample) && sample['measurand'] !== 'Power.Active.Import') return [sample];
      const third = Math.floor(Number(sample['value']) / 3);
      return ['L1', 'L2', 'L3'].map((phase) => ({ ...sample, value: String(third), phase }));
    }),
  );
}

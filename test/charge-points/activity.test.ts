/** Connectors of OCPP 2.x: what they report and what the transaction on them does, told as one status without flapping. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/charge-points/machine.ts';
import type { StationState } from '../../src/charge-points/types.ts';
import type { Activity, StationInput } from '../../src/ingest/inputs.ts';
import { after, instant, statusReported } from '../support/inputs.ts';
import { aStation } from './support.ts';

type Word = 'Available' | 'Occupied' | 'Faulted' | 'Unavailable' | 'Reserved';
const reported = (word: Word, second: number): StationInput => {
  const status = word.toLowerCase() as Lowercase<Word>;
  return statusReported(status, after(second), { rawStatus: word });
};
const does = (activity: Activity | null, second: number): StationInput => ({
  ...{ room: 'stations', type: 'activity_changed', chargePointId: 'cp_1', receivedAt: after(second) },
  ...{ evseId: 1, connectorId: 1, activity, at: instant(after(second)) },
});

function play(inputs: readonly StationInput[]) {
  let state: StationState = aStation();
  const told: unknown[] = [];
  for (const input of inputs) {
    const step = decide(state, input);
    state = step.state;
    for (const effect of step.effects)
      if (effect.do === 'emit' && effect.event.type === 'charge_point.status_changed')
        told.push(effect.event.data.status);
  }
  return { told, connector: state.connectors.get('1:1') };
}
const inTurn = (...makers: ((second: number) => StationInput)[]) => makers.map((make, i) => make(i));
const says = (word: Word) => (second: number) => reported(word, second);
const now = (activity: Activity | null) => (second: number) => does(activity, second);

test.each([
  [
    'the plug is told first',
    [says('Available'), says('Occupied'), now('charging'), now('suspended_ev'), now('finishing'), says('Available')],
    ['available', 'occupied', 'charging', 'suspended_ev', 'finishing', 'available'],
  ],
  [
    'the transaction is told first',
    [says('Available'), now('charging'), says('Occupied'), now('finishing'), says('Available')],
    ['available', 'charging', 'finishing', 'available'],
  ],
  [
    'the plug is out before the transaction ends',
    [says('Occupied'), now('charging'), says('Available'), now('finishing'), says('Occupied')],
    ['occupied', 'charging', 'available', 'occupied'],
  ],
  [
    'a fault in between is told, and what goes on after it',
    [says('Occupied'), now('charging'), says('Faulted'), now('suspended_evse'), says('Occupied')],
    ['occupied', 'charging', 'faulted', 'suspended_evse'],
  ],
  [
    'nobody knows what the transaction does any more',
    [says('Occupied'), now('charging'), now(null)],
    ['occupied', 'charging', 'occupied'],
  ],
])('%s', (_name, makers, told) => {
  expect(play(inTurn(...makers)).told).toEqual(told);
});

test('what is older than the last report is not shown', () => {
  expect(play([reported('Occupied', 10), does('charging', 5)]).told).toEqual(['occupied']);
});

test('of a connector that was never reported the transaction tells all there is', () => {
  expect(play([does('charging', 0)])).toMatchObject({ told: ['charging'], connector: { rawStatus: '' } });
});

test('however they follow each other: nothing is told twice in a row, and a free, faulty or closed connector is shown as one', () => {
  const words = fc.constantFrom<Word>('Available', 'Occupied', 'Faulted', 'Unavailable', 'Reserved').map(says);
  const activities = fc
    .constantFrom<Activity | null>('charging', 'suspended_ev', 'suspended_evse', 'finishing', null)
    .map(now);
  fc.assert(
    fc.property(fc.array(fc.oneof(words, activities), { maxLength: 20 }), words, (makers, last) => {
      const { told, connector } = play(inTurn(...makers, last));
      for (const [i, status] of told.entries()) expect(status).not.toBe(told[i - 1]);
      if (connector?.rawStatus !== 'Occupied') expect(connector?.status).toBe(connector?.rawStatus.toLowerCase());
    }),
  );
});

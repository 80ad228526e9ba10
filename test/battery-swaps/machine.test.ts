import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decide } from '../../src/battery-swaps/machine.ts';
import type { SwapState } from '../../src/battery-swaps/types.ts';
import type { BatterySwapInput } from '../../src/ingest/inputs.ts';
import { after, T0 } from '../support/inputs.ts';

const common = { room: 'battery_swaps', chargePointId: 'cp_1', receivedAt: T0 } as const;
let drawn = 0;
const drawnId = (): string => {
  drawn += 1;
  return `bsw_9${String(drawn).padStart(4, '0')}`;
};
const swapped = (event: 'in' | 'out' | 'out_timeout', serialNumber = 'B-1', requestId = 7): BatterySwapInput => ({
  ...common,
  type: 'swapped',
  swapId: drawnId(),
  ...{ requestId, movement: event },
  tokenUid: 'TAG',
  authorization: 'accepted',
  batteries: [{ evseId: 1, serialNumber, socPercent: event === 'in' ? 12 : 98 }],
});
const requested: BatterySwapInput = {
  ...common,
  type: 'requested',
  swapId: 'bsw_1',
  requestId: 7,
  commandId: 'cmd_1',
  tokenUid: 'TAG',
  requestedBy: 'key_1',
};
const ended = (status: 'accepted' | 'rejected' | 'timed_out'): BatterySwapInput => ({
  ...common,
  type: 'command_ended',
  commandId: 'cmd_1',
  status,
  why: status === 'accepted' ? undefined : 'The charger answered Rejected',
  learned: undefined,
});
function run(inputs: readonly BatterySwapInput[]) {
  let state: SwapState = { swaps: new Map() };
  const ignored: (string | undefined)[] = [];
  inputs.forEach((input, i) => {
    const step = decide(state, input, after(i));
    state = step.state;
    ignored.push(step.ignored);
  });
  const rows = [...state.swaps.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { rows, statuses: rows.map(({ status }) => status), ignored };
}

describe('a swap', () => {
  test('that the station begins by itself has its batteries in and out', () => {
    const { rows } = run([swapped('in', 'OLD'), swapped('out', 'NEW')]);
    expect(rows).toMatchObject([
      { status: 'completed', batteriesIn: [{ serialNumber: 'OLD' }], batteriesOut: [{ serialNumber: 'NEW' }] },
    ]);
  });

  test('that was asked for goes on under its number', () => {
    expect(run([requested, ended('accepted')]).statuses).toEqual(['accepted']);
    const { rows } = run([requested, ended('accepted'), swapped('in'), swapped('out', 'NEW')]);
    expect(rows).toMatchObject([{ id: 'bsw_1', status: 'completed', commandId: 'cmd_1' }]);
  });

  test('is refused or fails with its request, unless batteries move all the same', () => {
    expect(run([requested, ended('rejected')]).statuses).toEqual(['refused']);
    expect(run([requested, ended('timed_out')]).statuses).toEqual(['failed']);
    expect(run([requested, ended('timed_out'), ended('accepted')]).statuses).toEqual(['accepted']);
    expect(run([requested, swapped('in'), ended('timed_out')]).statuses).toEqual(['in_progress']);
  });

  test('whose batteries nobody takes is timed out, until somebody does', () => {
    expect(run([swapped('in'), swapped('out_timeout')]).statuses).toEqual(['timed_out']);
    expect(run([swapped('in'), swapped('out_timeout'), swapped('out', 'NEW')]).statuses).toEqual(['completed']);
  });

  test('that is told twice is one; an old number with other batteries is another', () => {
    const { ignored, rows } = run([swapped('in'), swapped('in'), swapped('out', 'NEW'), swapped('out', 'NEW')]);
    expect(ignored).toEqual([undefined, 'duplicate', undefined, 'duplicate']);
    expect(rows).toHaveLength(1);
    expect(run([swapped('in'), swapped('out', 'NEW'), swapped('in', 'THIRD')]).statuses).toEqual([
      'completed',
      'in_progress',
    ]);
  });

  test('in whatever order: a completed one never changes, and no battery that moved is lost', () => {
    const inputs = fc.constantFrom(
      requested,
      ended('accepted'),
      ended('rejected'),
      swapped('in', 'A'),
      swapped('in', 'B'),
      swapped('out', 'C'),
      swapped('out', 'D'),
      swapped('out_timeout', 'C'),
    );
    fc.assert(
      fc.property(fc.array(inputs, { maxLength: 12 }), (some) => {
        // Ids of repeated inputs would be alike; a handler draws each anew.
        const fresh = some.map((input, i) =>
          input.type === 'swapped' ? { ...input, swapId: `bsw_9${String(i).padStart(3, '0')}` } : input,
        );
        const { rows } = run(fresh);
        const moved = new Set(
          rows.flatMap(({ batteriesIn, batteriesOut }) =>
            [...batteriesIn, ...batteriesOut].map(({ serialNumber }) => serialNumber),
          ),
        );
        for (const input of fresh)
          if (input.type === 'swapped' && input.movement !== 'out_timeout')
            expect(moved).toContain(input.batteries[0]?.serialNumber);
        for (const row of rows)
          expect(row.endedAt !== null).toBe(['completed', 'timed_out', 'refused', 'failed'].includes(row.status));
      }),
    );
  });
});

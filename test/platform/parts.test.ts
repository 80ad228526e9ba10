import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  noParts,
  type Part,
  type Parts,
  partsAtDeadline,
  partsDueAt,
  partsMayCome,
  takePart,
} from '../../src/platform/parts.ts';
import { newTraceId, traceOf, traceparent } from '../../src/platform/trace.ts';

const part = (seqNo: number | undefined, tbc: boolean, items = 1): Part => ({ seqNo, tbc, items });
const fold = (all: readonly Part[], limits?: { parts: number; items: number }) => {
  const verdicts: string[] = [];
  let parts: Parts = noParts;
  for (const each of all) {
    const step = takePart(parts, each, limits);
    verdicts.push(step.verdict);
    parts = step.parts;
  }
  return { parts, verdicts };
};

describe('parts of one answer', () => {
  test('a single part that is not to be continued is all', () => {
    expect(fold([part(0, false, 3)])).toEqual({
      parts: { seen: [[0, 0]], last: 0, items: 3 },
      verdicts: ['complete'],
    });
  });

  test('a part that comes twice counts once', () => {
    const { parts, verdicts } = fold([part(0, true, 2), part(0, true, 2), part(1, false, 5)]);
    expect(verdicts).toEqual(['more', 'duplicate', 'complete']);
    expect(parts.items).toBe(7);
  });

  test('a part without a readable number follows what came', () => {
    expect(fold([part(undefined, true), part(undefined, true), part(undefined, false)]).verdicts).toEqual([
      'more',
      'more',
      'complete',
    ]);
  });

  test('a station that never says tbc is whole with its highest part', () => {
    expect(fold([part(0, false), part(1, false), part(2, false)]).verdicts).toEqual([
      'complete',
      'complete',
      'complete',
    ]);
  });

  test('a negative number, too many parts or too many elements are not used', () => {
    const limits = { parts: 3, items: 10 };
    expect(
      fold([part(-1, true), part(3, true), part(0, true, 11), part(0, true, 10), part(1, true, 1)], limits),
    ).toEqual({
      parts: { seen: [[0, 0]], last: null, items: 10 },
      verdicts: ['too_many', 'too_many', 'too_many', 'more', 'too_many'],
    });
  });

  test('wild gaps end somewhere', () => {
    const wild = Array.from({ length: 300 }, (_, i) => part(i * 2, true));
    const { parts, verdicts } = fold(wild);
    expect(parts.seen).toHaveLength(200);
    expect(verdicts.at(-1)).toBe('too_many');
  });

  test('any order with any repetition ends complete, once, with everything counted once', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 40 })
          .chain((count) =>
            fc.tuple(
              fc.constant(count),
              fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
              fc.array(fc.nat(count - 1), { maxLength: 20 }),
            ),
          ),
        ([count, order, repeated]) => {
          const of = (seqNo: number) => part(seqNo, seqNo < count - 1, seqNo + 1);
          const cut = repeated.length === 0 ? order : [...order.slice(0, 3), ...repeated, ...order.slice(3)];
          const { parts, verdicts } = fold([...cut, ...repeated].map(of));
          expect(parts).toEqual({ seen: [[0, count - 1]], last: count - 1, items: (count * (count + 1)) / 2 });
          expect(verdicts.filter((each) => each === 'complete')).toHaveLength(1);
          expect(verdicts.filter((each) => each === 'duplicate')).toHaveLength(cut.length + repeated.length - count);
        },
      ),
    );
  });

  test('the state is plain data: it survives JSON', () => {
    const { parts } = fold([part(4, false), part(1, true)]);
    const back = JSON.parse(JSON.stringify(parts)) as Parts;
    expect(back).toEqual(parts);
    expect(takePart(back, part(0, true))).toEqual(takePart(parts, part(0, true)));
  });
});

describe('at the deadline', () => {
  test('what counts from 1 was all', () => {
    expect(partsAtDeadline(fold([part(2, false), part(1, true)]).parts)).toEqual({ whole: true });
  });
  test('what is missing is named', () => {
    expect(partsAtDeadline(fold([part(0, true), part(3, true), part(5, false)]).parts)).toEqual({
      whole: false,
      missing: [1, 2, 4],
    });
    expect(partsAtDeadline(fold([part(0, true)]).parts)).toEqual({ whole: false, missing: [1] });
    expect(partsAtDeadline(noParts)).toEqual({ whole: false, missing: [0] });
    expect(partsAtDeadline(fold([part(50, false)]).parts)).toMatchObject({ missing: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] });
  });
  test('each part that comes moves it', () => {
    expect(partsDueAt(new Date(1_000_000)).getTime()).toBe(1_120_000);
  });
});

test('parts may come of a station that agreed, or whose answer was lost', () => {
  expect(partsMayCome({ status: 'accepted' })).toBe(true);
  for (const status of ['failed', 'timed_out', 'cancelled']) {
    expect(partsMayCome({ status, isUnanswered: true })).toBe(true);
    expect(partsMayCome({ status })).toBe(false);
  }
  expect(partsMayCome({ status: 'rejected' })).toBe(false);
});

test('trace ids differ, begin with their time, and are those of W3C Trace Context', () => {
  const ids = Array.from({ length: 2_000 }, newTraceId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(Math.abs(Number.parseInt(newTraceId().slice(0, 12), 16) - Date.now())).toBeLessThan(60_000);
  const header = traceparent(ids[0] ?? '', 'whd_1 1');
  expect(traceOf(header)).toBe(ids[0]);
  expect(traceparent(ids[0] ?? '', 'whd_1 1')).toBe(header);
  expect(traceparent(ids[0] ?? '', 'whd_1 2')).not.toBe(header);
});

test.each([
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', true],
  ['cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-comes-later', true],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more', false],
  ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', false],
  ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01', false],
  ['00-00000000000000000000000000000000-00f067aa0ba902b7-01', false],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01', false],
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7', false],
  ['', false],
  [undefined, false],
])('the traceparent %p is read: %p', (header, isRead) => {
  expect(traceOf(header)).toBe(isRead ? '4bf92f3577b34da6a3ce929d0e0e4736' : undefined);
});

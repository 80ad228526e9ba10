import { describe, expect, test } from '@jest/globals';
import type { PaymentInput } from '../../src/ingest/inputs.ts';
import { decide } from '../../src/payments/machine.ts';
import type { PaymentState } from '../../src/payments/types.ts';
import { tidyVat, vatFault } from '../../src/payments/vat.ts';
import { after, instant, T0 } from '../support/inputs.ts';

const settled = (more: Partial<Extract<PaymentInput, { type: 'settled' }>> = {}): PaymentInput => ({
  room: 'payments',
  type: 'settled',
  chargePointId: 'cp_1',
  receivedAt: T0,
  settlementId: 'stl_1',
  pspRef: 'psp-1',
  status: 'settled',
  amount: '12.5',
  at: instant(after(0)),
  ...more,
});
function run(inputs: readonly PaymentInput[]) {
  let state: PaymentState = { settlements: new Map(), offers: new Map() };
  const ignored: (string | undefined)[] = [];
  const replies: unknown[] = [];
  for (const input of inputs) {
    const step = decide(state, input, after(1));
    state = step.state;
    ignored.push(step.ignored);
    for (const effect of step.effects) if (effect.do === 'reply') replies.push(effect.value);
  }
  return { rows: [...state.settlements.values()], ignored, replies };
}

describe('a settlement', () => {
  test('that is told again is one, and gets the same receipt number', () => {
    const { rows, ignored, replies } = run([settled(), settled({ settlementId: 'stl_2' })]);
    expect(rows).toMatchObject([{ id: 'stl_1', receiptId: 'stl_1', receiptByCsms: true }]);
    expect(ignored).toEqual([undefined, 'duplicate']);
    expect(replies).toEqual([{ receiptId: 'stl_1' }, { receiptId: 'stl_1' }]);
  });

  test("keeps the station's own receipt, and numbers none where nothing was paid", () => {
    expect(run([settled({ receiptId: 'R-7' })])).toMatchObject({
      rows: [{ receiptId: 'R-7', receiptByCsms: false }],
      replies: [{ receiptId: undefined }],
    });
    expect(run([settled({ status: 'canceled' })]).replies).toEqual([{ receiptId: undefined }]);
  });

  test('that failed and was tried again has its story; an older try that is told late changes nothing', () => {
    const failed = settled({ status: 'failed', amount: '12.5', at: instant(after(0)) });
    const again = settled({ at: instant(after(60)) });
    expect(run([failed, again]).rows).toMatchObject([
      { status: 'settled', earlier: [{ status: 'failed', amount: '12.5' }] },
    ]);
    expect(run([again, failed])).toMatchObject({
      rows: [{ status: 'settled', earlier: [] }],
      ignored: [undefined, 'late'],
    });
  });

  test('of another reference is another', () => {
    expect(run([settled(), settled({ pspRef: 'psp-2', settlementId: 'stl_2' })]).rows).toHaveLength(2);
  });
});

describe('a VAT number', () => {
  test.each([
    'ATU12345678',
    'BE0123456789',
    'DE123456789',
    'EL123456789',
    'ESA1234567B',
    'FRAB123456789',
    'GB123456789',
    'IE1234567WA',
    'NL123456789B01',
    'SE123456789001',
    'CHE123456789MWST',
    'NO123456789MVA',
  ])('%s has the form of its country', (number) => {
    expect(vatFault(number)).toBeUndefined();
  });

  test.each(['', 'DE', 'DE12345678', 'DE1234567890', 'XX123456789', 'NL123456789X01A', 'ATX12345678'])(
    '%j has not',
    (number) => {
      expect(vatFault(number)).toEqual(expect.any(String));
    },
  );

  test('is held against the form without blanks, dots and dashes, in upper case', () => {
    expect(tidyVat(' nl 1234.56789-b01 ')).toBe('NL123456789B01');
  });
});

import { expect, test } from '@jest/globals';
import { forgetMonitoring } from '../../src/monitoring/index.ts';

test('values of streams are forgotten as fast as they come: a run ends when nothing too old is left', async () => {
  let left = 3_000_000; // a day of 35 values a second
  const rows = <T>({ name }: { readonly name: string }): Promise<T[]> => {
    const taken = name.startsWith('event_stream_values') ? Math.min(left, 5_000) : 0;
    left -= taken;
    return Promise.resolve(Array.from({ length: taken }) as T[]);
  };
  expect(await forgetMonitoring({ rows }, new Date(), 30)).toBe(3_000_000);
  expect(left).toBe(0);
});

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { coverageFiles, coverageOf16, withCoverage } from '../../scripts/kit/coverage.ts';
import { loadSchemas } from '../../src/ocpp/rpc.ts';
import { exampleOf } from '../support/negatives.ts';
import { expectSound, recorder } from '../v16/support.ts';

const { version } = recorder();

test.each(Object.entries(coverageFiles))('%s says what is served; `npm run docs:coverage` writes it', (file, make) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(text).toBe(withCoverage(text, make()));
});

describe.each(coverageOf16())('$action', ({ action, fromCharger, toCharger, routes }) => {
  test('has a handler or can be sent', () => {
    expect(fromCharger || toCharger).toBe(true);
  });

  test('its example satisfies its schema', () => {
    const made = exampleOf(loadSchemas('ocpp1.6').get(`${action} request`) ?? {}, true);
    expectSound(action, made, 'request');
    const example = version.toCharger.get(action)?.example;
    if (toCharger) expectSound(action, example, 'request');
    else expect(routes).toEqual([]);
  });
});

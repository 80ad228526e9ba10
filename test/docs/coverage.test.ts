import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { coverageFiles, coverageOf, versionOf, withCoverage } from '../../scripts/kit/coverage.ts';
import { createCallValidator } from '../../src/ocpp/index.ts';

test.each(Object.entries(coverageFiles))('%s says what is served; `npm run docs:coverage` writes it', (file, make) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  expect(text).toBe(withCoverage(text, make()));
});

/** Part 2 of each edition, and the security whitepaper: messages, from a charger, to a charger. */
const COUNTS = {
  'ocpp1.6': [39, 14, 26],
  'ocpp2.0.1': [64, 25, 40],
  'ocpp2.1': [91, 37, 55],
} as const;

describe.each(['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const)('%s', (protocol) => {
  const all = coverageOf(protocol);
  const validate = createCallValidator([versionOf(protocol)]);

  test('every message is served in every direction that it has', () => {
    expect(all.filter(({ fromCharger, toCharger }) => !fromCharger && !toCharger)).toEqual([]);
    const from = all.filter(({ fromCharger }) => fromCharger);
    const to = all.filter(({ toCharger }) => toCharger);
    expect([all.length, from.length, to.length]).toEqual(COUNTS[protocol]);
  });

  test.each(all.filter(({ toCharger }) => toCharger))(
    '$action has an example that satisfies its schema',
    ({ action }) => {
      expect(validate(protocol, action, versionOf(protocol).toCharger.get(action)?.example ?? {})).toEqual([]);
    },
  );

  test('a friendly route only sends what can be sent', () => {
    expect(all.filter(({ toCharger, routes }) => !toCharger && routes.length > 0)).toEqual([]);
  });
});

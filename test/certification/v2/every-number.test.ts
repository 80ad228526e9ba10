/** Every number of OCA's tests of a CSMS for OCPP 2.0.1 and 2.1 is a test here. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/**
 * By block, from two public lists: the conformance results that EVtivity publishes for OCPP 2.1, of which numbers below 100 are those
 * of 2.0.1, and the repository AviranAbady/tzi-OCTT. OCA's document was not at hand: what a test does is written from the
 * specification and may differ from OCA's steps.
 */
const NUMBERS: Readonly<Record<string, string>> = {
  A: '01 02 03 04 06 07 08 09 10 11 12 14 19',
  B: '01 02 06 07 08 09 10 12 13 14 18 20 21 22 25 26 27 30 31 42 44 58',
  C: '02 06 07 08 20 37 38 39 40 43 47 48 49 50 51 52',
  D: '01 02 03 04 08 09',
  E: '01 02 03 04 07 08 09 10 11 12 14 15 16 17 19 20 21 22 26 29 30 31 33 34 38 39 53',
  F: '01 02 03 04 06 11 12 13 14 15 18 20 23 24 27',
  G: '03 04 05 06 07 08 11 14 17 20',
  H: '01 07 08 14 15 17 19 20 22',
  I: '01 02',
  J: '01 02 03 04 07 08 09 10 11',
  K: '01 02 03 04 05 06 08 10 15 19 29 30 31 32 33 34 35 36 37 43 44 48 50 51 52 53 55 57 58 59 60 70',
  L: '01 02 03 04 05 06 07 08 09 10 11 13 17 19 20 21 22 23 24',
  M: '01 02 03 04 05 12 13 14 15 16 17 18 19 20 21 24 26 28',
  N: '01 02 03 05 08 09 16 17 18 21 24 25 27 28 29 30 31 32 34 35 36 44 46 47 48 49 50 60 62 63',
  O: '01 02 03 04 05 06 07 08 09 10 11 12 13 14 17 18 19 25 26 27 28',
  P: '02 03',
};
/** What OCPP 2.1 adds. */
const NUMBERS_21: Readonly<Record<string, string>> = {
  B: '100 103 104 105 116',
  C: '103 104 108 113 117 118 119 120 125 126 131 132 133',
  E: '102 106 107 108 109 110 111 113 117',
  F: '100',
  I: '101 102 105 106 109 110 113 114 115 122',
  K: '100 101 102 104 106 109 113 114 115 117 118 121 126',
  M: '100 101',
  N: '100 102 104 105 107',
  O: '100 101',
  Q: '102 103 107 108 109 110 111 112 117 120 121 124',
  R: '107 108',
  S: '102 103',
};

const folder = new URL('./', import.meta.url);
const text = readdirSync(folder)
  .filter((name) => name.endsWith('.journey.test.ts'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');
const told = new Set([...text.matchAll(/TC_([A-S]_\d+)(?:_\d)?_CSMS/g)].map(([, number]) => number));

test.each([
  ['2.0.1', NUMBERS, 251],
  ['2.1', NUMBERS_21, 76],
] as const)('%s: every number is a test', (_version, numbers, count) => {
  const all = Object.entries(numbers).flatMap(([block, list]) => list.split(' ').map((number) => `${block}_${number}`));
  expect(all).toHaveLength(count);
  expect(all.filter((number) => !told.has(number))).toEqual([]);
});

/** Every number of OCA's tests of a central system for OCPP 1.6 is a test here. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

/**
 * Numbers and titles were compared with two public lists of the 77 cases for a central system in OCA's "Compliancy Testing Tool,
 * Test Case Document" (2026-02): pull request 2024 of steve-community/steve, and the conformance results that EVtivity publishes.
 * The document itself was not at hand, so what a test does is written from the specification and may differ from OCA's steps.
 * Numbers that OCA has for charge points only end in _CS: those tests look at the same behaviour from this side.
 */
const NUMBERS = [
  // Core
  '001 003 004_1 004_2 005_1 007 010 011_1 011_2 012 013 014 017_1 017_2 018_1 019_1 019_2 021 023_1 023_2 023_3 024 026 028',
  '030 031 032_1 037_1 037_3 039 040_1 040_2 061 064',
  // Local lists, firmware and diagnostics
  '042_1 042_2 043_1 043_3 043_4 043_5 044_1 044_2 044_3 045_1 045_2',
  // Reservations, triggers, smart charging
  '046 047 048_1 048_2 048_3 048_4 049 051 052 053 054 055 056 057 059 066 067',
  // Security
  '073 074 075_1 075_2 076 077 078 079 080 081 083 085 086 087 088',
].flatMap((line) => line.split(' '));

test('every number is a test, and no other number claims to be one', () => {
  const folder = new URL('./', import.meta.url);
  const text = readdirSync(folder)
    .filter((name) => name.endsWith('.journey.test.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  // The title of a test, or the first word of its row in a table of tests.
  const told = [...text.matchAll(/(?:test\(|\)\(|\[)['"]TC_([\d_]+)_CSMS[ '"]/g)].map(([, number]) => number ?? '');
  expect(NUMBERS).toHaveLength(77);
  expect([...new Set(told)].sort()).toEqual([...NUMBERS].sort());
});

/**
 * Regular expressions of the server and the console that a text could be written for: those that try each way to part it (exponential),
 * and those that look for its end from each of its characters. One that begins anew at each place of a word of its own (`key\w*=`) is
 * not found by this; hostile-texts.test.ts plays such texts to whatever reads those of strangers.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parse } from '@babel/parser';
import { expect, test } from '@jest/globals';
import { analyse } from 'scslre';
import { installationRoot } from '../../src/config/index.ts';

const root = join(installationRoot(), 'src');

/** Theirs is the square of the text's length, and the text is short, whoever wrote it. */
const SHORT: Readonly<Record<string, string>> = {
  'auth/passwords.ts /=+$/': 'Base64 of a hash of ours',
  'charge-points/ocpp-url.ts /\\/+$/': 'a URL of the configuration',
  'config/values.ts /\\/+$/': 'a URL of the configuration',
  'database/migration-author.ts /^_+|_+$/g': 'a name that a developer typed',
  'ocpp/path.ts /^\\/+|\\/+$/g': 'a path of 2,048 characters at most',
  'ocpp/v2/cost-details.ts /\\.?0+$/': 'a number with six digits behind the point',
  'ocpp/v2/from-charger/notify-settlement.ts /0+$/': 'six digits',
  'ocpp/v2/transaction-limit.ts /\\.?0+$/': 'a number with six digits behind the point',
  'pricing/money.ts /\\.?0+$/': 'a decimal of a tariff, which its schema keeps short',
  'pricing/money.ts /0+$/': 'the digits of a number',
  'simulator/charger.ts /\\/+$/': 'an address that the tester typed',
  'simulator/firmware.ts /(\\d+\\.\\d+[\\w.-]*?)(?:\\.\\w+)?$/': 'a file name, of the simulator',
  'tariffs/checks.ts /0+$/': 'a decimal of a tariff, which its schema keeps short',
  'tariffs/default-price.ts /0+$/': 'a decimal of a tariff, which its schema keeps short',
};

type Expression = { readonly place: string; readonly source: string; readonly flags: string };
// Of the tokens of Babel's parser what is read here; it declares them without a type.
type Token = { readonly type: { readonly label: string }; readonly value?: unknown };
const isExpression = (value: unknown): value is { readonly pattern: string; readonly flags: string } =>
  typeof value === 'object' && value !== null && 'pattern' in value && 'flags' in value;

function expressionsOf(file: string): Expression[] {
  const { tokens } = parse(readFileSync(file, 'utf8'), {
    sourceType: 'module',
    plugins: ['typescript', ...(file.endsWith('.tsx') ? (['jsx'] as const) : [])],
    tokens: true,
  });
  return ((tokens ?? []) as readonly Token[]).flatMap(({ type, value }) =>
    type.label === 'regexp' && isExpression(value)
      ? [{ place: relative(root, file), source: value.pattern, flags: value.flags }]
      : [],
  );
}

/** Which of them a text could be written for; a parser of expressions says so, and no clock. */
const slow = (expressions: readonly Expression[]): string[] =>
  expressions
    .filter(({ source, flags }) => analyse({ source, flags }).reports.length > 0)
    .map(({ place, source, flags }) => `${place} /${source}/${flags}`);

test('none can be made slow, but those that look at short texts', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('generated'))
    .map((file) => join(root, file));
  const expressions = files.flatMap(expressionsOf);
  expect(expressions.length).toBeGreaterThan(300);
  expect([...new Set(slow(expressions))].toSorted()).toEqual(Object.keys(SHORT).toSorted());
});

test('one that tries each way to part a text is found, and one that looks for its end from each character', () => {
  const [ways, ends] = [String.raw`^(\w+\s?)*$`, String.raw`\s+$`];
  const found = [ways, ends, '^[a-z]+$'].map((source) => ({ place: 'a.ts', source, flags: '' }));
  expect(slow(found)).toEqual([`a.ts /${ways}/`, `a.ts /${ends}/`]);
});

/** Diagrams and tables of the documents are what the code decides by. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { generatedParts, withParts } from '../../scripts/kit/generated-parts.ts';
import { installationRoot } from '../../src/config/index.ts';
import { machineDiagram } from '../../src/platform/machine-diagram.ts';

test.each(Object.entries(generatedParts))(
  '%s shows its machines as they are; `npm run docs:machines` writes it',
  (file, parts) => {
    const text = readFileSync(join(installationRoot(), file), 'utf8');
    expect(text).toBe(withParts(text, parts));
  },
);

test('a diagram has every edge of the table once, and what may happen everywhere around all', () => {
  const rules = { a: { go: 'b', stay: 'a' }, b: {}, dead: {} };
  expect(machineDiagram(rules, { initial: 'a', everywhere: { failed: 'dead' } }).split('\n')).toEqual([
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> open',
    '  state open {',
    '    [*] --> a',
    '    a --> b: go',
    '    a --> a: stay',
    '    b --> [*]',
    '  }',
    '  open --> dead: failed',
    '```',
  ]);
});

test('a document without a place for a part is told where to make one', () => {
  expect(() => withParts('text', { it: () => 'x' })).toThrow('there is no place for it');
});

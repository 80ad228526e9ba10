/** The diagram of docs/authorization.md is the table of the machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { reservationRules } from '../../src/reservations/index.ts';

test('docs/authorization.md shows the statuses of a reservation as they move', () => {
  const edges = Object.entries(reservationRules).flatMap(([from, moves]) =>
    Object.entries(moves).map(([happening, to]) => `  ${from} --> ${to}: ${happening}`),
  );
  const diagram = ['```mermaid', 'stateDiagram-v2', '  [*] --> requested', ...edges, '```'].join('\n');
  expect(readFileSync(join(installationRoot(), 'docs/authorization.md'), 'utf8')).toContain(diagram);
});

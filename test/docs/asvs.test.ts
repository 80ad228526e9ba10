/** docs/asvs.csv answers OWASP ASVS 5.0.0, levels 1 and 2, whole, with tests and files that exist; docs/security.md sums it up. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';

const root = installationRoot();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Section → its requirements of level 1, and of level 2; those of level 3 (92) are not answered. */
const REQUIREMENTS: Readonly<Record<string, readonly [level1: readonly number[], level2: readonly number[]]>> = {
  'V1.1': [[], [1, 2]],
  'V1.2': [
    [1, 2, 3, 4, 5],
    [6, 7, 8, 9],
  ],
  'V1.3': [
    [1, 2],
    [3, 4, 5, 6, 7, 8, 9, 10, 11],
  ],
  'V1.4': [[], [1, 2, 3]],
  'V1.5': [[1], [2]],
  'V2.1': [[1], [2, 3]],
  'V2.2': [[1, 2], [3]],
  'V2.3': [[1], [2, 3, 4]],
  'V2.4': [[], [1]],
  'V3.2': [[1, 2], []],
  'V3.3': [[1], [2, 3, 4]],
  'V3.4': [
    [1, 2],
    [3, 4, 5, 6],
  ],
  'V3.5': [
    [1, 2, 3],
    [4, 5],
  ],
  'V3.7': [[], [1, 2]],
  'V4.1': [[1], [2, 3]],
  'V4.2': [[], [1]],
  'V4.3': [[], [1, 2]],
  'V4.4': [[1], [2, 3, 4]],
  'V5.1': [[], [1]],
  'V5.2': [[1, 2], [3]],
  'V5.3': [[1, 2], []],
  'V5.4': [[], [1, 2, 3]],
  'V6.1': [[1], [2, 3]],
  'V6.2': [
    [1, 2, 3, 4, 5, 6, 7, 8],
    [9, 10, 11, 12],
  ],
  'V6.3': [
    [1, 2],
    [3, 4],
  ],
  'V6.4': [
    [1, 2],
    [3, 4],
  ],
  'V6.5': [[], [1, 2, 3, 4, 5]],
  'V6.6': [[], [1, 2, 3]],
  'V6.8': [[], [1, 2, 3, 4]],
  'V7.1': [[], [1, 2, 3]],
  'V7.2': [[1, 2, 3, 4], []],
  'V7.3': [[], [1, 2]],
  'V7.4': [
    [1, 2],
    [3, 4, 5],
  ],
  'V7.5': [[], [1, 2]],
  'V7.6': [[], [1, 2]],
  'V8.1': [[1], [2]],
  'V8.2': [[1, 2], [3]],
  'V8.3': [[1], []],
  'V8.4': [[], [1]],
  'V9.1': [[1, 2, 3], []],
  'V9.2': [[1], [2, 3, 4]],
  'V10.1': [[], [1, 2]],
  'V10.2': [[], [1, 2]],
  'V10.3': [[], [1, 2, 3, 4]],
  'V10.4': [
    [1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10, 11],
  ],
  'V10.5': [[], [1, 2, 3, 4, 5]],
  'V10.6': [[], [1, 2]],
  'V10.7': [[], [1, 2, 3]],
  'V11.1': [[], [1, 2]],
  'V11.2': [[], [1, 2, 3]],
  'V11.3': [[1, 2], [3]],
  'V11.4': [[1], [2, 3, 4]],
  'V11.5': [[], [1]],
  'V11.6': [[], [1]],
  'V12.1': [[1], [2, 3]],
  'V12.2': [[1, 2], []],
  'V12.3': [[], [1, 2, 3, 4]],
  'V13.1': [[], [1]],
  'V13.2': [[], [1, 2, 3, 4, 5]],
  'V13.3': [[], [1, 2]],
  'V13.4': [[1], [2, 3, 4, 5]],
  'V14.1': [[], [1, 2]],
  'V14.2': [[1], [2, 3, 4]],
  'V14.3': [[1], [2, 3]],
  'V15.1': [[1], [2, 3]],
  'V15.2': [[1], [2, 3]],
  'V15.3': [[1], [2, 3, 4, 5, 6, 7]],
  'V16.1': [[], [1]],
  'V16.2': [[], [1, 2, 3, 4, 5]],
  'V16.3': [[], [1, 2, 3, 4]],
  'V16.4': [[], [1, 2, 3]],
  'V16.5': [[], [1, 2, 3]],
  'V17.1': [[], [1]],
  'V17.2': [[], [1, 2, 3, 4]],
  'V17.3': [[], [1, 2]],
};

type Row = { id: string; level: string; subject: string; answer: string; why: string; where: string; test: string };
const [head, ...rows] = read('docs/asvs.csv')
  .trimEnd()
  .split('\n')
  .map((line) => [...line.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)].map(([, cell = '']) => cell.replaceAll('""', '"')));
const columns = ['id', 'level', 'subject', 'answer', 'why', 'where', 'test'];
const answers = rows.map((cells) => Object.fromEntries(columns.map((name, i) => [name, cells[i]])) as Row);

test('every requirement of levels 1 and 2 is answered, once, in order', () => {
  const wanted = Object.entries(REQUIREMENTS).flatMap(([section, levels]) =>
    levels
      .flatMap((numbers, i) => numbers.map((number) => ({ number, level: String(i + 1) })))
      .sort((a, b) => a.number - b.number)
      .map(({ number, level }) => `${section}.${number} ${level}`),
  );
  expect(head).toEqual(columns);
  expect(wanted.filter((each) => each.endsWith(' 1'))).toHaveLength(70);
  expect(wanted.filter((each) => each.endsWith(' 2'))).toHaveLength(183);
  expect(answers.map(({ id, level }) => `${id} ${level}`)).toEqual(wanted);
});

describe.each(answers.map((row) => [row.id, row] as const))('%s', (_id, row) => {
  test('has an answer, a reason, and files and a test that exist', () => {
    const { subject, answer, why, where, test: proof } = row;
    expect(['met', 'not met', 'not applicable']).toContain(answer);
    expect(subject).toMatch(/^\S.{2,60}$/);
    expect(why).toMatch(/^[A-Z0-9_].{10,400}[.]$/);
    const files = where.split(' ').filter((file) => file !== '');
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    if (answer === 'not applicable') expect([where, proof]).toEqual(['', '']);
    else expect(files).not.toEqual([]);
    if (answer === 'not met') expect(proof).toBe('');
    // what a document meets is read, and not tested
    if (answer === 'met' && !files.some((file) => file.startsWith('docs/'))) expect(proof).not.toBe('');
    if (proof !== '') {
      const [file = '', ...name] = proof.split('#');
      expect(file).toMatch(/^test\/.*\.test\.ts$/);
      const names = read(file).split('\n');
      const part = name.join('#');
      expect(part.length).toBeGreaterThan(8);
      expect([part, names.some((line) => line.includes(part) && !/^\s*(?:\/\/|\*)/.test(line))]).toEqual([part, true]);
    }
  });
});

test('docs/security.md shows how many are met, chapter by chapter', () => {
  const kinds = ['met', 'not applicable', 'not met'];
  const line = (name: string, of: readonly Row[]): string =>
    `| ${[name, ...kinds.map((kind) => of.filter(({ answer }) => answer === kind).length)].join(' | ')} |`;
  const chapters = [...new Set(answers.map(({ id }) => id.split('.')[0] ?? ''))];
  const table = [
    `| chapter | ${kinds.join(' | ')} |`,
    '|---|---|---|---|',
    ...chapters.map((chapter) =>
      line(
        `${chapter} ${NAMES[chapter]}`,
        answers.filter(({ id }) => id.startsWith(`${chapter}.`)),
      ),
    ),
    line('all', answers),
  ].join('\n');
  const [, shown] = /<!-- asvs -->\n([\s\S]*?)\n<!-- \/asvs -->/.exec(read('docs/security.md')) ?? [];
  expect(shown).toBe(table);
});

/** In our words. */
const NAMES: Readonly<Record<string, string>> = {
  V1: 'encoding',
  V2: 'input and business logic',
  V3: 'browsers',
  V4: 'API',
  V5: 'files',
  V6: 'authentication',
  V7: 'sessions',
  V8: 'authorization',
  V9: 'tokens',
  V10: 'OAuth and OIDC',
  V11: 'cryptography',
  V12: 'TLS',
  V13: 'configuration',
  V14: 'data protection',
  V15: 'architecture and components',
  V16: 'logs and errors',
  V17: 'WebRTC',
};

/** docs/asvs.csv answers OWASP ASVS 5.0.0, levels 1 and 2, whole, with tests and files that exist; docs/security.md sums it up. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
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
const KINDS = ['met', 'not applicable', 'not met'];
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

/** What is wrong with an answer, in words. */
function* faultsOf({ subject, answer, why, where, test: proof }: Row): Generator<string> {
  const files = where.split(' ').filter((file) => file !== '');
  if (!KINDS.includes(answer)) yield `"${answer}" is no answer`;
  if (!/^\S.{2,60}$/.test(subject)) yield 'it does not say what it is about';
  if (!/^[A-Z0-9].{10,400}[.]$/.test(why)) yield 'its reason is no sentence';
  for (const file of files) if (!existsSync(join(root, file))) yield `there is no ${file}`;
  if (answer === 'not applicable' && where + proof !== '') yield 'what does not apply stands nowhere';
  if (answer !== 'not applicable' && files.length === 0) yield 'it does not say where';
  if (answer === 'not met' && proof !== '') yield 'what is not met has no test';
  // what a document meets is read, and not tested
  const isDocument = files.some((file) => file.startsWith('docs/'));
  if (answer === 'met' && !isDocument && proof === '') yield 'no test shows it';
  if (proof === '') return;
  const [, file = '', name = ''] = /^(test\/.+\.test\.ts)#(.{9,})$/.exec(proof) ?? [];
  if (file === '' || !existsSync(join(root, file))) yield `there is no test ${proof}`;
  else if (!linesOf(file).some((line) => line.includes(name))) yield `${file} has no test "${name}"`;
}

const known = new Map<string, string[]>();
/** Without comments. */
function linesOf(file: string): string[] {
  const lines =
    known.get(file) ??
    read(file)
      .split('\n')
      .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line));
  known.set(file, lines);
  return lines;
}

test('each answer has a reason, and files and a test that exist', () => {
  expect(answers.flatMap((row) => [...faultsOf(row)].map((fault) => `${row.id}: ${fault}`))).toEqual([]);
});

test('what is no proof is told', () => {
  const fine: Row = {
    ...{ id: 'V1.1.1', level: '1', subject: 'Something', answer: 'met', why: 'It is so because of that.' },
    ...{ where: 'src/main.ts', test: 'test/docs/asvs.test.ts#what is no proof is told' },
  };
  const faults = (change: Partial<Row>): string[] => [...faultsOf({ ...fine, ...change })];
  expect(faults({})).toEqual([]);
  expect(faults({ test: '' })).toEqual(['no test shows it']);
  expect(faults({ where: 'src/nowhere.ts' })).toEqual(['there is no src/nowhere.ts']);
  expect(faults({ test: 'test/nowhere.test.ts#what is no proof' })).toEqual([
    'there is no test test/nowhere.test.ts#what is no proof',
  ]);
  const unknown = ['of another', 'name'].join(' ');
  expect(faults({ test: `test/docs/asvs.test.ts#${unknown}` })).toEqual([
    `test/docs/asvs.test.ts has no test "${unknown}"`,
  ]);
  expect(faults({ answer: 'not met' })).toEqual(['what is not met has no test']);
  expect(faults({ answer: 'perhaps', test: '' })).toEqual(['"perhaps" is no answer']);
});

test('docs/security.md shows how many are met, chapter by chapter', () => {
  const line = (name: string, of: readonly Row[]): string =>
    `| ${[name, ...KINDS.map((kind) => of.filter(({ answer }) => answer === kind).length)].join(' | ')} |`;
  const chapters = [...new Set(answers.map(({ id }) => id.split('.')[0] ?? ''))];
  const table = [
    `| chapter | ${KINDS.join(' | ')} |`,
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

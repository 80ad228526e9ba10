/** What the documents promise by name is there: files, npm scripts, admin scripts, variables, metrics. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { variableNames } from '../../src/config/variables.ts';

const root = installationRoot();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const filesBelow = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

const documents = [...readdirSync(root).filter((name) => name.endsWith('.md')), ...filesBelow('docs', '.md')];
const { scripts: npmScripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

/** As GitHub makes them. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ +(.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test('there are documents to look at', () => {
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'docs/architecture.md']),
  );
});

describe.each(documents)('%s', (document) => {
  const text = read(document);
  const prose = text.replace(/^```[\s\S]*?^```/gm, '');

  test('its relative links lead somewhere', () => {
    const dead = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? document : relative(root, join(root, dirname(document), path));
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && !anchorsOf(read(file)).includes(anchor);
      });
    expect(dead).toEqual([]);
  });

  test('the npm scripts that it names exist', () => {
    const named = [...text.matchAll(/\bnpm (?:run (?:--silent )?([a-z][\w:-]*)|(start|test)\b)/g)].map(
      ([, a, b]) => a ?? b ?? '',
    );
    expect(named.filter((name) => !Object.hasOwn(npmScripts, name))).toEqual([]);
  });

  test('the scripts that it names exist and can be called', () => {
    const named = [...text.matchAll(/(?<![\w/.])scripts\/([a-z][a-z-]*(?:\.mjs|\.ts)?)(?![\w/])/g)].map(
      ([, name = '']) => name,
    );
    const missing = named.filter((name) => {
      const file = join(root, 'scripts', name);
      const isFolder = existsSync(file) && statSync(file).isDirectory();
      if (!existsSync(file) || isFolder) return true;
      return !name.includes('.') && (statSync(file).mode & 0o111) === 0;
    });
    expect(missing).toEqual([]);
  });

  test('the variables that it names exist', () => {
    const others = ['TEST_DATABASE_URL', 'TLS_RSA', 'FUZZ_FRAMES', 'REST_FUZZ_RUNS', 'REST_FUZZ_SEED'];
    const named = [...prose.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(([, name = '']) => name);
    const known: readonly string[] = [...variableNames, ...others];
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

test('README leads from the two commands to the demo, to a session and to its webhooks, and says where the rest stands', () => {
  const readme = read('README.md');
  const order = ['npm start', 'npm test', 'npm run demo', 'scripts/simulate', 'scripts/webhook-listen', '/deliveries'];
  const places = order.map((words) => readme.indexOf(words));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('docs/operations.md lists every metric and no other', () => {
  const declared = filesBelow('src', '.ts').flatMap((file) =>
    [...read(file).matchAll(/metrics\s*\.\s*(?:counter|histogram|gauges?|total)(?:<[^>]*>)?\(\s*'([a-z_]+)'/g)].map(
      ([, name = '']) => `dynamo_${name}`,
    ),
  );
  const listed = [...read('docs/operations.md').matchAll(/`(dynamo_[a-z_]+)/g)].map(([, name = '']) => name);
  expect(declared.length).toBeGreaterThan(10);
  expect([...new Set(listed)].sort()).toEqual([...new Set(declared)].sort());
});

test('every admin script is listed in docs/operations.md', () => {
  const wrappers = readdirSync(join(root, 'scripts')).filter(
    (name) => !name.includes('.') && statSync(join(root, 'scripts', name)).isFile(),
  );
  const operations = read('docs/operations.md');
  expect(wrappers.filter((name) => !operations.includes(`\`scripts/${name}\``))).toEqual([]);
});

test('no document shows a key that somebody could use', () => {
  const shown = [...documents, '.env.example'].filter((document) =>
    /[A-Za-z0-9+/]{43}=|dyn_live_[0-9A-Za-z]{20,}/.test(read(document)),
  );
  expect(shown).toEqual([]);
});

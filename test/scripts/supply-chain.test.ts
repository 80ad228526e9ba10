/** scripts/sbom.mjs and scripts/audit-dependencies.mjs: what is told of the packages that the server runs with. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';

const root = installationRoot();
const folder = mkdtempSync(join(tmpdir(), 'dynamo-supply-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Ran = { code: number; out: string };
const run = (script: string, args: string[], env: Record<string, string> = {}): Promise<Ran> =>
  new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 50_000_000 };
    execFile(process.execPath, [join(root, 'scripts', script), ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out: out + err }),
    );
  });
const json = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

describe('the bill of materials', () => {
  test('names what the server imports, with hashes and licences, and no tool', async () => {
    const { code, out } = await run('sbom.mjs', ['-']);
    expect(code).toBe(0);
    const bom = JSON.parse(out) as Bom;
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: 'dynamo-csms' } } });
    const named = new Map(bom.components.map((component) => [component.name, component]));
    const { dependencies, devDependencies } = json('package.json');
    for (const name of [...Object.keys(dependencies), ...imported()])
      expect([name, named.has(name)]).toEqual([name, true]);
    for (const name of ['jest', 'typescript', 'prisma']) {
      expect(devDependencies).toHaveProperty(name);
      expect(named.has(name)).toBe(false);
    }
    expect(bom.components.filter(({ hashes }) => hashes?.[0]?.alg !== 'SHA-512')).toEqual([]);
    // judged by hand in check-dependencies.mjs
    expect(bom.components.filter(({ licenses }) => licenses === undefined).map(({ name }) => name)).toEqual([
      'png-js',
      'precond',
    ]);
    const refs = new Set([
      bom.metadata.component['bom-ref'],
      ...bom.components.map((component) => component['bom-ref']),
    ]);
    expect(
      bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]).filter((ref) => !refs.has(ref)),
    ).toEqual([]);
  });

  /** Packages whose code the sources name. */
  function imported(): Set<string> {
    const names = new Set<string>();
    for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    ))
      for (const [, from = ''] of readFileSync(join(root, 'src', file), 'utf8').matchAll(
        /^(?:import (?!type )|\} ).*from '([^.'][^']*)';$/gm,
      ))
        if (!from.startsWith('node:')) names.add(/^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? from);
    expect(names.has('express')).toBe(true);
    return names;
  }
});

type Component = { 'bom-ref': string; name: string; hashes?: { alg: string }[]; licenses?: unknown[] };
type Bom = {
  metadata: { component: Component };
  components: Component[];
  dependencies: { ref: string; dependsOn: string[] }[];
};

describe('known faults of packages', () => {
  const fault = (name: string, severity: string) => ({
    ...{ name, severity, range: '<99', nodes: [`node_modules/${name}`] },
    via: [{ title: 'Something bad', url: 'https://example.com/GHSA-x' }],
  });
  const judged = (report: object): Promise<Ran> => {
    const file = join(folder, `${Math.random()}.json`);
    writeFileSync(file, JSON.stringify(report));
    return run('audit-dependencies.mjs', ['--report', file]);
  };

  test.each([
    [
      'a critical one of the server',
      fault('ws', 'critical'),
      1,
      'critical: ws <99: Something bad https://example.com/GHSA-x',
    ],
    ['a high one of the server', fault('pg', 'high'), 1, 'high: pg'],
    ['a moderate one of the server', fault('ws', 'moderate'), 0, 'moderate: ws'],
    ['a critical one of a tool', fault('jest', 'critical'), 0, '0 high or critical, 0 others; 1 in tools'],
  ])('%s', async (_name, found, code, said) => {
    const ran = await judged({ vulnerabilities: { [found.name]: found } });
    expect(ran).toEqual({ code, out: expect.stringContaining(said) });
  });

  test('a registry that cannot be asked is told aloud, and is neither good nor bad', async () => {
    expect(await judged({ message: '405 Method Not Allowed - POST', error: {} })).toEqual({
      code: 77,
      out: expect.stringMatching(/^SKIPPED: .*405 Method Not Allowed/),
    });
    const refused = await asking((_req, res) => void res.writeHead(405).end(), '50000');
    expect(refused).toEqual({ code: 77, out: expect.stringMatching(/^SKIPPED: .*405/) });
  });

  test('a registry that never answers holds nobody up', async () => {
    const ran = await asking(() => {}, '3000');
    expect(ran).toEqual({ code: 77, out: expect.stringMatching(/^SKIPPED: .*no answer within 3 s/) });
  });

  async function asking(registry: RequestListener, limitMs: string): Promise<Ran> {
    const server = createServer(registry).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const npm_config_registry = `http://127.0.0.1:${port}/`;
      return await run('audit-dependencies.mjs', [], { npm_config_registry, AUDIT_LIMIT_MS: limitMs });
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
});

/**
 * What CI has no engine for (images, clusters) is read: that it is well-formed, names what exists, and keeps what docs/deployment.md promises.
 * systemd's own verifier reads the unit where it is installed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { validate } from 'dockerfile-utils';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { z } from 'zod';
import { installationRoot, loadConfig } from '../../src/config/index.ts';
import { variableNames } from '../../src/config/variables.ts';
import { parseKeyRing } from '../../src/secrets/key-text.ts';

const root = installationRoot();
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const { safeLoad } = createRequire(import.meta.url)('js-yaml') as { safeLoad(text: string): unknown }; // its own promise; it brings no types
/** By kind: of the schemas of Kubernetes itself. `validate` throws. */
type Models = Record<string, (new (manifest: never) => { validate(): void }) | undefined>;
const yaml = (path: string): unknown => safeLoad(read(path));
const models: Readonly<Models> = { Deployment, PersistentVolumeClaim, PodDisruptionBudget, Secret, Service };
const known: readonly string[] = [...variableNames, 'NODE_ENV'];

describe('Dockerfile', () => {
  const lines = read('Dockerfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const of = (word: string, from = lines): string[] =>
    from.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));

  test('consists of instructions, in stages from images with a version', () => {
    const instructions = [
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'LABEL',
      'ENV',
      'VOLUME',
      'EXPOSE',
      'USER',
      'STOPSIGNAL',
      'HEALTHCHECK',
      'CMD',
    ];
    expect(lines.filter((line) => !instructions.includes(line.split(' ')[0] ?? ''))).toEqual([]);
    expect(of('FROM').every((from) => /^node:\d+-[a-z]+-slim( AS [a-z]+)?$/.test(from))).toBe(true);
    const [major] = /\d+/.exec(of('FROM')[0] ?? '') ?? [];
    expect(JSON.parse(read('package.json')).engines.node).toContain(`>=${major}`);
  });

  test('has no fault for the linter of its language', () => {
    expect(validate(read('Dockerfile'))).toEqual([]);
    expect(validate(read('Dockerfile').replace('EXPOSE ', 'EXPOSED '))).not.toEqual([]);
  });

  test('ends as a user without rights over the program, and holds only what is run', () => {
    expect(of('USER', last)).toEqual(['1000:1000']);
    expect(last.indexOf('USER 1000:1000')).toBeLessThan(last.findIndex((line) => line.startsWith('CMD')));
    expect(of('COPY', last).every((copy) => copy.startsWith('--from=build /app/') && !copy.includes('--chown'))).toBe(
      true,
    );
    expect(of('COPY', last).join(' ')).not.toMatch(/\/app\/(src|test|\.env |data)/);
    const copied = of('COPY', last).flatMap((copy) => [...copy.matchAll(/\/app\/(\S+)/g)].map(([, path = '']) => path));
    const made = ['dist', 'node_modules'];
    expect(copied.filter((path) => !made.includes(path) && !existsSync(join(root, path)))).toEqual([]);
    expect(copied).toEqual(expect.arrayContaining(['package.json', 'prisma/migrations', 'scripts', ...made]));
  });

  test('starts what npm start starts, and its variables exist', () => {
    const command = JSON.parse(of('CMD')[0] ?? '[]') as string[];
    expect(`exec ${command.join(' ')}`).toBe(JSON.parse(read('package.json')).scripts.start);
    const named = of('ENV').flatMap((env) => [...env.matchAll(/([A-Z_]+)=/g)].map(([, name = '']) => name));
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    const probe = JSON.parse(/CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0] ?? '')?.[1] ?? '[]') as string[];
    expect(spawnSync(process.execPath, ['--check', '-'], { input: probe[2] }).status).toBe(0);
    expect(probe[2]).toContain('/readyz');
  });

  test("is not sent what is nobody else's business", () => {
    const ignored = read('.dockerignore').split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.git', '.env', 'data', 'node_modules', 'dist', 'src/generated']));
    expect(ignored.indexOf('!.env.example')).toBeGreaterThan(ignored.indexOf('.env.*'));
  });
});

test('compose.yaml: a healthy database before the server, no privilege, no secret with a default', () => {
  const service = z.object({
    environment: z.record(z.string(), z.string()),
    networks: z.array(z.string()),
    volumes: z.array(z.string()),
  });
  const compose = z
    .object({
      services: z.object({
        database: service.extend({
          image: z.string().regex(/^postgres:\d+-/),
          healthcheck: z.object({ test: z.array(z.string()) }),
        }),
        csms: service.extend({
          depends_on: z.object({ database: z.object({ condition: z.literal('service_healthy') }) }),
          read_only: z.literal(true),
          cap_drop: z.tuple([z.literal('ALL')]),
          security_opt: z.tuple([z.literal('no-new-privileges:true')]),
          stop_grace_period: z.string().regex(/^([2-9]\d)s$/),
        }),
      }),
      volumes: z.record(z.string(), z.unknown()),
      networks: z.record(z.string(), z.unknown()),
    })
    .parse(yaml('compose.yaml'));
  const { database, csms } = compose.services;
  expect(Object.keys(csms.environment).filter((name) => !known.includes(name))).toEqual([]);
  for (const secret of [
    csms.environment['SECRET_KEYS'],
    csms.environment['DATABASE_URL'],
    database.environment['POSTGRES_PASSWORD'],
  ])
    expect(secret).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/);
  // nobody else reaches the database
  expect(database.networks).toEqual(['inside']);
  expect(compose.networks['inside']).toEqual({ internal: true });
  for (const { networks, volumes } of [database, csms]) {
    expect(networks.filter((name) => !Object.hasOwn(compose.networks, name))).toEqual([]);
    expect(volumes.filter((volume) => !Object.hasOwn(compose.volumes, volume.split(':')[0] ?? ''))).toEqual([]);
  }
});

describe('deploy/kubernetes', () => {
  const labels = z.record(z.string(), z.string());
  const probe = z.strictObject({
    httpGet: z.strictObject({ path: z.enum(['/livez', '/readyz']), port: z.literal('http') }),
    periodSeconds: z.int(),
    timeoutSeconds: z.int().optional(),
    failureThreshold: z.int(),
  });
  const env = z.strictObject({
    name: z.string(),
    value: z.string().optional(),
    valueFrom: z
      .strictObject({
        secretKeyRef: z.strictObject({ name: z.string(), key: z.string(), optional: z.boolean().optional() }),
      })
      .optional(),
  });
  const deployment = z.strictObject({
    apiVersion: z.literal('apps/v1'),
    kind: z.literal('Deployment'),
    metadata: z.strictObject({ name: z.string(), labels }),
    spec: z.strictObject({
      replicas: z.int(),
      selector: z.strictObject({ matchLabels: labels }),
      strategy: z.strictObject({
        type: z.literal('RollingUpdate'),
        rollingUpdate: z.strictObject({ maxUnavailable: z.literal(0), maxSurge: z.int().min(1) }),
      }),
      template: z.strictObject({
        metadata: z.strictObject({ labels }),
        spec: z.strictObject({
          automountServiceAccountToken: z.literal(false),
          terminationGracePeriodSeconds: z.int(),
          securityContext: z.looseObject({
            runAsNonRoot: z.literal(true),
            runAsUser: z.literal(1000),
            fsGroup: z.literal(1000),
          }),
          topologySpreadConstraints: z.array(z.looseObject({ labelSelector: z.strictObject({ matchLabels: labels }) })),
          containers: z.tuple([
            z.strictObject({
              name: z.string(),
              image: z.string(),
              ports: z.tuple([z.strictObject({ name: z.literal('http'), containerPort: z.int() })]),
              env: z.array(env),
              startupProbe: probe,
              readinessProbe: probe,
              livenessProbe: probe,
              lifecycle: z.strictObject({
                preStop: z.strictObject({ exec: z.strictObject({ command: z.array(z.string()) }) }),
              }),
              resources: z.strictObject({ requests: labels, limits: labels }),
              securityContext: z.strictObject({
                allowPrivilegeEscalation: z.literal(false),
                readOnlyRootFilesystem: z.literal(true),
                capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
              }),
              volumeMounts: z.array(z.strictObject({ name: z.string(), mountPath: z.string() })),
            }),
          ]),
          volumes: z.array(
            z.looseObject({
              name: z.string(),
              persistentVolumeClaim: z.strictObject({ claimName: z.string() }).optional(),
            }),
          ),
        }),
      }),
    }),
  });
  const named = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });
  const all = new Map(
    readdirSync(join(root, 'deploy/kubernetes')).map((file) => {
      const parsed = named.parse(yaml(`deploy/kubernetes/${file}`));
      return [parsed.kind, parsed];
    }),
  );
  const { spec, metadata } = deployment.parse(all.get('Deployment'));
  const { spec: pod } = spec.template;
  const [container] = pod.containers;

  test.each([...all])('%s is what the schema of Kubernetes wants', (kind, manifest) => {
    const Model = models[kind];
    if (Model === undefined) throw new Error(`There is no schema of ${kind}`);
    const judge = (given: unknown) => () => new Model(given as never).validate();
    expect(judge(manifest)).not.toThrow();
    expect(judge({ ...manifest, metadata: { name: 7 } })).toThrow();
  });

  test('selectors, volumes and secrets lead to what is there', () => {
    expect([...all.keys()].sort()).toEqual([
      'Deployment',
      'PersistentVolumeClaim',
      'PodDisruptionBudget',
      'Secret',
      'Service',
    ]);
    const own = spec.selector.matchLabels;
    expect(spec.template.metadata.labels).toMatchObject(own);
    expect(metadata.labels).toEqual(spec.template.metadata.labels);
    expect(all.get('Service')).toMatchObject({
      apiVersion: 'v1',
      spec: { selector: own, ports: [{ targetPort: 'http' }] },
    });
    expect(all.get('PodDisruptionBudget')).toMatchObject({
      apiVersion: 'policy/v1',
      spec: { maxUnavailable: 1, selector: { matchLabels: own } },
    });
    expect(pod.topologySpreadConstraints[0]?.labelSelector.matchLabels).toEqual(own);
    const claims = pod.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []);
    expect(claims).toEqual([all.get('PersistentVolumeClaim')?.metadata.name]);
    // several pods on several nodes
    expect(all.get('PersistentVolumeClaim')).toMatchObject({ spec: { accessModes: ['ReadWriteMany'] } });
    expect(container.volumeMounts.map(({ name }) => name)).toEqual(pod.volumes.map(({ name }) => name));
    const secret = z.object({ metadata: z.object({ name: z.string() }), stringData: labels }).parse(all.get('Secret'));
    for (const { valueFrom } of container.env) {
      if (valueFrom === undefined) continue;
      expect(valueFrom.secretKeyRef.name).toBe(secret.metadata.name);
      expect(secret.stringData).toHaveProperty(valueFrom.secretKeyRef.key);
    }
    expect(container.env.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([]);
    // what is applied as it is must not start
    expect(parseKeyRing(secret.stringData['SECRET_KEYS'] ?? '').faults).not.toEqual([]);
  });

  test('a pod is asked for the right thing, and has the time that a clean end takes', () => {
    expect([container.startupProbe, container.livenessProbe].map(({ httpGet }) => httpGet.path)).toEqual([
      '/livez',
      '/livez',
    ]);
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    const [node, flag, program = ''] = container.lifecycle.preStop.exec.command;
    expect([node, flag]).toEqual(['node', '-e']);
    const preStopS = Number(/, (\d+)\)$/.exec(program)?.[1]) / 1000;
    // out of the service's list before it stops to accept; then the 10 s of docs/operations.md, and some
    expect(preStopS).toBeGreaterThanOrEqual(5);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(preStopS + 15);
    expect(spec.replicas).toBeGreaterThan(1);
  });
});

describe('deploy/systemd/dynamo-csms.service', () => {
  const unit = read('deploy/systemd/dynamo-csms.service');
  const of = (name: string): string[] =>
    [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);

  test('starts what npm start starts, without rights, and lets it end', () => {
    const start = JSON.parse(read('package.json')).scripts.start as string;
    expect(of('ExecStart')).toEqual([start.replace('exec node', '/usr/bin/node')]);
    expect([of('User'), of('NoNewPrivileges'), of('ProtectSystem'), of('CapabilityBoundingSet')]).toEqual([
      ['dynamo-csms'],
      ['yes'],
      ['strict'],
      [''],
    ]);
    // JIT: with it Node does not start
    expect(of('MemoryDenyWriteExecute')).toEqual([]);
    expect(of('KillMode')).toEqual(['mixed']);
    expect(Number(of('TimeoutStopSec')[0])).toBeGreaterThan(20);
    const named = of('Environment').map((each) => each.split('=')[0] ?? '');
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
    expect(
      unit.split('\n').filter((line) => !/^(#.*|\[(Unit|Service|Install)\]|[A-Z][A-Za-z]+=.*|)$/.test(line)),
    ).toEqual([]);
  });

  test('as its header says, the server starts with its data where it may write, and scripts see the same settings', () => {
    const folder = mkdtempSync(join(tmpdir(), 'dynamo-unit-'));
    try {
      cpSync(join(root, '.env.example'), join(folder, '.env.example'));
      const commands = [...unit.matchAll(/^# {3}(.*\.env\b.*)$/gm)].map(([, command = '']) => command);
      // in this folder, and nowhere else on this machine
      expect(commands).toEqual([expect.stringMatching(/^sed [^/]*DATA_DIR[^>]* \/dev\/stdin \.env$/)]);
      const asMyself = commands.join('\n').replace(' -g dynamo-csms', '');
      expect(spawnSync('/bin/sh', ['-ec', asMyself], { cwd: folder }).status).toBe(0);
      expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o640);
      const service = loadConfig(Object.fromEntries(of('Environment').map((each) => each.split('='))), folder);
      expect(service.dataDir).toBe(`/var/lib/${of('StateDirectory')[0]}`);
      expect(loadConfig({}, folder)).toEqual(service);
      expect(of('EnvironmentFile')).toEqual([]);
      expect(of('AssertPathExists')).toEqual([`${of('WorkingDirectory')[0]}/.env`]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("systemd's verifier has nothing to say", () => {
    const ran = spawnSync('systemd-analyze', ['verify', join(root, 'deploy/systemd/dynamo-csms.service')], {
      encoding: 'utf8',
    });
    if (ran.error !== undefined) {
      process.stderr.write('SKIPPED: systemd-analyze is not installed; the unit was not verified\n');
      return;
    }
    // what this machine lacks is not the unit's fault
    const said = ran.stderr
      .split('\n')
      .filter(
        (line) =>
          line.includes('dynamo-csms.service') && !/is not executable|Failed to (open|connect)|No such file/.test(line),
      );
    expect(said).toEqual([]);
  });
});

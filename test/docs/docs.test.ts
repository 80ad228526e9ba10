/** What the documents say about webhooks and the simulator is what the code does; their programs are run as they stand there. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { catalogue, eventTypes } from '../../src/events/index.ts';
import { newTraceId } from '../../src/platform/trace.ts';
import { misbehaviours, scenarios } from '../../src/simulator/index.ts';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';
import { defaultOffsetsS } from '../../src/webhooks/retry.ts';

const read = (path: string): string => readFileSync(join(installationRoot(), path), 'utf8');
const webhooks = read('docs/webhooks.md');
const simulator = read('docs/simulator.md');

const folder = mkdtempSync(join(tmpdir(), 'dynamo-docs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The one program in JavaScript that a document shows, as a file. */
function programOf(document: string): string {
  const programs = [...read(document).matchAll(/^```js\n([\s\S]*?)^```/gm)].map(([, program = '']) => program);
  expect(programs).toHaveLength(1);
  const file = join(folder, `${document.replace(/\W/g, '-')}.mjs`);
  writeFileSync(file, programs[0] ?? '');
  return file;
}

/** The text between a heading and the next one. */
function section(text: string, heading: string): string {
  const [, after = ''] = text.split(new RegExp(`^#+ ${heading.replaceAll('.', '\\.')}$`, 'm'));
  return after.split(/^#+ /m)[0] ?? '';
}

const body = JSON.stringify({ id: 'evt_1', event: 'session.started', timestamp: '', data: { sequence: 3 } });
type Delivered = { secret: string; at?: Date; id?: string; traceId?: string };
const deliveryOf = ({ secret, at = new Date(), id = 'evt_1', traceId }: Delivered) =>
  deliveryHeaders({
    ...{ deliveryId: 'whd_1', eventId: id, event: 'session.started', body, attempt: 1, at, secret },
    ...(traceId !== undefined && { traceId }),
  });

test('the function in README believes our deliveries and no others', async () => {
  const { isFromDynamo } = await import(pathToFileURL(programOf('README.md')).href);
  const header = deliveryOf({ secret: 'a-secret-of-yours' })['X-Webhook-Signature'];
  expect(isFromDynamo(body, header, 'a-secret-of-yours')).toBe(true);
  expect(isFromDynamo(`${body} `, header, 'a-secret-of-yours')).toBe(false);
  expect(isFromDynamo(body, header, 'a-secret-of-theirs')).toBe(false);
  expect(isFromDynamo(body, undefined, 'a-secret-of-yours')).toBe(false);
});

describe.each([['a-secret-of-yours'], [`whsec_${Buffer.from('twenty-four bytes of key').toString('base64')}`]])(
  'the receiver in docs/webhooks.md with the secret %s',
  (secret) => {
    test('takes genuine deliveries, each event once, and refuses the rest', async () => {
      const child = spawn(process.execPath, [programOf('docs/webhooks.md')], {
        env: { WEBHOOK_SECRET: secret, PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const said: string[] = [];
      const lines = createInterface({ input: child.stdout });
      lines.on('line', (line) => said.push(line));
      try {
        await once(lines, 'line', { signal: AbortSignal.timeout(60_000) });
        const port = /port (\d+)/.exec(said[0] ?? '')?.[1];
        const post = async (headers: Record<string, string>, text = body): Promise<number> => {
          const signal = AbortSignal.timeout(60_000);
          return (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: text, signal })).status;
        };
        const genuine = deliveryOf({ secret });
        const { 'webhook-signature': signature = '', ...unsigned } = genuine;
        const old = new Date(Date.now() - 400_000);
        expect(await post(genuine)).toBe(204);
        expect(await post(genuine)).toBe(204);
        expect(await post({ ...unsigned, 'webhook-signature': `v1,AAAA ${signature}` })).toBe(204);
        expect(await post(genuine, body.replace('3', '4'))).toBe(401);
        expect(await post(deliveryOf({ secret: 'a-secret-of-theirs' }))).toBe(401);
        expect(await post(deliveryOf({ secret, at: old }))).toBe(401);
        expect(await post({ ...genuine, 'webhook-timestamp': 'x' })).toBe(401);
        expect(await post(unsigned)).toBe(401);
        expect(said.filter((line) => line.startsWith('session.started'))).toHaveLength(1);
      } finally {
        const ended = once(child, 'close');
        child.kill();
        await ended;
      }
    });
  },
);

describe('docs/webhooks.md', () => {
  test.each(Object.entries(catalogue))(
    'shows %s as it stands in the catalogue, and names its fields',
    (type, entry) => {
      const [, example = 'null'] = /^```json\n([\s\S]*?)^```/m.exec(section(webhooks, type)) ?? [];
      expect(JSON.parse(example)).toEqual(entry.example);
      expect(entry.data.safeParse(JSON.parse(example)).success).toBe(true);
      const common = section(webhooks, 'Events');
      const fields = Object.keys(entry.data.shape);
      expect(fields.filter((field) => !`${common}${section(webhooks, type)}`.includes(field))).toEqual([]);
    },
  );

  test('tells which events are not emitted yet', () => {
    const told = [...section(webhooks, 'Not emitted yet').matchAll(/`([a-z_]+\.[a-z_]+)`/g)].map(([, type]) => type);
    expect(told.sort()).toEqual(eventTypes.filter((type) => !Object.hasOwn(catalogue, type)).sort());
  });

  test('has the retry schedule that is the default', () => {
    const offsets = [...section(webhooks, 'When it fails').matchAll(/^\| \d \| (\d+) \|/gm)].map(([, s]) => Number(s));
    expect(offsets).toEqual([...defaultOffsetsS]);
  });

  test('shows the headers that a delivery has', () => {
    const [, request = ''] = /^```http\n([\s\S]*?)\n\n/m.exec(webhooks) ?? [];
    const shown = [...request.matchAll(/^([\w-]+): /gm)].map(([, name = '']) => name);
    expect(shown.sort()).toEqual(
      Object.keys(deliveryOf({ secret: 'a-secret-of-yours', traceId: newTraceId() })).sort(),
    );
  });
});

describe('docs/simulator.md', () => {
  const rowsOf = (heading: string): unknown =>
    Object.fromEntries(
      [...section(simulator, heading).matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, does]) => [name, does]),
    );
  const doesOf = (table: Readonly<Record<string, { readonly does: string }>>): unknown =>
    Object.fromEntries(Object.entries(table).map(([name, { does }]) => [name, does]));

  test('lists every scenario with what it does', () => {
    expect(rowsOf('Scenarios')).toEqual(doesOf(scenarios));
  });

  test('lists every misbehaviour with what it does', () => {
    expect(rowsOf('Misbehaviours')).toEqual(doesOf(misbehaviours));
  });

  test('names no option that the simulator does not have', () => {
    const named = [...simulator.matchAll(/(?<![\w-])--([a-z][a-z-]+)/g)].map(([, name = '']) => name);
    const source = read('scripts/simulate.ts');
    expect([...new Set(named)].filter((name) => name !== 'help' && !source.includes(`'--${name}`))).toEqual([]);
  });
});

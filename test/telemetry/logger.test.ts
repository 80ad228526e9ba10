import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createLogger } from '../../src/telemetry/index.ts';
import { cleanFields } from '../../src/telemetry/redact.ts';

function logged(options: { level?: 'debug' | 'info' | 'silent'; pretty?: boolean } = {}) {
  const lines: string[] = [];
  const log = createLogger({
    level: 'info',
    pretty: false,
    ...options,
    out: { write: (line) => void lines.push(line) },
  });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? '') as Record<string, unknown> };
}

const canary = 'CANARY-7f3a9c';

test('a line is JSON with time, level, message and the fields', () => {
  const { log, last, lines } = logged();
  log.info({ chargePointId: 'cp_1', took_ms: 12 }, 'session ended');
  expect(last()).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    chargePointId: 'cp_1',
    took_ms: 12,
    message: 'session ended',
  });
  expect(lines[0]).toMatch(/\n$/);
});

test('lines below the level are not written', () => {
  const { log, lines } = logged();
  log.debug({}, 'too fine');
  expect(lines).toEqual([]);
  const silent = logged({ level: 'silent' });
  silent.log.error({}, 'nothing');
  expect(silent.lines).toEqual([]);
});

describe('secrets', () => {
  test.each([
    'password',
    'passwordHash',
    'Authorization',
    'proxy-authorization',
    'x-api-key',
    'apiKey',
    'api_key',
    'chargerKey',
    'signing_secret',
    'secret',
    'token',
    'accessToken',
    'METRICS_TOKEN',
    'SECRET_KEYS',
    'set-cookie',
    'credentials',
  ])('a field called %s never shows, however deep it stands', (name) => {
    const { log, lines } = logged();
    log.info({ [name]: canary, a: { b: [{ [name]: { c: canary } }] } }, 'x');
    log.child({ [name]: canary }).info({}, 'y');
    expect(lines.join('')).not.toContain(canary);
    expect(lines.join('')).toContain('[redacted]');
  });

  test('what only sounds alike stays readable', () => {
    const fields = { keyId: 'key_1', tokens: 3, monkey: 'george', hasSecret: true, key: undefined, turkeys: 2 };
    expect(cleanFields(fields)).toEqual(fields);
  });

  test.each([
    ['an API key', `key dyn_live_${canary} used`],
    ['a webhook secret', `whsec_${canary}`],
    ['a bearer header', `Authorization: Bearer ${canary}`],
    ['basic credentials', `got Basic ${Buffer.from(canary).toString('base64')}${canary} from`],
    ['a password in a URL', `connect postgresql://dynamo:${canary}@localhost/x`],
    ['a JWT', `eyJhbGciOiJIUzI1NiJ9.${canary}.${canary}`],
    [
      'a JWT with a chain of certificates in its header',
      `eyJhbGciOiJSUzI1NiIsIng1YyI6${'QUJD'.repeat(400)}.${canary}.${canary}`,
    ],
    ['one that signs nothing', `eyJhbGciOiJub25lIn0.${canary}.`],
  ])('%s is masked wherever its text turns up', (_name, text) => {
    const { log, lines } = logged();
    log.warn({ note: text, deep: [{ text }] }, text);
    log.error({ err: new Error(text, { cause: new Error(text) }) }, 'failed');
    expect(lines.join('')).not.toContain(canary);
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
  });

  test('nothing that hangs on an error is written but its name, message, code, stack and cause', () => {
    const { log, lines, last } = logged();
    const err = Object.assign(new Error('refused', { cause: new TypeError('inner') }), {
      code: 'ECONNREFUSED',
      request: { headers: { accept: canary } },
      parameters: [canary],
    });
    log.error({ err }, 'failed');
    expect(lines.join('')).not.toContain(canary);
    expect(last()['err']).toEqual({
      type: 'Error',
      message: 'refused',
      code: 'ECONNREFUSED',
      stack: expect.stringContaining('logger.test.ts'),
      cause: expect.objectContaining({ type: 'TypeError', message: 'inner' }),
    });
  });
});

test('long texts, long lists, deep and circular objects, buffers and odd values stay small and do not throw', () => {
  const { log, lines, last } = logged();
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  log.info(
    {
      text: 'x'.repeat(100_000),
      many: Array.from({ length: 1000 }, (_, i) => i),
      circle,
      bytes: Buffer.alloc(10_000),
      big: 10n ** 20n,
      never: new Date(Number.NaN),
      work: () => 1,
      map: new Map([['a', 1]]),
    },
    'odd',
  );
  expect(lines[0]?.length).toBeLessThan(5_000);
  expect(last()).toMatchObject({
    bytes: '[10000 bytes]',
    big: '100000000000000000000',
    never: 'Invalid Date',
    map: { a: 1 },
  });
});

describe('on a terminal', () => {
  test('a line is one readable line', () => {
    const { log, lines } = logged({ pretty: true });
    log.info({ port: 3000, name: 'my org' }, 'listening');
    expect(stripVTControlCharacters(lines[0] ?? '')).toMatch(
      /^\d\d:\d\d:\d\d INFO {2}listening port=3000 name="my org"\n$/,
    );
  });

  test('text from outside can neither begin a line nor move the cursor', () => {
    const { log, lines } = logged({ pretty: true });
    log.info({ vendor: 'ACME\r\nERROR all is lost\u001b[2J', 'na\nme': 1 }, 'boot of \u001b[31mred\u202e\nevil');
    const line = lines[0] ?? '';
    expect(line.slice(0, -1)).not.toMatch(/[\r\n\u202e]/);
    expect(line.split('\u001b')).toHaveLength(7); // our own colours: level, and of each field, twice
  });

  test('the stack of an error follows, indented', () => {
    const { log, lines } = logged({ pretty: true });
    log.error({ err: new Error('boom') }, 'failed');
    expect(lines[0]).toMatch(/failed\n {4}Error: boom\n {4} {4}at /);
  });
});

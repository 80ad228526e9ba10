import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigError, installationRoot, loadConfig } from '../../src/config/index.ts';
import { variableNames } from '../../src/config/variables.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
function folder(files: Record<string, string> = {}): string {
  const made = mkdtempSync(join(tmpdir(), 'dynamo-config-'));
  folders.push(made);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(made, name), text);
  return made;
}
const empty = folder();

function faultsOf(env: Record<string, string>, where = empty): readonly string[] {
  try {
    loadConfig(env, where);
  } catch (cause) {
    if (cause instanceof ConfigError) return cause.faults;
    throw cause;
  }
  return [];
}

const goodKey = `k1:${Buffer.from(Array.from({ length: 32 }, (_, i) => (i * i * 7 + 13) & 0xff)).toString('base64')}`;

test('nothing set gives the documented defaults', () => {
  const config = loadConfig({}, empty);
  expect(config).toMatchObject({
    http: { port: 3000, host: undefined, publicUrl: undefined, trustedProxies: [] },
    dataDir: join(empty, 'data'),
    database: { url: undefined, directUrl: undefined, poolSize: 10 },
    ingestLanes: 4,
    secretKeys: undefined,
    ocpp: { unknownIdentity: 401 },
    webhooks: { allowSubnets: [], ca: undefined, retryOffsetsS: [60, 390, 2400, 14400, 86400], timeoutMs: 30000 },
    retention: { frameDays: 14, statusMonths: 24, meterMonths: 24, eventDays: 30, commandDays: 365, auditDays: 730 },
    console: { map: undefined },
    costs: { updateEveryS: 30 },
    logLevel: 'info',
    metricsToken: undefined,
  });
});

test('every fault is told at once, each with the variable, what it got and what it wants', () => {
  const faults = faultsOf({ PORT: 'http', WEBHOOK_TIMEOUT_MS: '5', OCPP_UNKNOWN_IDENTITY: '403', LOG_LEVEL: 'loud' });
  expect(faults).toEqual([
    'PORT: got "http", wants a whole number from 0 to 65535',
    'OCPP_UNKNOWN_IDENTITY: got "403", wants one of 401, 404, pending',
    'WEBHOOK_TIMEOUT_MS: got "5", wants a whole number from 100 to 300000',
    'LOG_LEVEL: got "loud", wants one of trace, debug, info, warn, error, fatal, silent',
  ]);
});

test.each([
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '0x10'],
  ['PORT', '3000.5'],
  ['PORT', '1e3'],
  ['PUBLIC_URL', 'csms.example.com'],
  ['PUBLIC_URL', 'ftp://csms.example.com'],
  ['PUBLIC_URL', 'https://csms.example.com/?a=1'],
  ['PUBLIC_URL', 'https://me:pw@csms.example.com'],
  ['TRUST_PROXY', 'true'],
  ['TRUST_PROXY', '10.0.0.0/8,everybody'],
  ['DATABASE_URL', 'mysql://localhost/dynamo'],
  ['DATABASE_URL', 'postgresql://localhost'],
  ['DATABASE_POOL_SIZE', '2'],
  ['INGEST_LANES', '9'],
  ['BOOTSTRAP_EMAIL', 'owner'],
  ['BOOTSTRAP_PASSWORD', 'elevenchars'],
  ['BOOTSTRAP_API_KEY', 'dyn_live_short'],
  ['WEBHOOK_ALLOW_SUBNETS', '10.0.0.0/33'],
  ['WEBHOOK_ALLOW_SUBNETS', '0.0.0.0/0'],
  ['WEBHOOK_ALLOW_SUBNETS', '::/0'],
  ['WEBHOOK_ALLOW_SUBNETS', '10.0.0.0/8/8'],
  ['WEBHOOK_ALLOW_SUBNETS', 'intranet'],
  ['WEBHOOK_ALLOW_HOSTS', 'https://hooks.example.com'],
  ['WEBHOOK_ALLOW_HOSTS', '*'],
  ['WEBHOOK_ALLOW_HOSTS', '10.0.0.0/8'],
  ['WEBHOOK_RETRY_OFFSETS', '60,60'],
  ['WEBHOOK_RETRY_OFFSETS', '60,65'],
  ['WEBHOOK_RETRY_OFFSETS', '60,86401'],
  ['WEBHOOK_RETRY_OFFSETS', '1,2,4,8,16,32'],
  ['WEBHOOK_RETRY_OFFSETS', '0'],
  ['EVENTS_RETENTION_DAYS', '0'],
  ['METRICS_TOKEN', 'short'],
])('%s=%s is one fault that names it', (name, value) => {
  const faults = faultsOf({ [name]: value }).filter((fault) => fault.startsWith(`${name}: got `));
  expect(faults).toHaveLength(1);
});

test('proxies and subnets come out as networks, single addresses and short names included', () => {
  const config = loadConfig(
    { TRUST_PROXY: 'loopback, 10.1.0.4', WEBHOOK_ALLOW_SUBNETS: 'fd00::/8,192.168.7.9' },
    empty,
  );
  expect(config.http.trustedProxies).toEqual(['127.0.0.0/8', '::1/128', '10.1.0.4/32']);
  expect(config.webhooks.allowSubnets).toEqual(['fd00::/8', '192.168.7.9/32']);
});

test('a public URL loses the slash at its end', () => {
  expect(loadConfig({ PUBLIC_URL: 'https://csms.example.com/' }, empty).http.publicUrl).toBe(
    'https://csms.example.com',
  );
});

describe('.env', () => {
  test('is read, and the environment wins over it', () => {
    const where = folder({ '.env': 'PORT=4000\nLOG_LEVEL="debug"\n' });
    expect(loadConfig({}, where)).toMatchObject({ http: { port: 4000 }, logLevel: 'debug' });
    expect(loadConfig({ PORT: '5000' }, where)).toMatchObject({ http: { port: 5000 }, logLevel: 'debug' });
  });

  test('an empty value is the same as none, and from the environment it leaves aside what the file says', () => {
    const where = folder({ '.env': 'PORT=4000\nHOST=\n' });
    expect(loadConfig({}, where).http).toMatchObject({ port: 4000, host: undefined });
    expect(loadConfig({ PORT: '' }, where).http.port).toBe(3000);
  });

  test('relative paths start from its folder', () => {
    const where = folder({ '.env': 'DATA_DIR=store\n' });
    expect(loadConfig({}, where).dataDir).toBe(join(where, 'store'));
  });
});

describe('DATABASE_URL', () => {
  const url = 'postgresql://dynamo:hush@db.example.com:5432/dynamo';

  test('needs SECRET_KEYS beside it, and the fault says how to make them', () => {
    expect(faultsOf({ DATABASE_URL: url })).toEqual([
      expect.stringMatching(/^SECRET_KEYS: got nothing, wants a key ring.*node -p "/),
    ]);
    expect(loadConfig({ DATABASE_URL: url, SECRET_KEYS: goodKey }, empty).database.url).toBe(url);
  });

  test('is never shown, as it holds a password', () => {
    const faults = faultsOf({ DATABASE_URL: 'mysql://dynamo:hush@db/x', BOOTSTRAP_PASSWORD: 'tiny' }).join('\n');
    expect(faults).toContain('DATABASE_URL: got a value of 24 characters');
    expect(faults).not.toMatch(/hush|tiny/);
  });

  test('a direct URL without it is a fault', () => {
    expect(faultsOf({ DIRECT_DATABASE_URL: url })).toEqual([
      expect.stringMatching(/^DIRECT_DATABASE_URL: wants DATABASE_URL/),
    ]);
  });
});

test('a weak key in SECRET_KEYS is told with the other faults', () => {
  const zeros = `k1:${Buffer.alloc(32).toString('base64')}`;
  expect(faultsOf({ SECRET_KEYS: zeros, PORT: 'x' })).toEqual([
    expect.stringMatching(/^PORT: /),
    expect.stringMatching(/^SECRET_KEYS: key "k1" repeats itself/),
  ]);
});

test.each([
  [{ OCPP_TLS_PORT: '8443' }, /^OCPP_TLS_CERTS: got nothing, wants certificates/],
  [{ OCPP_TLS_CERTS: 'a.pem' }, /^OCPP_TLS_CERTS: wants OCPP_TLS_PORT beside it/],
  [{ OCPP_TLS_CLIENT_CA: 'ca.pem' }, /^OCPP_TLS_CLIENT_CA: wants OCPP_TLS_PORT beside it/],
  [{ OCPP_TLS_PORT: '8443', OCPP_TLS_CERTS: 'dev-ca' }, /^OCPP_TLS_CERTS: dev-ca wants CERTIFICATE_SIGNER=dev-ca/],
  [{ OCPP_TLS_PORT: '8443', OCPP_TLS_CERTS: 'a+b+c' }, /^OCPP_TLS_CERTS: got "a\+b\+c", wants dev-ca, or one or two/],
  [{ OCPP_TLS_PORT: '8443', OCPP_TLS_CERTS: 'none.pem' }, /none\.pem cannot be read \(ENOENT\)/],
])('%j is refused, and why', (settings, why) => {
  expect(faultsOf(settings)).toEqual([expect.stringMatching(why)]);
});

test('TLS by the development CA needs no file', () => {
  const settings = { OCPP_TLS_PORT: '8443', OCPP_TLS_CERTS: 'dev-ca', CERTIFICATE_SIGNER: 'dev-ca' };
  expect(loadConfig(settings, folder({})).tls).toEqual({
    port: 8443,
    files: { certificates: [], clientCa: undefined },
    fromDevCa: true,
    rsaKeyExchange: true,
  });
});

describe('WEBHOOK_CA_FILE', () => {
  test('a file that is not there is told with its reason', () => {
    expect(faultsOf({ WEBHOOK_CA_FILE: './none.pem' })).toEqual([expect.stringMatching(/^WEBHOOK_CA_FILE: .*ENOENT/)]);
  });

  test('a file without certificates is refused', () => {
    const where = folder({
      'ca.pem': '-----BEGIN CERTIFICATE-----\nbm90IG9uZQ==\n-----END CERTIFICATE-----\n',
      'no.pem': '',
    });
    expect(faultsOf({ WEBHOOK_CA_FILE: 'ca.pem' }, where)).toHaveLength(1);
    expect(faultsOf({ WEBHOOK_CA_FILE: 'no.pem' }, where)).toHaveLength(1);
  });
});

describe('.env.example', () => {
  const text = readFileSync(join(installationRoot(), '.env.example'), 'utf8');
  const listed = parseEnv(text);

  test('lists every variable and no other', () => {
    expect(Object.keys(listed).sort()).toEqual([...variableNames].sort());
  });

  test('shows the defaults: copied to .env it changes nothing', () => {
    const where = folder({ '.env': text });
    const defaults = loadConfig({}, empty);
    const dataDir = join(where, 'data');
    const uploads = { ...defaults.uploads, dir: join(dataDir, 'uploads') };
    const firmware = { ...defaults.firmware, dir: join(dataDir, 'firmware') };
    const exports = { ...defaults.exports, dir: join(dataDir, 'exports') };
    expect(loadConfig({}, where)).toEqual({ ...defaults, dataDir, uploads, firmware, exports });
  });

  test('says in one line of comment above each what it is', () => {
    const lines = text.split('\n');
    for (const name of variableNames) {
      const at = lines.findIndex((line) => line.startsWith(`${name}=`));
      expect([name, lines[at - 1]]).toEqual([name, expect.stringMatching(/^# \S.{10,}\.$/)]);
    }
  });
});

describe('SMTP_URL', () => {
  const from = 'Dynamo <alerts@example.com>';
  test('says how mails go out, and by whom', () => {
    const mail = (SMTP_URL: string) => loadConfig({ SMTP_URL, MAIL_FROM: from }, empty).mail;
    expect(loadConfig({}, empty).mail).toBeUndefined();
    expect(mail('smtps://me%40a.test:p%3Aw@mail.test')).toEqual({
      ...{ host: 'mail.test', port: 465, security: 'tls', user: 'me@a.test', password: 'p:w', caPem: undefined, from },
    });
    expect(mail('smtp://mail.test')).toMatchObject({ port: 25, security: 'none', user: undefined });
    expect(mail('smtp+starttls://me:pw@mail.test')).toMatchObject({ port: 587, security: 'starttls', password: 'pw' });
    expect(mail('smtp://me:pw@[::1]:2525')).toMatchObject({ host: '::1', port: 2525, password: 'pw' });
  });
  test.each([
    'mail.test',
    'https://mail.test',
    'smtps://mail.test?a=b',
    'smtp://mail.test/inbox',
    'smtp://a%zz@b',
    'smtp://me:pw@mail.test',
  ])('is refused when it is %s, without showing it', (SMTP_URL) => {
    expect(faultsOf({ SMTP_URL, MAIL_FROM: from })).toEqual([expect.stringMatching(/^SMTP_URL: got a value of/)]);
  });
  test.each(['a@b.test\r\nBcc: c@d.test', 'nobody', 'A <a@b.test>, B <b@b.test>', 'A" <a@b.test>'])(
    'wants a sender that is one: %j is none',
    (MAIL_FROM) => {
      expect(faultsOf({ SMTP_URL: 'smtp://mail.test', MAIL_FROM })).toEqual([expect.stringMatching(/^MAIL_FROM: /)]);
    },
  );
  test('and MAIL_FROM mean nothing alone', () => {
    expect(faultsOf({ SMTP_URL: 'smtp://mail.test' })).toEqual([expect.stringMatching(/^MAIL_FROM: got nothing/)]);
    expect(faultsOf({ MAIL_FROM: from })).toEqual([expect.stringMatching(/^MAIL_FROM: wants SMTP_URL/)]);
  });
});

describe('CONSOLE_MAP_TILES_URL', () => {
  const CONSOLE_MAP_ATTRIBUTION = '© OpenStreetMap contributors <https://www.openstreetmap.org/copyright>';
  test('names one server, and who is to be named for its pictures', () => {
    const map = (CONSOLE_MAP_TILES_URL: string, said = CONSOLE_MAP_ATTRIBUTION) =>
      loadConfig({ CONSOLE_MAP_TILES_URL, CONSOLE_MAP_ATTRIBUTION: said }, empty).console.map;
    expect(loadConfig({}, empty).console.map).toBeUndefined();
    expect(map('https://Tiles.example.com:8443/a/{z}/{x}/{y}{r}.png?key=1')).toEqual({
      tiles: {
        url: 'https://Tiles.example.com:8443/a/{z}/{x}/{y}{r}.png?key=1',
        origin: 'https://tiles.example.com:8443',
      },
      attribution: { text: '© OpenStreetMap contributors', url: 'https://www.openstreetmap.org/copyright' },
    });
    expect(map('http://127.0.0.1:8080/{z}/{x}/{y}', 'Our own map')?.attribution).toEqual({
      ...{ text: 'Our own map', url: undefined },
    });
  });
  test.each([
    'tiles.example.com/{z}/{x}/{y}.png',
    'ftp://tiles.example.com/{z}/{x}/{y}.png',
    'https://me:pw@tiles.example.com/{z}/{x}/{y}.png',
    'https://{s}.tiles.example.com/{z}/{x}/{y}.png',
    'https://{z}/{x}/{y}.png',
    'https://tiles.example.com/{z}/{x}.png',
    'https://tiles.example.com/{z}/{x}/{y}.png#a',
    "https://tiles.example.com;script-src'/{z}/{x}/{y}.png",
    'https://[::1]/{z}/{x}/{y}.png',
  ])('is refused when it is %s', (CONSOLE_MAP_TILES_URL) => {
    expect(faultsOf({ CONSOLE_MAP_TILES_URL, CONSOLE_MAP_ATTRIBUTION })).toEqual([
      expect.stringMatching(/^CONSOLE_MAP_TILES_URL: got /),
    ]);
  });
  test.each(['<b>ours</b>', 'ours <javascript:alert(1)>', 'a\nb', 'x'.repeat(201)])(
    'wants words and a link: %j',
    (said) => {
      expect(faultsOf({ CONSOLE_MAP_TILES_URL: 'https://a.test/{z}/{x}/{y}', CONSOLE_MAP_ATTRIBUTION: said })).toEqual([
        expect.stringMatching(/^CONSOLE_MAP_ATTRIBUTION: got /),
      ]);
    },
  );
  test('and CONSOLE_MAP_ATTRIBUTION mean nothing alone', () => {
    expect(faultsOf({ CONSOLE_MAP_TILES_URL: 'https://a.test/{z}/{x}/{y}' })).toEqual([
      expect.stringMatching(/^CONSOLE_MAP_ATTRIBUTION: got nothing/),
    ]);
    expect(faultsOf({ CONSOLE_MAP_ATTRIBUTION })).toEqual([
      expect.stringMatching(/^CONSOLE_MAP_ATTRIBUTION: wants CONSOLE_MAP_TILES_URL/),
    ]);
  });
});

/** scripts/doctor finds what was planted, says what to do, and is content with an installation that is well. */
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { checkUp } from '../../scripts/checkup/check-up.ts';
import { judgeClock, judgeServer } from '../../scripts/checkup/database.ts';
import { exitCodeOf, type Finding } from '../../scripts/checkup/finding.ts';
import { judgeDisk } from '../../scripts/checkup/here.ts';
import { judgeQueue } from '../../scripts/checkup/queues.ts';
import { isWeak } from '../../scripts/checkup/secrets.ts';
import { maintainPartitions } from '../../src/database/index.ts';
import { connectionsAllowed, tooFewConnections } from '../../src/workers/index.ts';
import { closeAtEnd, temporaryFolder } from '../database/processes.ts';
import { emptyDatabase, testDatabase } from '../support/db.ts';
import { authority } from '../support/pki.ts';

const folder = temporaryFolder('doctor');
const db = await testDatabase();
const SECRET_KEYS = `k1:${randomBytes(32).toString('base64')}`;
const GIB = 1_073_741_824;
const room = (free: number) => () => Promise.resolve({ bavail: free, blocks: 100 * GIB, bsize: 1 });
const well = {
  env: { SECRET_KEYS, DATABASE_URL: db.url, PORT: '0', DATA_DIR: folder },
  folder,
  statfs: room(50 * GIB),
};

/** What the doctor says is not well, once `env` and the like are changed. */
async function complaints(more: Record<string, string> = {}, options: object = {}): Promise<Finding[]> {
  const findings = await checkUp({ ...well, ...options, env: { ...well.env, ...more } });
  return findings.filter(({ level }) => level !== 'ok');
}
const said = (findings: readonly Finding[]): string[] =>
  findings.map(({ check, level, what }) => `${level} ${check}: ${what}`);

/** The server of the tests promises nothing to survive. */
const unsafe =
  'fault database: fsync, full_page_writes, synchronous_commit: what is acknowledged to chargers may be lost when the machine dies';

async function listening(handler: RequestListener): Promise<number> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  closeAtEnd({ stop: () => new Promise<void>((resolve) => void server.close(() => resolve())) });
  await new Promise((resolve) => server.once('listening', resolve));
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  await maintainPartitions(db, { now: new Date(), meterMonths: 0, statusMonths: 0, frameDays: 0 });
  await db.prisma.organization.create({ data: { id: 'org_1', name: 'Test' } });
  const [about, at] = [{ organizationId: 'org_1', url: 'https://receiver.test/', events: ['*'] }, new Date()];
  for (const more of [
    { id: 'whe_1', active: true },
    { id: 'whe_off', active: false },
    { id: 'whe_order', active: true, ordered: true },
  ])
    await db.prisma.webhookEndpoint.create({ data: { ...about, ...more, createdAt: at, updatedAt: at } });
});

test('an installation that is well gives no cause for complaint but the unsafe server of these tests', async () => {
  const findings = await checkUp(well);
  expect(
    said(findings.filter(({ level }) => level !== 'ok')).filter(
      (text) => text.replace('full_page_writes, fsync', 'fsync, full_page_writes') !== unsafe,
    ),
  ).toEqual([]);
  const looked = [
    'node',
    'configuration',
    'secrets',
    'disk',
    'ports',
    'database',
    'clock',
    'migrations',
    'partitions',
    'processes',
    'queues',
    'quarantine',
    'pooler',
  ];
  expect([...new Set(findings.map(({ check }) => check))].sort()).toEqual(looked.sort());
});

test('every complaint has its remedy, and shows no secret', async () => {
  const METRICS_TOKEN = 'changeme-changeme';
  const findings = [
    ...(await complaints({ METRICS_TOKEN })),
    ...(await complaints({ PORT: 'eighty', SECRET_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}` })),
  ];
  expect(findings.length).toBeGreaterThan(3);
  expect(findings.filter(({ remedy = '' }) => remedy.length < 10)).toEqual([]);
  const told = JSON.stringify(findings);
  for (const secret of [METRICS_TOKEN, SECRET_KEYS.slice(3), 'BwcH']) expect(told).not.toContain(secret);
  expect(said(findings)).toEqual(
    expect.arrayContaining([
      'fault secrets: METRICS_TOKEN is easily guessed',
      expect.stringMatching(/^fault configuration: PORT: got "eighty"/),
      expect.stringMatching(/^fault configuration: SECRET_KEYS: key "k1" repeats itself/),
    ]),
  );
});

test('a database that is not there, one without tables, and one with a migration that failed', async () => {
  expect(
    said(await complaints({ DATABASE_URL: `postgresql://me:${randomBytes(9).toString('hex')}@127.0.0.1:1/x` })),
  ).toEqual([expect.stringMatching(/^fault database: it cannot be asked: .*ECONNREFUSED/)]);
  const DATABASE_URL = await emptyDatabase();
  expect(said(await complaints({ DATABASE_URL }))).toContainEqual(
    expect.stringMatching(/^warning migrations: \d+ are pending, first 2026/),
  );
  expect(said(await complaints({ DATABASE_URL: '', DATA_DIR: join(folder, 'new') }))).toEqual([
    expect.stringMatching(/^warning database: there is none in .* yet$/),
  ]);
});

test('where the database is kept elsewhere, that disk is looked at too; a copy of its DATA_DIR is a fault', async () => {
  const [DATA_DIR, place] = [join(folder, 'root'), join(folder, 'elsewhere')];
  for (const each of [DATA_DIR, place]) mkdirSync(each);
  writeFileSync(join(DATA_DIR, 'database-elsewhere'), `# there\n${place}\n`);
  writeFileSync(join(place, 'data-dir'), `# of\n${DATA_DIR}\n`);
  const looked = await checkUp({ ...well, env: { ...well.env, DATABASE_URL: '', DATA_DIR } });
  expect(said(looked)).toEqual(
    expect.arrayContaining([
      expect.stringContaining(`ok disk: the database of DATA_DIR (${place})`),
      `warning database: there is none in ${place} yet`,
    ]),
  );
  const copy = join(folder, 'copy');
  cpSync(DATA_DIR, copy, { recursive: true });
  expect(said(await complaints({ DATABASE_URL: '', DATA_DIR: copy }))).toEqual([
    expect.stringContaining(`fault database: ${copy} is a copy of ${DATA_DIR}, whose database is kept in ${place}`),
  ]);
});

describe('in the tables', () => {
  test.each([
    [
      'a migration that failed',
      `INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES ('f', 'x', '29990101000000_half')`,
      `DELETE FROM _prisma_migrations WHERE id = 'f'`,
      /^fault migrations: 29990101000000_half failed and may be half applied/,
    ],
    [
      'a migration of a newer version',
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('n', 'x', '29990101000000_new', now())`,
      `DELETE FROM _prisma_migrations WHERE id = 'n'`,
      /^warning migrations: the database has 1 that this version does not know/,
    ],
    [
      'a delivery that nobody sends; what is held for a receiver that is switched off, or waits for the one before it, is none',
      `INSERT INTO webhook_deliveries (id, organization_id, endpoint_id, event_id, event, status, created_at, next_attempt_at, ordered_key, sequence)
       SELECT id, 'org_1', endpoint, 'evt_1', 'session.started', 'pending', now() - interval '3 hours', now() + minutes * interval '1 minute', key, sequence
         FROM (VALUES ('whd_1', 'whe_1', -180, NULL, NULL), ('whd_2', 'whe_off', -180, NULL, NULL),
                      ('whd_3', 'whe_order', 60, 'cp_1', 1), ('whd_4', 'whe_order', -180, 'cp_1', 2)) AS v(id, endpoint, minutes, key, sequence)`,
      'DELETE FROM webhook_deliveries',
      /^warning queues: webhook deliveries: 1 wait longer than they should, the first for 3 h; no server runs$/,
    ],
    [
      'a message in quarantine',
      `INSERT INTO quarantined_messages (id, organization_id, charge_point_id, protocol, action, payload, reason, received_at)
        VALUES ('q', 'org_1', 'cp_1', 'ocpp1.6', 'MeterValues', '{}', 'x', now())`,
      'DELETE FROM quarantined_messages',
      /^warning quarantine: 1 messages were put into quarantine within a day$/,
    ],
    [
      'a partition that was not made',
      `SELECT drop_partition('frames', 'frames_' || to_char(now() AT TIME ZONE 'UTC' + interval '2 days', 'YYYY_MM_DD'))`,
      'SELECT 1',
      /^warning partitions: frames: frames_\d{4}_\d\d_\d\d are missing; rows go to frames_default$/,
    ],
    [
      'an API key whose key is lost',
      `INSERT INTO api_keys (id, organization_id, name, prefix, hash, kid, scopes, created_at) VALUES ('key_1', 'org_1', 'x', 'p', '\\x00', 'gone', '{}', now())`,
      `DELETE FROM api_keys`,
      /^fault secrets: the key "gone" is missing from the key ring: 1 API keys and 0 charger keys are refused$/,
    ],
  ])('%s', async (_name, plant, mend, expected) => {
    await db.pool.query(plant);
    try {
      expect(said(await complaints())).toContainEqual(expect.stringMatching(expected));
    } finally {
      await db.pool.query(mend);
    }
  });
});

describe('on the machine', () => {
  test('a disk that is nearly full, or full', async () => {
    expect(said(await complaints({}, { statfs: room(3 * GIB) }))).toContainEqual(
      expect.stringMatching(/^warning disk: DATA_DIR .*3\.0 GiB free of 100\.0 GiB$/),
    );
    expect(said(await complaints({}, { statfs: room(0.1 * GIB) }))).toContainEqual(
      expect.stringMatching(/^fault disk: DATA_DIR/),
    );
    expect(judgeDisk('x', '/x', 0.5 * GIB, 0.6 * GIB).level).toBe('warning');
  });

  test('each disk is looked at once, whatever the names of the folders', async () => {
    const disks = async (EXPORTS_DIR: string): Promise<string[]> =>
      (await checkUp({ ...well, env: { ...well.env, EXPORTS_DIR } }))
        .filter(({ check }) => check === 'disk')
        .map(({ what }) => what.split(' ')[0] ?? '');
    expect(await disks(`${folder}-exports`)).toEqual(['DATA_DIR']); // begins alike, lies beside it
    expect(await disks('/proc')).toEqual(['DATA_DIR', 'EXPORTS_DIR']); // the one place that is a disk of its own everywhere
  });

  test('a clock that is wrong', async () => {
    const now = () => new Date(Date.now() + 600_000);
    expect(said(await complaints({}, { now }))).toContainEqual(
      expect.stringMatching(/^fault clock: .* differ by 10 min$/),
    );
    expect([judgeClock(-3000).level, judgeClock(3000).level, judgeClock(200).level]).toEqual([
      'warning',
      'warning',
      'ok',
    ]);
  });

  test('a port that somebody else has; one that a server of ours has is none', async () => {
    const other = await listening((_req, res) => void res.end('{}'));
    expect(said(await complaints({ PORT: `${other}`, HOST: '127.0.0.1' }))).toContainEqual(
      `fault ports: PORT ${other} is used by another program`,
    );
    const ours = await listening((_req, res) => void res.end('{"ready":true,"checks":{}}'));
    expect((await complaints({ PORT: `${ours}`, HOST: '127.0.0.1' })).filter(({ check }) => check === 'ports')).toEqual(
      [],
    );
  });

  test('certificates that have expired, expire soon, or are no chain; a key that everybody may read', async () => {
    const [root, stranger] = [await authority(), await authority()];
    const files = { chain: join(folder, 'chain.pem'), key: join(folder, 'key.pem') };
    const put = async (ended: boolean, above: string): Promise<string[]> => {
      const { cert, key } = await root.issue('CN=csms.example', { names: ['csms.example'], ended });
      writeFileSync(files.chain, `${cert}\n${above}`);
      writeFileSync(files.key, key);
      chmodSync(files.key, 0o644);
      const tls = { OCPP_TLS_PORT: '0', OCPP_TLS_CERTS: `${files.chain}+${files.key}` };
      return said((await complaints(tls)).filter(({ check }) => check === 'certificates' || check === 'secrets'));
    };
    expect(await put(true, root.pem)).toContainEqual(
      expect.stringMatching(/^fault certificates: .*CN=csms\.example has expired/),
    );
    const readable = `warning secrets: ${files.key} can be read by everybody on this machine`;
    expect(await put(false, root.pem)).toEqual(
      expect.arrayContaining([readable, expect.stringMatching(/^warning certificates: .*csms\.example expires in \d/)]),
    );
    expect(await put(false, stranger.pem)).toContainEqual(
      `fault certificates: ${files.chain}: certificate 2 did not sign certificate 1`,
    );
  });

  test('of what is read at the start it is said that a restart takes it', async () => {
    const root = await authority();
    const { cert } = await root.issue('CN=old', { names: ['old'], ended: true });
    const file = join(folder, 'webhook-ca.pem');
    writeFileSync(file, cert);
    const [found] = (await complaints({ WEBHOOK_CA_FILE: file })).filter(({ check }) => check === 'certificates');
    expect(found?.remedy).toBe('Replace it in WEBHOOK_CA_FILE; it is read when the server starts: restart it then.');
  });

  test('a key file that others may read', async () => {
    const DATA_DIR = join(folder, 'open');
    mkdirSync(DATA_DIR);
    writeFileSync(join(DATA_DIR, 'secret-keys'), `${SECRET_KEYS}\n`);
    chmodSync(join(DATA_DIR, 'secret-keys'), 0o644);
    expect(said(await complaints({ DATABASE_URL: '', SECRET_KEYS: '', DATA_DIR }))).toContainEqual(
      expect.stringMatching(/^fault secrets: .*secret-keys can be read by others/),
    );
  });
});

test('connections are reckoned as the start reckons them', async () => {
  const allowed = await connectionsAllowed(db);
  expect(said(await complaints({ DATABASE_POOL_SIZE: '500' }))).toContainEqual(
    `warning database: ${tooFewConnections({ workers: 1, poolSize: 500, allowed })}`,
  );
});

test('what is judged by figures alone', async () => {
  expect(judgeQueue('x', { overdue: 5, oldestS: 60 }, true, '').level).toBe('ok');
  expect(judgeQueue('x', { overdue: 5, oldestS: 600 }, true, '').level).toBe('warning');
  expect(judgeQueue('x', { overdue: 5, oldestS: 6000 }, true, '').level).toBe('fault');
  const server = { version: 140_011, text: '14.11', sizeBytes: 1, unsafe: [], connections: 20 };
  expect(judgeServer(server, { workers: 1, poolSize: 30 }).map(({ level }) => level)).toEqual(['fault', 'warning']);
  expect(['password12345678', 'abababababab', 'aaaaaaaaaaaaaaaa'].map(isWeak)).toEqual([true, true, true]);
  expect(isWeak(randomBytes(24).toString('base64url'))).toBe(false);
  const one = (level: Finding['level']): Finding => ({ check: 'x', level, what: '' });
  expect([[], [one('warning')], [one('warning'), one('fault')]].map(exitCodeOf)).toEqual([0, 1, 2]);
  expect(said(await complaints({}, { nodeVersion: '18.20.4' }))[0]).toBe(
    'fault node: Node.js 18.20.4 is not supported',
  );
});

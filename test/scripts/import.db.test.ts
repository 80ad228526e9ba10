/** scripts/import and scripts/export: files of ours, of SteVe and of CitrineOS; whole or not at all, and twice the same. */
import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { inOneTransaction } from '../../scripts/kit/one-transaction.ts';
import { rowsOf } from '../../scripts/transfer/csv.ts';
import { giveOut } from '../../scripts/transfer/give-out.ts';
import { openRooms } from '../../scripts/transfer/rooms.ts';
import type { Kind, Source } from '../../scripts/transfer/shapes.ts';
import { type Outcome, takeIn } from '../../scripts/transfer/take-in.ts';
import { newId } from '../../src/platform/ids.ts';
import { openKeyRing } from '../../src/secrets/index.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';

const db = await testDatabase();
const peppers = openKeyRing({ keys: `k1:${randomBytes(32).toString('base64')}`, dataDir: '/nowhere' }).peppers(
  'charger-key',
);
const roomsOf = (on: typeof db, organizationId: string) =>
  openRooms({ db: on, organizationId, peppers, publicUrl: undefined });

async function organization(): Promise<string> {
  const id = newId('org');
  await db.prisma.organization.create({ data: { id, name: id } });
  return id;
}

/** In pieces that end anywhere. */
async function* pieces(text: string, size = 7): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function imported(
  organizationId: string,
  kind: Kind,
  csv: string | AsyncIterable<string>,
  { source = 'dynamo' as Source, dryRun = false, url = db.url } = {},
): Promise<Outcome> {
  let outcome: Outcome | undefined;
  await inOneTransaction({ connectionString: url }, quiet, async ({ db: within, step }) => {
    outcome = await takeIn(rowsOf(typeof csv === 'string' ? pieces(csv) : csv), {
      source,
      kind,
      rooms: roomsOf(within, organizationId),
      step,
    });
    return outcome.faults.length === 0 && !dryRun;
  });
  return outcome as Outcome; // it was set, or thrown past
}
const counts = ({ created, changed, unchanged, faults }: Outcome) => ({ created, changed, unchanged, faults });
const exported = async (organizationId: string, kind: Kind): Promise<string> => {
  let text = '';
  for await (const piece of giveOut(roomsOf(db, organizationId), kind)) text += piece;
  return text;
};

test('what is taken in twice is there once; what the file says otherwise is changed, what it does not say stays', async () => {
  const org = await organization();
  const csv =
    'identity;name;security_profile;heartbeat_interval_s\r\nIMP-1;"Bay ""1"";\r\nleft";1;600\r\nIMP-2;;0;\r\n';
  const bad = await imported(org, 'charge-points', csv);
  expect(bad.faults).toEqual(['line 2: name: must not contain control characters']);
  const good = csv.replace(';\r\nleft', '; left');
  const first = await imported(org, 'charge-points', good);
  expect(counts(first)).toEqual({ created: 2, changed: 0, unchanged: 0, faults: [] });
  expect(first.keys).toEqual([{ identity: 'IMP-1', key: expect.stringMatching(/^\S{16,}$/) }]);
  expect(counts(await imported(org, 'charge-points', good))).toEqual({
    created: 0,
    changed: 0,
    unchanged: 2,
    faults: [],
  });
  expect(counts(await imported(org, 'charge-points', 'identity,vendor\nIMP-1,ABB\n'))).toMatchObject({ changed: 1 });
  const row = await db.prisma.chargePoint.findUniqueOrThrow({ where: { identity: 'IMP-1' } });
  expect(row).toMatchObject({
    organizationId: org,
    vendor: 'ABB',
    name: 'Bay "1"; left',
    heartbeatIntervalS: 600,
    securityProfile: 1,
  });
  expect(row.keyHash).not.toBeNull();
});

test('a file with faults, and a dry run, leave nothing behind; every fault has its line', async () => {
  const org = await organization();
  const csv = [
    'uid,status,valid_until,max_concurrent',
    'AA01,active,,2',
    'AA02,asleep,soon,',
    '',
    'aa01,,,',
    'AA03,,,many',
  ].join('\n');
  const outcome = await imported(org, 'tokens', csv);
  expect(outcome.faults).toEqual([
    expect.stringMatching(/^line 3: status: /),
    expect.stringMatching(/^line 3: valid_until: /),
    'line 5: uid: aa01 stands in line 2 already',
    expect.stringMatching(/^line 6: max_concurrent: /),
  ]);
  expect(counts(await imported(org, 'tokens', 'uid\nAA01\nAA02\n', { dryRun: true }))).toMatchObject({
    created: 2,
    faults: [],
  });
  expect(await db.prisma.token.count({ where: { organizationId: org } })).toBe(0);
  const other = await organization();
  await imported(other, 'charge-points', 'identity\nTAKEN-1\n');
  expect((await imported(org, 'charge-points', 'identity\nMINE-1\nTAKEN-1\n')).faults).toEqual([
    'line 3: identity: is in use; choose another',
  ]);
  expect(await db.prisma.chargePoint.count({ where: { identity: 'MINE-1' } })).toBe(0);
  for (const [broken, why] of [
    ['name\nx\n', 'line 1: there is no column uid; there are: name'],
    ['uid,uid\n1,2\n', 'line 1: two columns are called "uid"'],
    ['uid\n"AA\n', 'line 3: the quotation mark of line 2 is never closed'],
    ['uid,type\nAA\n', 'line 2: 1 fields, the first line has 2'],
    ['', 'line 1: there is no line with the names of the columns'],
    ['uid,colour\nAA,red\n', 'line 2: Unrecognized key: "colour"'],
  ])
    expect((await imported(org, 'tokens', broken as string)).faults).toEqual([why]);
});

test('tariffs by their prices or with all their terms; new terms are a new version', async () => {
  const org = await organization();
  const csv =
    'name,currency,prices_include_tax,tax_percent,energy_price,idle_price,idle_grace_s,flat_price\nDay,EUR,true,19,0.49,0.10,900,\n';
  expect(counts(await imported(org, 'tariffs', csv))).toMatchObject({ created: 1, faults: [] });
  expect(counts(await imported(org, 'tariffs', csv))).toMatchObject({ unchanged: 1, faults: [] });
  expect(counts(await imported(org, 'tariffs', csv.replace('0.49', '0.52')))).toMatchObject({ changed: 1, faults: [] });
  const [tariff] = await db.prisma.tariff.findMany({ where: { organizationId: org } });
  expect(tariff).toMatchObject({ name: 'Day', version: 2 });
  const { faults } = await imported(org, 'tariffs', csv.replace('0.49', '-1').replace('EUR', 'EURO'));
  expect(faults).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^line 2: currency: /),
      expect.stringMatching(/^line 2: components\.0\.price: /),
    ]),
  );
  const terms = JSON.stringify({
    currency: 'EUR',
    prices_include_tax: false,
    components: [{ type: 'flat', price: '2' }],
  });
  expect(counts(await imported(org, 'tariffs', `name,terms\nNight,"${terms.replaceAll('"', '""')}"\n`))).toMatchObject({
    created: 1,
    faults: [],
  });
});

test('what is exported is taken in by another organization, and comes out of it the same', async () => {
  const [from, to] = [await organization(), await organization()];
  await imported(
    from,
    'tokens',
    'uid,group_parent_id_tag,max_concurrent,valid_until,language\n=04A1,FLEET,unlimited,2030-01-01T00:00:00Z,de\n04A2,FLEET,3,,\n',
  );
  await imported(
    from,
    'tariffs',
    'name,currency,prices_include_tax,energy_price,description\nDay,EUR,true,0.49,"a, b"\n',
  );
  for (const kind of ['tokens', 'tariffs'] as const) {
    const file = await exported(from, kind);
    expect(counts(await imported(to, kind, file))).toMatchObject({ changed: 0, unchanged: 0, faults: [] });
    const lines = (text: string) => text.split('\r\n').sort();
    expect(lines(await exported(to, kind))).toEqual(lines(file));
    expect(counts(await imported(to, kind, file))).toMatchObject({ created: 0, changed: 0, faults: [] });
  }
  expect(await exported(from, 'tokens')).toContain(`"'=04A1"`);
  await imported(from, 'charge-points', 'identity,name\nOUT-1,One\n');
  expect(await exported(from, 'charge-points')).not.toMatch(/key/);
});

test("SteVe's charge_box and ocpp_tag", async () => {
  const org = await organization();
  const boxes = `"charge_box_pk","charge_box_id","ocpp_protocol","registration_status","charge_point_vendor","charge_point_model","charge_point_serial_number","charge_box_serial_number","description","security_profile","auth_password"
"1","STEVE-1","ocpp1.6J","Accepted","ABB","Terra AC",\\N,"S-77","Depot
north","0",\\N
"2","STEVE-2","ocpp1.6J","Rejected",NULL,NULL,NULL,NULL,NULL,"2","$2a$10$abc"
`;
  expect(counts(await imported(org, 'charge-points', boxes, { source: 'steve' }))).toEqual({
    created: 2,
    changed: 0,
    unchanged: 0,
    faults: [],
  });
  expect(await db.prisma.chargePoint.findUnique({ where: { identity: 'STEVE-1' } })).toMatchObject({
    name: 'Depot north',
    serialNumber: 'S-77',
    vendor: 'ABB',
    securityProfile: 0,
    keyHash: null,
  });
  expect(await db.prisma.chargePoint.findUnique({ where: { identity: 'STEVE-2' } })).toMatchObject({
    registration: 'rejected',
    securityProfile: 2,
    vendor: null,
  });
  const tags = `ocpp_tag_pk,id_tag,parent_id_tag,expiry_date,max_active_transaction_count,note
1,FLEET,,,1,
2,04A1B2C3,FLEET,2030-06-01 12:00:00.000000,1,x
3,04BLOCKED,,,0,
4,04ALWAYS,,,-1,
`;
  expect(counts(await imported(org, 'tokens', tags, { source: 'steve' }))).toMatchObject({ created: 4, faults: [] });
  expect(counts(await imported(org, 'tokens', tags, { source: 'steve' }))).toMatchObject({ unchanged: 4, faults: [] });
  const tokens = await db.prisma.token.findMany({
    where: { organizationId: org },
    include: { group: true },
    orderBy: { uid: 'asc' },
  });
  expect(
    tokens.map(({ uid, status, maxConcurrent, validUntil, group }) => [
      uid,
      status,
      maxConcurrent,
      validUntil?.toISOString(),
      group?.parentIdTag,
    ]),
  ).toEqual([
    ['04A1B2C3', 'active', 1, '2030-06-01T12:00:00.000Z', 'FLEET'],
    ['04ALWAYS', 'active', null, undefined, undefined],
    ['04BLOCKED', 'blocked', 1, undefined, undefined],
    ['FLEET', 'active', 1, undefined, undefined],
  ]);
});

test("CitrineOS's ChargingStations and Authorizations", async () => {
  const org = await organization();
  const stations =
    'id,isOnline,protocol,chargePointVendor,chargePointModel,chargePointSerialNumber,locationId\nCITRINE-1,t,ocpp2.0.1,Wallbox,Pulsar,W-1,3\n';
  expect(counts(await imported(org, 'charge-points', stations, { source: 'citrineos' }))).toMatchObject({
    created: 1,
    faults: [],
  });
  const authorizations = `id,idToken,idTokenType,status,cacheExpiryDateTime,language1,groupAuthorizationId,concurrentTransaction
1,DEADBEEF,ISO14443,Accepted,2030-01-01 00:00:00+00,en,2,f
2,DE-ABC-C00000001-X,eMAID,Blocked,,,,t
`;
  expect(counts(await imported(org, 'tokens', authorizations, { source: 'citrineos' }))).toMatchObject({
    created: 2,
    faults: [],
  });
  const tokens = await db.prisma.token.findMany({
    where: { organizationId: org },
    include: { group: true },
    orderBy: { type: 'desc' },
  });
  expect(
    tokens.map(({ uid, type, status, maxConcurrent, language, group }) => [
      uid,
      type,
      status,
      maxConcurrent,
      language,
      group?.parentIdTag,
    ]),
  ).toEqual([
    ['DEADBEEF', 'rfid', 'active', 1, 'en', 'citrineos-2'],
    ['DE-ABC-C00000001-X', 'emaid', 'blocked', null, null, undefined],
  ]);
  const none = authorizations.replace('eMAID', 'NoAuthorization');
  expect((await imported(org, 'tokens', none, { source: 'citrineos' })).faults).toEqual([
    'line 3: idTokenType: NoAuthorization has no counterpart',
  ]);
});

test("CitrineOS's Tariffs: without tax, minutes become hours; what has no counterpart is said", async () => {
  const org = await organization();
  const csv = `id,stationId,connectorId,currency,pricePerKwh,pricePerMin,pricePerSession,authorizationAmount,paymentFee,taxRate,tenantId
3,CITRINE-1,2,EUR,0.49,0.05,1,25,0,19,1
4,CITRINE-2,,USD,0.3,,,,,,1
`;
  const take = (text: string) => imported(org, 'tariffs', text, { source: 'citrineos' });
  expect(counts(await take(csv))).toMatchObject({ created: 2, faults: [] });
  expect(counts(await take(csv))).toMatchObject({ unchanged: 2, faults: [] });
  const shown: Record<string, string>[] = [];
  for await (const { values } of rowsOf(pieces(await exported(org, 'tariffs')))) shown.push({ ...values });
  const first = shown.find(({ name }) => name === 'CitrineOS 3');
  expect(first?.['description']).toBe('Of CITRINE-1');
  expect(JSON.parse(first?.['terms'] ?? '')).toEqual({
    currency: 'EUR',
    prices_include_tax: false,
    tax_percent: '19',
    components: [
      { type: 'energy', price: '0.49' },
      { type: 'time', price: '3' },
      { type: 'flat', price: '1' },
    ],
  });
  expect(counts(await take(csv.replace('0.05', '0.06')))).toMatchObject({ changed: 1, unchanged: 1, faults: [] });
  expect((await take(csv.replace(',25,0,', ',25,0.30,').replace('0.3,', 'much,'))).faults).toEqual([
    'line 2: paymentFee: has no counterpart (it is a percentage for a provider of payments); write 0 here',
    'line 3: pricePerKwh: must be a number such as 0.49, and is much',
  ]);
});

test('whatever is written as CSV is read as it was', async () => {
  const field = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', "'", 'ü', '\t', ' '), maxLength: 8 });
  const table = fc.record({
    rows: fc.array(fc.tuple(field, field), { minLength: 1, maxLength: 5 }),
    size: fc.integer({ min: 1, max: 20 }),
    end: fc.constantFrom('\n', '\r\n'),
  });
  await fc.assert(
    fc.asyncProperty(table, async ({ rows, size, end }) => {
      const text = stringify([['a', 'b'], ...rows], { quoted: true, record_delimiter: end });
      const read: unknown[] = [];
      for await (const { values } of rowsOf(pieces(text, size))) read.push([values['a'], values['b']]);
      expect(read).toEqual(rows);
    }),
    { numRuns: 100 },
  );
});

test('a file that comes slowly, from a pipe or a network, is waited for', async () => {
  const org = await organization();
  const url = new URL(db.url);
  url.searchParams.set('options', '-c idle_in_transaction_session_timeout=200ms');
  async function* slowly(): AsyncGenerator<string> {
    yield 'identity\nSLOW-1\n';
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    yield 'SLOW-2\n';
  }
  expect(counts(await imported(org, 'charge-points', slowly(), { url: url.href }))).toMatchObject({ created: 2 });
});

/** The frame log over REST: filters, search, export and live reading. */
import { afterAll, expect, test } from '@jest/globals';
import { MOST_LOOKED_AT } from '../../src/frames/read-store.ts';
import { appendFrames } from '../../src/frames/store.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';
import { listening, readEvents } from '../support/sse.ts';
import { until } from '../support/until.ts';

const db = await testDatabase();
const rest = await createRest(db);
const organizationId = await rest.createOrganization();
const { key } = await rest.keyOf(organizationId);
const api = rest.as(key);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

type Frame = { at: string; direction: string; message_type: number; action: string; raw: string };
let identities = 0;
async function chargePoint() {
  identities += 1;
  const { body } = await api.post('/api/v1/charge-points').send({ identity: `FRAMES-${identities}` });
  const { number } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: body.id } });
  return { id: String(body.id), number };
}
const frame = (
  chargePointNumber: number,
  i: number,
  more: Partial<Parameters<typeof appendFrames>[1][number]> = {},
) => ({
  chargePointNumber,
  atMs: Date.now() - 3_600_000 + i,
  inbound: i % 2 === 0,
  messageType: i % 2 === 0 ? 2 : 3,
  messageId: `m${i}`,
  action: i % 2 === 0 ? 'Heartbeat' : 'Reset',
  raw: `[2,"m${i}","x",{}]`,
  traceId: null,
  ...more,
});
const listed = async (id: string, query: string) =>
  (await api.get(`/api/v1/charge-points/${id}/frames?${query}`)).body as { data: Frame[]; next_cursor: string | null };

test('frames are found by direction, type, action, text and time', async () => {
  const { id, number } = await chargePoint();
  await appendFrames(db, [
    ...Array.from({ length: 6 }, (_, i) => frame(number, i)),
    frame(number, 6, { raw: '[2,"z","DataTransfer",{"data":"100%_ÄPFEL"}]' }),
  ]);
  expect((await listed(id, 'direction=to_charger')).data).toHaveLength(3);
  expect((await listed(id, 'message_type=3')).data.every(({ message_type }) => message_type === 3)).toBe(true);
  expect((await listed(id, 'action=Reset&direction=from_charger')).data).toEqual([]);
  expect((await listed(id, `text=${encodeURIComponent('%_äpfel')}`)).data).toHaveLength(1);
  expect((await listed(id, 'text=100x')).data).toEqual([]);
  const all = (await listed(id, '')).data;
  expect((await listed(id, `from=${all[1]?.at}&to=${all[0]?.at}`)).data).toHaveLength(1);
  for (const wrong of ['text=x', 'direction=up', 'message_type=9', `text=${'x'.repeat(101)}`])
    expect((await api.get(`/api/v1/charge-points/${id}/frames?${wrong}`)).status).toBe(400);
});

test('a search looks at so many frames and no more; its pages may be empty and still go on to the end', async () => {
  const { id, number } = await chargePoint();
  await appendFrames(db, [frame(number, 0, { raw: 'the needle' })]);
  await db.prisma.$executeRaw`
    INSERT INTO frames (charge_point_number, at, inbound, message_type, raw)
    SELECT ${number}, now() - interval '1 minute' + n * interval '1 microsecond', true, 2, 'hay' FROM generate_series(1, ${MOST_LOOKED_AT + 5}) AS n`;
  const first = await listed(id, 'text=needle');
  expect(first.data).toEqual([]);
  expect(first.next_cursor).not.toBeNull();
  const second = await listed(id, `text=needle&cursor=${first.next_cursor}`);
  expect(second.data.map(({ raw }) => raw)).toEqual(['the needle']);
  expect(second.next_cursor).toBeNull();
});

test('an export holds every frame once, oldest first, as JSON lines', async () => {
  const { id, number } = await chargePoint();
  await appendFrames(
    db,
    Array.from({ length: 123 }, (_, i) => frame(number, i)),
  );
  const answer = await api.get(`/api/v1/charge-points/${id}/frames/export`).buffer(true).parse(text);
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('application/jsonl');
  expect(answer.headers['content-disposition']).toBe(`attachment; filename=frames-${id}.jsonl`);
  const lines = String(answer.body)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { message_id: string });
  expect(lines.map(({ message_id }) => message_id)).toEqual(Array.from({ length: 123 }, (_, i) => `m${i}`));
  const some = await api.get(`/api/v1/charge-points/${id}/frames/export?direction=to_charger`).buffer(true).parse(text);
  expect(String(some.body).trimEnd().split('\n')).toHaveLength(61);
});

test('in CSV nothing that a charger says becomes a formula or another cell', async () => {
  const { id, number } = await chargePoint();
  const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', 'a,b', 'a"b', 'a\r\nb', '＝1'];
  await appendFrames(
    db,
    hostile.map((raw, i) => frame(number, i, { raw, action: raw.slice(0, 8) })),
  );
  const answer = await api.get(`/api/v1/charge-points/${id}/frames/export?format=csv`).buffer(true).parse(text);
  expect(answer.headers['content-type']).toContain('text/csv');
  const rows = cells(String(answer.body));
  expect(rows[0]).toEqual(['at', 'direction', 'message_type', 'message_id', 'action', 'raw', 'trace_id']);
  expect(rows.slice(1)).toHaveLength(hostile.length);
  for (const [i, row] of rows.slice(1).entries()) {
    expect(row).toHaveLength(7);
    for (const cell of row) expect(cell).not.toMatch(/^[=+\-@\t\r＝]/);
    expect(row[5]?.replace(/^'/, '')).toBe(hostile[i]);
  }
});

test('an export reads the database only as fast as it is read, and stops when its reader goes', async () => {
  const { id, number } = await chargePoint();
  const large = 'x'.repeat(200_000);
  for (let i = 0; i < 8; i += 1)
    await appendFrames(
      db,
      Array.from({ length: 50 }, (_, n) => frame(number, i * 50 + n, { raw: large })),
    );
  const { url } = await listening(rest.app);
  const before = db.statements();
  const abort = new AbortController();
  const response = await fetch(`${url}/api/v1/charge-points/${id}/frames/export`, {
    headers: { Authorization: `Bearer ${key}` },
    signal: abort.signal,
  });
  const reader = response.body?.getReader();
  expect((await reader?.read())?.value?.length).toBeGreaterThan(0);
  let looks: number[] = [];
  await until('it waits for its reader', () => {
    looks = [...looks, db.statements()];
    return looks.length > 10 && looks.at(-10) === looks.at(-1);
  });
  expect(db.statements() - before).toBeLessThan(8);
  abort.abort();
  await reader?.read().catch(() => undefined);
});

test('live: what is kept from now on comes in order, filtered, and is taken up again without a gap', async () => {
  const { id, number } = await chargePoint();
  await appendFrames(db, [frame(number, 0)]);
  const { url } = await listening(rest.app);
  const address = `${url}/api/v1/charge-points/${id}/frames/stream?direction=from_charger`;
  const reader = await readEvents(address, { Authorization: `Bearer ${key}` });
  expect(reader.status).toBe(200);
  const now = { atMs: Date.now() };
  await until('the first comes', async () => {
    if (reader.events.length === 0) await appendFrames(db, [frame(number, 2, { ...now, raw: 'live 1' })]);
    return reader.events.length > 0;
  });
  await appendFrames(db, [
    frame(number, 3, { ...now, raw: 'not wanted' }),
    frame(number, 4, { ...now, raw: 'live 2' }),
  ]);
  await until('the second comes', () => reader.events.some(({ data }) => data.includes('live 2')));
  expect(reader.events.every(({ data }) => (JSON.parse(data) as Frame).direction === 'from_charger')).toBe(true);
  const last = reader.events.at(-1)?.id ?? '';
  await reader.close();
  await appendFrames(db, [frame(number, 6, { ...now, raw: 'while away' })]);
  const again = await readEvents(address, { Authorization: `Bearer ${key}`, 'Last-Event-ID': last });
  const [first] = await again.take(1);
  expect((JSON.parse(first?.data ?? '{}') as Frame).raw).toBe('while away');
  await again.close();
});

/** As bytes came, whatever their type. */
function text(answer: object, done: (cause: Error | null, body: string) => void): void {
  const response = answer as NodeJS.ReadableStream; // what superagent hands to a parser
  const chunks: Buffer[] = [];
  response.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
  response.on('end', () => done(null, Buffer.concat(chunks).toString('utf8')));
}

/** A reader of RFC 4180 of its own. */
function cells(csv: string): string[][] {
  const rows: string[][] = [];
  const row = /("(?:[^"]|"")*"|[^,"\r\n]*)(,|\r\n|$)/gy;
  let current: string[] = [];
  for (let match = row.exec(csv); match !== null && match[0] !== ''; match = row.exec(csv)) {
    const cell = match[1] ?? '';
    current.push(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (match[2] === ',') continue;
    rows.push(current);
    current = [];
  }
  return rows;
}

/** Files that are written by themselves: on the organization's calendar, once over processes, again after a fault, gone when they are old. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { installationRoot } from '../../src/config/index.ts';
import { dueOf, type Period, spanAt, spanDue } from '../../src/exports/calendar.ts';
import { createScheduledExports } from '../../src/exports/index.ts';
import { curlsOf, runCurl } from '../support/curl.ts';
import { testDatabase } from '../support/db.ts';
import { quiet } from '../support/quiet-log.ts';
import { createRest, insertSession } from '../support/rest.ts';
import { exportsConfig } from '../support/uploads.ts';

const db = await testDatabase();
const rest = await createRest(db);
afterAll(async () => {
  await rest.stop();
  await db.close();
});

let organizationId = '';
let api: ReturnType<typeof rest.as>;
beforeEach(async () => {
  organizationId = await rest.createOrganization();
  await db.prisma.organization.update({ where: { id: organizationId }, data: { timezone: 'Europe/Berlin' } });
  api = rest.as((await rest.keyOf(organizationId)).key);
});

describe('the calendar', () => {
  test.each<[Period, string, string, string]>([
    ['daily', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['weekly', '2026-03-29T12:00:00Z', '2026-03-22T23:00:00Z', '2026-03-29T22:00:00Z'],
    ['weekly', '2026-03-29T22:00:00Z', '2026-03-29T22:00:00Z', '2026-04-05T22:00:00Z'],
    ['monthly', '2026-03-29T12:00:00Z', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
    ['monthly', '2026-12-31T23:00:00Z', '2026-12-31T23:00:00Z', '2027-01-31T23:00:00Z'],
  ])('%s, at %s: from %s to %s', (period, at, from, to) => {
    expect(spanAt(period, 'Europe/Berlin', new Date(at))).toEqual({ from: new Date(from), to: new Date(to) });
  });

  test.each<Period>(['daily', 'weekly', 'monthly'])(
    '%s spans follow one another without a gap, two hours after their end',
    (period) => {
      let { from, to } = spanAt(period, 'Europe/Berlin', new Date('2026-03-01T12:00:00Z'));
      let dueAt = dueOf({ from, to });
      for (let i = 0; i < 15; i += 1) {
        // also where nobody knows any more where it began
        const [due, same] = [from, undefined].map((begun) => spanDue(period, 'Europe/Berlin', { dueAt, begun }));
        expect(due?.span).toEqual({ from, to });
        expect(same).toEqual(due);
        from = to;
        to = spanAt(period, 'Europe/Berlin', from).to;
        dueAt = due?.nextDueAt ?? dueAt;
        expect(dueAt.getTime()).toBe(to.getTime() + 7_200_000);
      }
    },
  );
});

test('every curl command of docs/reports.md is answered as it stands there', async () => {
  const { key } = await rest.keyOf(organizationId);
  const chargePoint = (await api.post('/api/v1/charge-points').send({ identity: 'DOCS-1' })).body.id;
  const { number } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: chargePoint } });
  const at = new Date('2026-03-10T10:00:00Z');
  const session = await insertSession(
    db,
    { organizationId, chargePointId: chargePoint, number },
    { startedAt: at, endedAt: at, status: 'ended', isPriced: true, flags: ['meter_reset'] },
  );
  const total = { exclTax: '0.00', tax: '0.00', inclTax: '0.00' };
  await db.prisma.sessionCost.create({
    data: {
      ...{ sessionId: session.id, organizationId, currency: 'EUR', timezone: 'UTC', tally: {}, isFinal: true },
      cost: { currency: 'EUR', pricesIncludeTax: true, total, lines: [], taxes: [] },
      ...{ totalExclTax: '0.00', totalTax: '0.00', totalInclTax: '0.00', createdAt: at, updatedAt: at },
      ...{ reviewStatus: 'open', reviewReasons: ['meter_reset'] },
    },
  });
  const { port } = rest.server.address() as { port: number };
  const variables: Record<string, string> = {
    ...{ URL: `http://127.0.0.1:${port}`, KEY: key, ID: chargePoint, SESSION: session.id },
  };
  const commands = curlsOf(readFileSync(join(installationRoot(), 'docs/reports.md'), 'utf8'));
  expect(commands.length).toBeGreaterThanOrEqual(13);
  for (const command of commands) {
    if (command.includes('$FILE') && variables['FILE'] === undefined) {
      const { id } = await db.prisma.exportSchedule.findFirstOrThrow({ where: { organizationId } });
      await db.prisma.exportSchedule.update({ where: { id }, data: { dueAt: new Date(Date.now() - 1000) } });
      await rest.scheduledExports.write();
      variables['FILE'] = (await db.prisma.exportFile.findFirstOrThrow({ where: { organizationId } })).id;
    }
    const { status, text } = await runCurl(command, variables);
    expect([command, status < 300 ? '' : `${status} ${text}`]).toEqual([command, '']);
  }
});

test('every curl command of docs/api.md is answered as it stands there', async () => {
  const { key } = await rest.keyOf(organizationId);
  const { port } = rest.server.address() as { port: number };
  const variables: Record<string, string> = { URL: `http://127.0.0.1:${port}`, KEY: key };
  const text = readFileSync(join(installationRoot(), 'docs/api.md'), 'utf8');
  const lines = curlsOf(text);
  const answers: { command: string; status: number; text: string }[] = [];
  for (const [i, line] of lines.entries()) {
    const [, status, field = '', name = ''] = /^# (\d{3})(?:; its (id|next_cursor) is \$([A-Z]+))?$/.exec(line) ?? [];
    if (status === undefined) continue;
    const command = lines[i + 1] ?? '';
    const answer = await runCurl(command, variables);
    expect([command, answer.status, answer.text]).toEqual([command, Number(status), answer.text]);
    // under one Idempotency-Key
    const same = answers.find((each) => each.command === command);
    if (same !== undefined) expect(answer.text).toBe(same.text);
    answers.push({ command, status: answer.status, text: answer.text });
    if (field === '') continue;
    variables[name] = String(JSON.parse(answer.text)[field]);
    if (name !== 'CP') continue;
    // it connects, and somebody charges
    const of = { organizationId, chargePointId: variables[name] ?? '' };
    const { number } = await db.prisma.chargePoint.findUniqueOrThrow({ where: { id: of.chargePointId } });
    variables['SESSION'] = (await insertSession(db, { ...of, number })).id;
    await db.prisma.chargePointState.update({
      where: { chargePointId: of.chargePointId },
      data: { connected: true, protocol: 'ocpp1.6', generation: 1 },
    });
  }
  expect(answers).toHaveLength(lines.length / 2);
  expect(answers.length).toBeGreaterThan(20);
  expect(new Set(answers.map(({ command }) => command)).size).toBe(answers.length - 1);
  const [, shown = ''] = /^```json\n([\s\S]*?)^```/m.exec(text) ?? [];
  const { error } = JSON.parse(answers.find(({ status }) => status === 400)?.text ?? '{}');
  expect({ error: { ...error, request_id: JSON.parse(shown).error.request_id } }).toEqual(JSON.parse(shown));
});

async function dueSchedule(body: object, dueAt: string) {
  const made = await api
    .post('/api/v1/exports/schedules')
    .send({ name: 'Accounting', kind: 'sessions', period: 'daily', ...body });
  expect(made.status).toBe(201);
  await db.prisma.exportSchedule.update({ where: { id: made.body.id }, data: { dueAt: new Date(dueAt) } });
  return made.body.id as string;
}
const files = async () => (await api.get('/api/v1/exports/files')).body.data as Record<string, string>[];

test('several processes write each file once; it holds what ended in its day, and what it cost', async () => {
  const chargePointId = (await api.post('/api/v1/charge-points').send({ identity: organizationId.slice(-20) })).body.id;
  const insert = (endedAt: string) =>
    insertSession(
      db,
      { organizationId, chargePointId },
      { startedAt: new Date('2026-03-20T00:00:00Z'), endedAt: new Date(endedAt), status: 'ended' },
    );
  await insert('2026-03-28T22:59:59.999Z');
  const [one, two] = [await insert('2026-03-28T23:00:00Z'), await insert('2026-03-29T21:59:59.999Z')];
  await insert('2026-03-29T22:00:00Z');
  await dueSchedule({}, '2026-03-30T00:00:00Z');
  const config = exportsConfig();
  const until = new Date('2026-03-30T12:00:00Z');
  const clock = { now: () => until };
  const nodes = [1, 2, 3].map(() => createScheduledExports({ db, clock, log: quiet, config }));
  await Promise.all(nodes.map((node) => node.write()));
  const [file, ...others] = await files();
  expect(others).toEqual([]);
  expect(file).toMatchObject({
    status: 'ready',
    from: '2026-03-28T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
    timezone: 'Europe/Berlin',
  });
  expect(readdirSync(config.dir)).toHaveLength(1);
  const stored = await db.prisma.exportFile.findFirstOrThrow({ where: { organizationId } });
  const text = readFileSync(join(config.dir, stored.storedAs ?? ''), 'utf8');
  expect(
    text
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',')[0]),
  ).toEqual([`"${one.id}"`, `"${two.id}"`]);
  expect(text).toContain('cost_incl_tax');
  expect(Number(stored.sizeBytes)).toBe(Buffer.byteLength(text));
});

test('after a pause every day gets its file; what could not be written is tried again', async () => {
  await dueSchedule({ format: 'jsonl', kind: 'meter_values' }, '2026-03-30T00:00:00Z');
  const config = exportsConfig();
  writeFileSync(config.dir, 'in the way');
  let now = new Date('2026-04-01T00:30:00Z');
  const node = createScheduledExports({ db, clock: { now: () => now }, log: quiet, config });
  await node.write();
  expect(await files()).toMatchObject([{ status: 'waiting', error: expect.stringContaining('could not be written') }]);
  rmSync(config.dir);
  now = new Date('2026-04-01T00:40:00Z');
  for (let i = 0; i < 3; i += 1) await node.write();
  expect((await files()).map(({ status, from }) => [status, from])).toEqual([
    ['ready', '2026-03-30T22:00:00.000Z'],
    ['ready', '2026-03-29T22:00:00.000Z'],
    ['ready', '2026-03-28T23:00:00.000Z'],
  ]);
  expect(existsSync(config.dir)).toBe(true);
});

test('what cannot be written is tried again five times within half a day, then given up', async () => {
  await dueSchedule({}, '2026-03-30T00:00:00Z');
  const config = exportsConfig();
  writeFileSync(config.dir, 'in the way');
  const tries: string[] = [];
  const clock = { now: () => new Date(tries.at(-1) ?? '') };
  const node = createScheduledExports({ db, clock, log: quiet, config });
  for (let next: Date | null = new Date('2026-03-30T00:30:00Z'); next !== null; ) {
    tries.push(next.toISOString());
    await node.write();
    next = (await db.prisma.exportFile.findFirstOrThrow({ where: { organizationId } })).dueAt;
  }
  expect(tries.map((at) => at.slice(11, 16))).toEqual(['00:30', '00:31', '00:41', '01:41', '06:11', '12:11']);
  expect(await files()).toMatchObject([{ status: 'failed' }]);
});

test.each([
  ['UTC', 'Europe/Berlin', ['2026-03-01T00:00', '2026-04-01T00:00', '2026-04-30T22:00', '2026-05-31T22:00']],
  [
    'Europe/Berlin',
    'America/New_York',
    ['2026-02-28T23:00', '2026-03-31T22:00', '2026-05-01T04:00', '2026-06-01T04:00'],
  ],
])(
  'a change of the zone from %s to %s leaves nothing out and writes nothing that is not over',
  async (was, is, bounds) => {
    const at = bounds.map((bound) => new Date(`${bound}:00Z`));
    expect((await api.patch('/api/v1/organization').send({ timezone: was })).status).toBe(200);
    const away = Date.parse('2026-03-01T00:30:00Z') - rest.clock.now().getTime();
    rest.advance(away);
    const body = { name: 'Accounting', kind: 'sessions', period: 'monthly' };
    const { id, next_at: first } = (await api.post('/api/v1/exports/schedules').send(body)).body;
    rest.advance(-away);
    expect((await api.patch('/api/v1/organization').send({ timezone: is })).status).toBe(200);
    let now = new Date(first);
    const node = createScheduledExports({ db, clock: { now: () => now }, log: quiet, config: exportsConfig() });
    for (const [i, to] of at.slice(1).entries()) {
      const { next_at: nextAt } = (await api.get(`/api/v1/exports/schedules/${id}`)).body;
      expect(Date.parse(nextAt)).toBe(to.getTime() + 7_200_000);
      now = new Date(Date.parse(nextAt) - 1);
      await node.write();
      expect(await files()).toHaveLength(i);
      now = new Date(nextAt);
      await node.write();
      expect((await files())[0]).toMatchObject({ status: 'ready', from: at[i]?.toISOString(), to: to.toISOString() });
    }
  },
);

test('a schedule that a version before made goes on where its last file ended', async () => {
  const id = await dueSchedule({}, '2026-03-30T00:00:00Z');
  await db.prisma.exportSchedule.update({ where: { id }, data: { firstFrom: null } });
  const needs = { db, log: quiet, config: exportsConfig() };
  const writeAt = (at: string) => createScheduledExports({ ...needs, clock: { now: () => new Date(at) } }).write();
  await writeAt('2026-03-30T00:00:00Z');
  await db.prisma.organization.update({ where: { id: organizationId }, data: { timezone: 'UTC' } });
  await writeAt('2026-03-31T12:00:00Z');
  expect((await files()).map(({ from, to }) => [from, to])).toEqual([
    ['2026-03-29T22:00:00.000Z', '2026-03-30T22:00:00.000Z'],
    ['2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
  ]);
});

test('a file that is old is removed, and one that nobody knows; what is removed is not there any more', async () => {
  await dueSchedule({}, new Date(Date.now() - 60_000).toISOString());
  await rest.scheduledExports.write();
  const [file] = await files();
  const content = await api.get(`/api/v1/exports/files/${file?.['id']}/content`);
  expect([content.status, content.headers['content-type']]).toEqual([200, 'text/csv; charset=utf-8']);
  rest.advance(91 * 86_400_000);
  expect(await rest.scheduledExports.retain()).toBeGreaterThanOrEqual(1);
  rest.advance(-91 * 86_400_000);
  expect((await files())[0]).toMatchObject({ status: 'removed' });
  expect((await api.get(`/api/v1/exports/files/${file?.['id']}/content`)).status).toBe(409);
});

test('a schedule is of what is one’s own, can be listed and deleted, and there are fifty at most', async () => {
  const stranger = rest.as((await rest.keyOf(await rest.createOrganization())).key);
  const site = (await stranger.post('/api/v1/sites').send({ name: 'Theirs' })).body.id;
  const body = { name: 'A', kind: 'sessions', period: 'weekly' };
  expect((await api.post('/api/v1/exports/schedules').send({ ...body, site_id: site })).status).toBe(404);
  for (const wrong of [{ period: 'hourly' }, { kind: 'frames' }, { name: '' }])
    expect((await api.post('/api/v1/exports/schedules').send({ ...body, ...wrong })).status).toBe(400);
  const made = await api.post('/api/v1/exports/schedules').send(body);
  expect(made.body).toMatchObject({ ...body, format: 'csv', site_id: null, charge_point_id: null });
  expect((await api.get('/api/v1/exports/schedules')).body.data).toEqual([made.body]);
  await db.prisma.exportSchedule.createMany({
    data: Array.from({ length: 49 }, (_, i) => ({
      ...{
        id: `exs_${organizationId}${i}`,
        organizationId,
        name: 'B',
        kind: 'sessions',
        format: 'csv',
        period: 'daily',
      },
      ...{ dueAt: new Date('2100-01-01T00:00:00Z'), createdBy: 'x', createdAt: new Date() },
    })),
  });
  expect((await api.post('/api/v1/exports/schedules').send(body)).status).toBe(409);
  expect((await api.delete(`/api/v1/exports/schedules/${made.body.id}`)).status).toBe(204);
  expect((await api.post('/api/v1/exports/schedules').send(body)).status).toBe(201);
});

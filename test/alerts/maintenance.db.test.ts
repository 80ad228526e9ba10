/** Maintenance windows that repeat, over a change of clocks: each day at the time of day at which they were announced. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { moveWindows } from '../../src/alerts/maintenance.ts';
import { testDatabase } from '../support/db.ts';
import { createRest } from '../support/rest.ts';

const db = await testDatabase();
const rest = await createRest(db);
const PATH = '/api/v1/maintenance-windows';
let api: ReturnType<typeof rest.as>;
beforeAll(async () => {
  api = rest.as((await rest.keyOf(await rest.createOrganization())).key);
});
afterAll(async () => {
  await rest.stop();
  await db.close();
});

const announce = async (window: object): Promise<string> => (await api.post(PATH).send(window)).body.id;
const timeOf = async (id: string): Promise<string> => (await api.get(`${PATH}/${id}`)).body.starts_at.slice(5, 16);
/** Where it stands each time that it was over, one after the other. */
async function moves(id: string, times: number): Promise<string[]> {
  const starts: string[] = [];
  for (let i = 0; i < times; i += 1) {
    const { body } = await api.get(`${PATH}/${id}`);
    await moveWindows({ db, now: new Date(body.ends_at) });
    starts.push(await timeOf(id));
  }
  return starts;
}

test.each([
  // 02:30 is skipped on the 29th: it is 03:30 in summer time, an hour after what would have been 02:30.
  ['Europe/Berlin', 'daily', '2026-03-28T01:30Z', ['03-29T01:30', '03-30T00:30', '03-31T00:30']],
  ['Europe/Berlin', 'weekly', '2026-03-22T01:30Z', ['03-29T01:30', '04-05T00:30', '04-12T00:30']],
  ['America/New_York', 'daily', '2026-03-07T07:30Z', ['03-08T07:30', '03-09T06:30', '03-10T06:30']],
  ['America/New_York', 'weekly', '2026-03-01T07:30Z', ['03-08T07:30', '03-15T06:30', '03-22T06:30']],
  ['Europe/Berlin', 'daily', '2026-10-24T00:30Z', ['10-25T00:30', '10-26T01:30', '10-27T01:30']],
])('%s, %s from %s on', async (timezone, repeats, start, expected) => {
  const ends_at = new Date(Date.parse(start) + 2 * 3_600_000).toISOString();
  const id = await announce({ timezone, repeats, starts_at: new Date(start).toISOString(), ends_at });
  expect(await moves(id, 3)).toEqual(expected);
});

test('what is changed on the day on which clocks skip it: words and length keep its time of day, a new start is a new one', async () => {
  const window = { timezone: 'Europe/Berlin', repeats: 'daily', starts_at: '2026-03-28T01:30:00.000Z' };
  const announced = { ...window, ends_at: '2026-03-28T03:30:00.000Z' };
  const [worded, moved, abroad] = [await announce(announced), await announce(announced), await announce(announced)];
  await moveWindows({ db, now: new Date('2026-03-28T03:30:00.000Z') });
  // As a form sends it: with the start that it shows.
  const same = { reason: 'Works', starts_at: '2026-03-29T01:30:00.000Z', ends_at: '2026-03-29T02:30:00.000Z' };
  expect((await api.patch(`${PATH}/${worded}`).send(same)).status).toBe(200);
  const later = { starts_at: '2026-03-29T02:30:00.000Z', ends_at: '2026-03-29T03:30:00.000Z' };
  expect((await api.patch(`${PATH}/${moved}`).send(later)).status).toBe(200);
  expect((await api.patch(`${PATH}/${abroad}`).send({ timezone: 'UTC' })).status).toBe(200);
  await moveWindows({ db, now: new Date('2026-03-29T03:30:00.000Z') });
  expect([await timeOf(worded), await timeOf(moved), await timeOf(abroad)]).toEqual([
    '03-30T00:30', // 02:30 in Berlin
    '03-30T02:30', // 04:30
    '03-30T01:30', // as it stood, by another clock
  ]);
});

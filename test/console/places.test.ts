/** Windows of one browser that share the few streams it can keep: as many as may, whoever asks when. */
import { afterAll, expect, test } from '@jest/globals';
import { createPlaces, type Place } from '../../src/console/api/places.ts';
import { until } from '../support/until.ts';

/** Long enough for whatever machine. */
const ANSWER_MS = 1_500;
const opened: AbortController[] = [];
afterAll(() => {
  for (const each of opened) each.abort();
});
function aWindow() {
  const over = new AbortController();
  opened.push(over);
  const places = createPlaces(over.signal, ANSWER_MS);
  return () => {
    const letGo: true[] = [];
    return { ...places.take(() => letGo.push(true)), letGo };
  };
}
const held = <Each extends Place>(places: readonly Each[]) => places.filter((place) => !place.isRefused());
const answered = () => new Promise((resolve) => setTimeout(resolve, 2 * ANSWER_MS));

test('of eight that ask at once four read on; whoever comes later is refused until one leaves', async () => {
  const places = Array.from({ length: 8 }, () => aWindow()());
  await until('four are refused', () => held(places).length === 4);
  expect(places.filter(({ letGo }) => letGo.length > 0)).toHaveLength(4);
  const late = aWindow();
  const refused = late();
  await until('it is refused', () => refused.isRefused());
  expect([refused.letGo, held(places).length]).toEqual([[true], 4]);
  refused.leave();
  held(places)[0]?.leave();
  const second = late();
  await answered();
  expect([second.isRefused(), second.letGo]).toEqual([false, []]);
  for (const place of [...places, second]) place.leave();
});

test('whoever comes one after the other, faster than there is an answer: four', async () => {
  const places: (Place & { letGo: true[] })[] = [];
  for (let i = 0; i < 7; i += 1) {
    places.push(aWindow()());
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS / 5));
  }
  await until('three are refused', () => held(places).length === 4);
  await answered();
  expect(held(places)).toHaveLength(4);
  for (const place of places) place.leave();
});

test('whoever leaves before it is known holds nothing', async () => {
  for (let i = 0; i < 6; i += 1) aWindow()().leave();
  const place = aWindow()();
  await answered();
  expect(place.isRefused()).toBe(false);
  place.leave();
});

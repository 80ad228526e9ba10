/** `allOf` of the typed client: every item of a list that comes page by page, and an end. */
import { expect, test } from '@jest/globals';
import { allOf, RefusedError } from '../../src/client/index.ts';

type Page = { readonly data: readonly number[]; readonly next_cursor: string | null; readonly at_end?: boolean };
const EVENTS = 'http://csms.example/api/v1/webhooks/events?limit=2';

/** A list of these pages, as a server gives it; whoever asks for more than there are has not found its end. */
async function seenOf(pages: readonly Page[], url = 'http://csms.example/api/v1/cdrs') {
  const asked: (string | undefined)[] = [];
  const seen: number[] = [];
  const ask = async (cursor: string | undefined) => {
    const data = pages[asked.push(cursor) - 1];
    if (data === undefined) throw new Error(`it does not end: ${asked.join(' ')}`);
    const response = Response.json({});
    Object.defineProperty(response, 'url', { value: url });
    return { data, response };
  };
  for await (const each of allOf(ask)) seen.push(each);
  return { seen, asked };
}

test('an empty page is no end: of records that all lack something, of messages of which none is wanted', async () => {
  const pages = [
    { data: [], next_cursor: 'a' },
    { data: [1], next_cursor: 'b' },
    { data: [], next_cursor: 'c' },
    { data: [], next_cursor: 'd' },
    { data: [2], next_cursor: null },
  ];
  expect(await seenOf(pages)).toEqual({ seen: [1, 2], asked: [undefined, 'a', 'b', 'c', 'd'] });
});

test('a log that says that this is its end is not asked again, whatever its cursor', async () => {
  const pages = [
    { data: [1, 2], next_cursor: 'a', at_end: false },
    { data: [], next_cursor: 'b', at_end: false },
    { data: [3], next_cursor: 'c', at_end: true },
  ];
  expect((await seenOf(pages, EVENTS)).seen).toEqual([1, 2, 3]);
  expect((await seenOf([{ data: [], next_cursor: 'c', at_end: true }], EVENTS)).seen).toEqual([]);
});

test('a cursor that does not move is an end', async () => {
  const pages = [
    { data: [1], next_cursor: 'a' },
    { data: [], next_cursor: 'a' },
  ];
  expect((await seenOf(pages)).seen).toEqual([1]);
});

test('the log of an older server, which does not say it, ends with its first empty page, although its cursor may move', async () => {
  const pages = [
    { data: [1], next_cursor: 'a' },
    { data: [], next_cursor: 'b' },
  ];
  expect((await seenOf(pages, EVENTS)).seen).toEqual([1]);
});

test('a page that is refused is told', async () => {
  const ask = async () => ({ error: { code: 'forbidden' }, response: new Response(null, { status: 403 }) });
  const all = async () => {
    for await (const each of allOf<number>(ask)) throw new Error(`nothing was given, but ${each}`);
  };
  await expect(all()).rejects.toThrow(new RefusedError(403, { code: 'forbidden' }));
});

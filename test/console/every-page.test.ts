/** Lists that are asked for page by page. */
import { expect, test } from '@jest/globals';
import { everyPage } from '../../src/console/api/every-page.ts';

const listOfFour = () => {
  const pages = new Map([
    [undefined, { data: [1, 2], next_cursor: 'a' }],
    ['a', { data: [3], next_cursor: 'b' }],
    ['b', { data: [4], next_cursor: null }],
  ]);
  const asked: (string | undefined)[] = [];
  return {
    asked,
    async ask(cursor: string | undefined) {
      asked.push(cursor);
      return pages.get(cursor) ?? { data: [], next_cursor: null };
    },
  };
};

test('a list is asked for to its end', async () => {
  const { ask, asked } = listOfFour();
  const { all, isCut } = await everyPage(ask);
  expect([all, asked]).toEqual([
    [1, 2, 3, 4],
    [undefined, 'a', 'b'],
  ]);
  expect(isCut).toBe(false);
});

test('no page is asked for beyond as many as are wanted; a page is kept whole', async () => {
  const { ask, asked } = listOfFour();
  expect(await everyPage(ask, 1)).toEqual({ all: [1, 2], isCut: true });
  expect(asked).toEqual([undefined]);
});

test('only a list that goes on is cut', async () => {
  expect(await everyPage(listOfFour().ask, 3)).toEqual({ all: [1, 2, 3], isCut: true });
  expect(await everyPage(listOfFour().ask, 4)).toEqual({ all: [1, 2, 3, 4], isCut: false });
});

test('a page that is refused refuses the list', async () => {
  const { ask } = listOfFour();
  const refused = everyPage(async (cursor) => {
    if (cursor === 'b') throw new Error('refused');
    return ask(cursor);
  });
  await expect(refused).rejects.toThrow('refused');
});

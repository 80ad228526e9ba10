import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createExcerpt } from '../../src/webhooks/reply.ts';

const bodyOf = (...chunks: Buffer[]) => {
  const excerpt = createExcerpt();
  for (const chunk of chunks) excerpt.add(chunk);
  return excerpt.reply({}).body;
};

test('the first 4 KiB of a reply are kept, and a character that this cuts in two is left out', () => {
  expect(bodyOf(Buffer.alloc(3000, 'x'), Buffer.alloc(3000, 'y'))).toBe('x'.repeat(3000) + 'y'.repeat(1096));
  expect(bodyOf(Buffer.from(`${'x'.repeat(4095)}⚡`))).toBe('x'.repeat(4095));
});

test('NULs are left out and what is no UTF-8 is replaced', () => {
  expect(bodyOf(Buffer.from([0x61, 0, 0x62, 0xff, 0x63]))).toBe('ab\uFFFDc');
});

test('whatever the bytes are, PostgreSQL can store the text', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 6000 }), (bytes) => {
      const body = bodyOf(Buffer.from(bytes));
      expect(body).not.toContain('\0');
      expect(Buffer.from(body, 'utf8').toString('utf8')).toBe(body);
    }),
  );
});

test('only headers that help to find a fault are kept, shortened', () => {
  expect(
    createExcerpt().reply({
      'content-type': 'text/plain',
      'set-cookie': ['session=secret'],
      authorization: 'x',
      'retry-after': '120',
      location: 'x'.repeat(1000),
      via: ['a', 'b'],
    }).headers,
  ).toEqual({ 'content-type': 'text/plain', 'retry-after': '120', location: 'x'.repeat(256), via: 'a, b' });
});

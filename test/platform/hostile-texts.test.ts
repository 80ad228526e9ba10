/** Expressions that look at texts of strangers: none takes longer for being written with that in mind. */
import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { redactFrame } from '../../src/frames/redact.ts';
import { maskText } from '../../src/telemetry/redact.ts';
import { checkServerIdentity } from '../../src/webhooks/server-identity.ts';

/** As long as a frame may be: what looks at each character a few times is done in milliseconds, what begins anew at each of them in minutes. */
const LONGEST = 2 * 1024 * 1024;
const FOREVER_MS = 20_000;

const units = [
  '?',
  '&',
  '?key',
  '&key',
  '?token=',
  '://a',
  ':\\/\\/',
  'firmware/',
  '"key',
  '\\"',
  '"',
  'eyJ-',
  'eyJ.',
  'Bearer ',
  'dyn_a',
  '\\',
];
const readers = {
  redactFrame,
  maskText,
  identity: (subjectaltname: string) =>
    checkServerIdentity('2001:db8::1', { subjectaltname } as Parameters<typeof checkServerIdentity>[1]),
};

test.each(Object.entries(readers))('%s is done with any text', (_name, read) => {
  for (const unit of units)
    for (const before of ['', 'http://', '"', '?', '[2,"1","DataTransfer",{"data":"http://']) {
      const text = before + unit.repeat(LONGEST / unit.length);
      // throws when it was not done
      expect(() => runInNewContext('read(text)', { read, text }, { timeout: FOREVER_MS })).not.toThrow();
    }
});

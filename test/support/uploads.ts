/** A folder of its own for the files of chargers. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/config/index.ts';

export const uploadsConfig = (more: Partial<Config['uploads']> = {}): Config['uploads'] => ({
  dir: join(mkdtempSync(join(tmpdir(), 'dynamo-uploads-')), 'uploads'),
  maxBytes: 1024 * 1024,
  quotaBytes: 10 * 1024 * 1024,
  retentionDays: 30,
  ...more,
});

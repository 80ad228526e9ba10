/** A folder of its own for the files of chargers. It goes with the run (global-teardown.ts). */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../../src/config/index.ts';
import { testServer } from './server.ts';

export const uploadsConfig = (more: Partial<Config['uploads']> = {}): Config['uploads'] => ({
  dir: join(testServer().filesDir, `uploads-${randomBytes(5).toString('hex')}`),
  maxBytes: 1024 * 1024,
  quotaBytes: 10 * 1024 * 1024,
  retentionDays: 30,
  ...more,
});

export const firmwareConfig = (more: Partial<Config['firmware']> = {}): Config['firmware'] => ({
  dir: join(testServer().filesDir, `firmware-${randomBytes(5).toString('hex')}`),
  maxBytes: 4 * 1024 * 1024,
  quotaBytes: 20 * 1024 * 1024,
  url: undefined,
  ...more,
});

export const exportsConfig = (more: Partial<Config['exports']> = {}): Config['exports'] => ({
  dir: join(testServer().filesDir, `exports-${randomBytes(5).toString('hex')}`),
  retentionDays: 90,
  ...more,
});

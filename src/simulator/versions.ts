/** The versions of OCPP that a simulated charger can speak. A new one is a new row. */
import type { CreateDialect } from './dialect.ts';
import { createV2 } from './v2/index.ts';
import { createV16 } from './v16/index.ts';

export const dialects: ReadonlyMap<string, CreateDialect> = new Map([
  ['1.6', createV16],
  ['2.0.1', createV2('2.0.1')],
  ['2.1', createV2('2.1')],
]);

/** Strict and tolerant reading of OCPP 2.0.1: see test/support/strictness.ts. */
import { strictness } from '../support/strictness.ts';
import { of } from './strict-support.ts';

await strictness({ ...of('ocpp2.0.1'), least: 11000, messages: 25 });

/** Strict and tolerant reading of OCPP 2.1: see test/support/strictness.ts. */
import { strictness } from '../support/strictness.ts';
import { of } from './strict-support.ts';

await strictness({ ...of('ocpp2.1'), least: 26000, messages: 37, unanswered: ['NotifyPeriodicEventStream'] });

import { loadSchemas } from '../../src/ocpp/rpc.ts';
import { fuzz } from '../support/fuzz.ts';
import { exampleOf } from '../support/negatives.ts';
import { of } from './strict-support.ts';

for (const protocol of ['ocpp2.0.1', 'ocpp2.1'] as const) {
  const { serve } = of(protocol);
  const schemas = loadSchemas(protocol);
  // Every message that a station may send, whole and bare, made of its schema; and two that it may not.
  const right = [...serve(() => Promise.resolve()).fromCharger.keys()].flatMap((action) => {
    const schema = schemas.get(`${action} request`) ?? {};
    return [[action, exampleOf(schema, true)] as const, [action, exampleOf(schema, false)] as const];
  });
  fuzz({ protocol, serve, right: [...right, ['Reset', { type: 'OnIdle' }], ['NoSuchAction', { a: 1 }]] });
}

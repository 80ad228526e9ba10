/** Strict and tolerant reading of OCPP 1.6: see test/support/strictness.ts. */
import { createV16 } from '../../src/ocpp/v16/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { strictness } from '../support/strictness.ts';

await strictness({
  protocol: 'ocpp1.6',
  serve: (submit) =>
    createV16({
      submit,
      nextTransactionId: () => Promise.resolve(4711),
      newId,
      clock: { now: () => new Date() },
      signCertificate: () => Promise.resolve('accepted'),
    }),
  // 1.6J §4.2.3, in its own spelling.
  codes: {
    type: 'TypeConstraintViolation',
    required: 'OccurenceConstraintViolation',
    count: 'OccurenceConstraintViolation',
    additionalProperties: 'FormationViolation',
    enum: 'PropertyConstraintViolation',
    maxLength: 'PropertyConstraintViolation',
    format: 'PropertyConstraintViolation',
    bound: 'PropertyConstraintViolation',
  },
  least: 2500,
  messages: 14,
  money: ['StartTransaction', 'StopTransaction', 'MeterValues'],
  named: { action: 'Authorize', payload: { idTag: 'x'.repeat(21) }, message: /idTag .*20/ },
  envelopes: [
    ['a numeric message id', [2, 7, 'Heartbeat', {}], 'ProtocolError'],
    ['a message id that is too long', [2, 'x'.repeat(37), 'Heartbeat', {}], 'ProtocolError'],
    ['no payload', [2, 'a', 'Heartbeat'], 'ProtocolError'],
    ['a payload of null', [2, 'b', 'Heartbeat', null], 'ProtocolError'],
    ['an element too many', [2, 'c', 'Heartbeat', {}, 1], 'ProtocolError'],
    ['a payload that is a list', [2, 'd', 'Heartbeat', []], 'TypeConstraintViolation'],
    ['an unknown action', [2, 'e', 'Dance', {}], 'NotImplemented'],
    ['an action that is ours to send', [2, 'f', 'Reset', { type: 'Soft' }], 'NotSupported'],
    ['no JSON', '[2,"g","Heartbeat",{', 'FormationViolation'],
  ],
});

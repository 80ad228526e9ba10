/** What both versions' strictness has in common: the codes, the envelopes. */

import { createV2, type V2Options } from '../../src/ocpp/v2/index.ts';
import { newId } from '../../src/platform/ids.ts';
import type { Strictness } from '../support/strictness.ts';

export const of = (protocol: V2Options['protocol']): Omit<Strictness, 'least'> => ({
  protocol,
  serve: (submit) =>
    createV2({
      protocol,
      submit,
      nextTransactionId: () => Promise.resolve(4711),
      newId,
      clock: { now: () => new Date() },
      signCertificate: () => Promise.resolve('accepted'),
    }),
  // 2.0.1 Part 4 §4.3, in its own spelling.
  codes: {
    type: 'TypeConstraintViolation',
    required: 'OccurrenceConstraintViolation',
    count: 'OccurrenceConstraintViolation',
    additionalProperties: 'FormatViolation',
    enum: 'PropertyConstraintViolation',
    maxLength: 'PropertyConstraintViolation',
    format: 'PropertyConstraintViolation',
    bound: 'PropertyConstraintViolation',
  },
  money: ['TransactionEvent', 'MeterValues'],
  named: {
    action: 'DataTransfer',
    payload: { vendorId: 'x'.repeat(256) },
    message: /vendorId .*255/,
  },
  envelopes: [
    ['a numeric message id', [2, 7, 'Heartbeat', {}], 'ProtocolError'],
    ['a message id that is too long', [2, 'x'.repeat(37), 'Heartbeat', {}], 'ProtocolError'],
    ['no payload', [2, 'a', 'Heartbeat'], 'ProtocolError'],
    ['a payload of null', [2, 'b', 'Heartbeat', null], 'ProtocolError'],
    ['an element too many', [2, 'c', 'Heartbeat', {}, 1], 'ProtocolError'],
    ['a payload that is a list', [2, 'd', 'Heartbeat', []], 'TypeConstraintViolation'],
    ['an unknown action', [2, 'e', 'Dance', {}], 'NotImplemented'],
    ['an action that is ours to send', [2, 'f', 'Reset', { type: 'OnIdle' }], 'NotSupported'],
    ['no JSON', '[2,"g","Heartbeat",{', 'RpcFrameworkError'],
    ['a message type that nobody knows', [9, 'h', 'Heartbeat', {}], 'MessageTypeNotSupported'],
  ],
});

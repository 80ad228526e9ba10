/** What the versions of OCPP-J say differently about the same thing. Data only. */
import type { Protocol } from './contract.ts';

/** Faults of a call by one name; each version has its own spelling of them. */
export type Fault =
  | 'unreadable'
  | 'envelope'
  | 'not_implemented'
  | 'not_supported'
  | 'not_accepted_yet'
  | 'formation'
  | 'type'
  | 'property'
  | 'occurrence'
  | 'internal';

export type Dialect = {
  readonly codes: Readonly<Record<Fault, string>>;
  /** The answer to a message type that the version does not know; null: it is ignored. */
  readonly unknownMessageType: string | null;
  /** Types 5 (CALLRESULTERROR) and 6 (SEND) exist. */
  readonly sends: boolean;
  /** permessage-deflate is offered. */
  readonly compression: boolean;
};

const common = {
  not_implemented: 'NotImplemented',
  // 1.6J §4.2.3: an action that is recognized, but not for this side to answer.
  not_supported: 'NotSupported',
  // 2.x B01.FR.10, B02.FR.09, B03.FR.07. OCPP 1.6 §4.2 forbids such messages too, 1.6J §4.2.3 has no code of their own for them.
  not_accepted_yet: 'SecurityError',
  type: 'TypeConstraintViolation',
  property: 'PropertyConstraintViolation',
  internal: 'InternalError',
} as const;

const v2 = {
  codes: {
    ...common,
    // Part 4 §4.3: RpcFrameworkError where the message id could not be read, ProtocolError where the structure is not right.
    unreadable: 'RpcFrameworkError',
    envelope: 'ProtocolError',
    formation: 'FormatViolation',
    occurrence: 'OccurrenceConstraintViolation',
  },
  // Part 4 §4.4, extension fallback mechanism.
  unknownMessageType: 'MessageTypeNotSupported',
  // Part 4, compression: a CSMS must support RFC 7692.
  compression: true,
} as const;

export const dialects: Readonly<Record<Protocol, Dialect>> = {
  'ocpp1.6': {
    // 1.6J §4.2.3, in its own spelling.
    codes: {
      ...common,
      unreadable: 'FormationViolation',
      envelope: 'ProtocolError',
      formation: 'FormationViolation',
      occurrence: 'OccurenceConstraintViolation',
    },
    // 1.6J §4.1.3: a message of an unknown type is ignored.
    unknownMessageType: null,
    sends: false,
    compression: false,
  },
  'ocpp2.0.1': { ...v2, sends: false },
  'ocpp2.1': { ...v2, sends: true },
};

/** Which rule of a schema was broken → which fault that is; `envelope`: a rule of the frame around the payload. */
export const faultOfKeyword: Readonly<Record<string, Fault>> = {
  envelope: 'envelope',
  type: 'type',
  required: 'occurrence',
  minItems: 'occurrence',
  maxItems: 'occurrence',
  additionalProperties: 'formation',
  enum: 'property',
  format: 'property',
  maxLength: 'property',
  minimum: 'property',
  maximum: 'property',
  multipleOf: 'property',
};

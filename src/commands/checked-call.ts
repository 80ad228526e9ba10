/** From a wish to an OCPP call that may be sent: translated, known to the version, not forbidden, right by its schema. */
import { AppError, type FieldFault } from '../platform/errors.ts';
import type { Call, FriendlyCommand, Protocol } from './types.ts';

/** What the versions of OCPP know about calls to chargers. Implemented by src/ocpp. */
export type CallRules = {
  /** Actions that may be sent over this protocol, sorted. */
  actions(protocol: Protocol): readonly string[];
  /** One of each action and version, that its schema finds right. */
  examples(): readonly (Call & { readonly protocol: Protocol })[];
  /** What the schema finds wrong; empty: nothing. Field names are paths within the payload, '' is the payload itself. */
  validate(protocol: Protocol, call: Call): readonly FieldFault[];
  /** Why this call must not be sent as it is, validated or not; undefined: it may. */
  refuse(protocol: Protocol, call: Call): string | undefined;
  /** undefined: this protocol cannot say that. */
  translate(protocol: Protocol, command: FriendlyCommand): Call | undefined;
  /** Why it cannot, where that is worth telling. */
  whyNot?(protocol: Protocol, command: FriendlyCommand): string | undefined;
};

/** Characters of a token's uid: OCPP 1.6 §7.28; 2.0.1 and 2.1 IdTokenType. */
export const LONGEST_UID = { 'ocpp1.6': 20, 'ocpp2.0.1': 36, 'ocpp2.1': 255 } as const satisfies Record<
  Protocol,
  number
>;

/** The token that this is about. */
function uidOf(command: FriendlyCommand): string | undefined {
  if ('tokenUid' in command) return command.tokenUid;
  return 'subject' in command && command.subject.by === 'token' ? command.subject.uid : undefined;
}

/** The call that this wish is in the words of the target's version. Throws validation_failed. */
export function checkedCall(
  calls: CallRules,
  target: { readonly identity: string },
  protocol: Protocol,
  request: { readonly command: Call | FriendlyCommand; readonly validate?: boolean | undefined },
): Call {
  const { command } = request;
  const offered = calls.actions(protocol);
  const uid = 'do' in command ? uidOf(command) : undefined;
  const longest = LONGEST_UID[protocol];
  if (uid !== undefined && uid.length > longest) {
    const message = `has ${uid.length} characters; charge point ${target.identity} speaks ${protocol}, which takes ${longest}`;
    throw invalid([{ field: 'token', message }], `The token ${message}`);
  }
  const call = 'do' in command ? calls.translate(protocol, command) : command;
  if ('do' in command && (call === undefined || !offered.includes(call.action))) {
    const why = call === undefined ? calls.whyNot?.(protocol, command) : `it has no ${call.action}`;
    const because = why === undefined ? '' : `: ${why}`;
    const message = `cannot be asked of charge point ${target.identity}, which speaks ${protocol}${because}`;
    throw invalid([{ field: '', message }], `The request ${message}`);
  }
  if (call === undefined || !offered.includes(call.action)) {
    const message = `is not an action of ${protocol} that can be sent; there are ${offered.join(', ')}`;
    throw invalid([{ field: 'action', message }]);
  }
  const refused = calls.refuse(protocol, call);
  if (refused !== undefined) throw invalid([{ field: 'payload', message: refused }]);
  const faults = request.validate === false ? [] : calls.validate(protocol, call);
  if (faults.length > 0) {
    const inRequest = (field: string): string => (field === '' ? 'payload' : `payload.${field}`);
    throw invalid(faults.map(({ field, message }) => ({ field: inRequest(field), message })));
  }
  return call;
}

const invalid = (details: readonly FieldFault[], message?: string): AppError =>
  new AppError(
    'validation_failed',
    message ?? `The command is not valid: ${details[0]?.field ?? ''} ${details[0]?.message ?? ''}`,
    { details },
  );

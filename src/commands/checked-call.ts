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

/** The call that this wish is in the words of the target's version. Throws validation_failed. */
export function checkedCall(
  calls: CallRules,
  target: { readonly identity: string },
  protocol: Protocol,
  request: { readonly command: Call | FriendlyCommand; readonly validate?: boolean | undefined },
): Call {
  const { command } = request;
  const offered = calls.actions(protocol);
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

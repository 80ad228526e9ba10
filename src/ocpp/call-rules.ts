/** What the commands room may know of the versions: which calls there are, whether one is valid, how a wish is put. */
import type { Call, CallRules, FriendlyCommand } from '../commands/index.ts';
import type { FieldFault } from '../platform/errors.ts';
import { transferUrlFault } from '../platform/transfer-url.ts';
import type { Protocol, Version } from './contract.ts';

/** One version with what REST asks of it. */
export type AskableVersion = {
  readonly version: Pick<Version, 'protocol' | 'toCharger'>;
  readonly friendly: (command: FriendlyCommand) => Call | undefined;
  /** Why friendly has no words for a command, where that is worth telling. */
  readonly whyNot?: (command: FriendlyCommand) => string | undefined;
  /** Why this call must not be sent by hand; undefined: it may. */
  readonly refuse: (call: Call) => string | undefined;
};

export function createCallRules(
  versions: readonly AskableVersion[],
  validateCall: (protocol: Protocol, action: string, payload: Call['payload']) => readonly FieldFault[],
  /** TRANSFER_URL_SCHEMES */
  transferSchemes: readonly string[],
): CallRules {
  const byProtocol = new Map(versions.map((each) => [each.version.protocol, each]));
  /** Whatever the schema says: a charger that is told file:///etc/passwd might send it. */
  function urlFault(protocol: Protocol, { action, payload }: Call): string | undefined {
    for (const url of byProtocol.get(protocol)?.version.toCharger.get(action)?.urls?.(payload) ?? []) {
      const fault = typeof url === 'string' ? transferUrlFault(url, transferSchemes) : undefined;
      if (fault !== undefined) return `the location ${fault}`;
    }
    return undefined;
  }
  return {
    actions: (protocol) => [...(byProtocol.get(protocol)?.version.toCharger.keys() ?? [])].sort(),
    examples: () =>
      versions.flatMap(({ version: { protocol, toCharger } }) =>
        [...toCharger].map(([action, { example: payload }]) => ({ protocol, action, payload })),
      ),
    validate: (protocol, { action, payload }) => validateCall(protocol, action, payload),
    refuse: (protocol, call) => byProtocol.get(protocol)?.refuse(call) ?? urlFault(protocol, call),
    translate: (protocol, command) => byProtocol.get(protocol)?.friendly(command),
    whyNot: (protocol, command) => byProtocol.get(protocol)?.whyNot?.(command),
  };
}

/** The decision's door as the adapters use it: an input goes in, the reply that its room promises comes out. No rules. */
import type { Ingest } from '../ingest/contract.ts';
import type {
  AuthorizeReply,
  BootReply,
  DynamicReply,
  Input,
  NeedsAnswer,
  SettlementReply,
  StartReply,
  StopReply,
  StreamReply,
  TransactionReply,
  UnpluggedReply,
} from '../ingest/inputs.ts';

/** Which room promises what, see ingest/inputs.ts. */
type Replies = {
  booted: BootReply;
  authorize: AuthorizeReply;
  authorize_start: StartReply;
  authorize_stop: StopReply;
  stopped: StopReply;
  unplugged: UnpluggedReply;
  settled: SettlementReply;
  stream_opened: StreamReply;
  authorize_event: TransactionReply;
  transaction_event: TransactionReply;
  needs_reported: NeedsAnswer;
  /** Whether it is within what the EV was given. */
  schedule_reported: boolean;
  values_pulled: DynamicReply;
};

/**
 * Resolves after the commit. Rejects while the database is away: then the charger gets no acknowledgement (X14).
 * `traceId`: of the message that says it.
 */
export type Door = <I extends Input>(
  input: I,
  traceId: string,
) => Promise<I['type'] extends keyof Replies ? Replies[I['type']] : void>;

/** The one place where a reply gets its type back: the ingest engine carries replies of every room as unknown. */
export const createDoor = (submit: Ingest['submit']): Door => ((input, traceId) => submit(input, { traceId })) as Door;

/**
 * Certificates of one charge point: requested → signed → sent → installed | rejected | failed; what it holds stands in
 * machine/inventory.ts. Pure.
 */
import type { Effect, Step } from '../ingest/contract.ts';
import type { CertificateInput, SendingReply, SigningReply } from '../ingest/inputs.ts';
import { hold, learned, type Reading } from './machine/inventory.ts';
import { type CertificateState, isForCars, type RequestErrorCode, type RequestRow } from './types.ts';

type Input<T extends CertificateInput['type']> = Extract<CertificateInput, { type: T }>;
type Next = Step<CertificateState>;

/** A charger that asks more often has lost its mind. */
export const MOST_PER_HOUR = 20;
/** OCPP: certificateChain is string[10000]. */
export const LONGEST_CHAIN = 10_000;
/** Seconds until the signer is asked, or the chain sent, once more. */
export const RETRY_S = [10, 60, 300, 1800, 7200] as const;
/** The command waits a day for a charger that is offline, and ends by itself. */
export const SENDING_S = 86_400;
const GRACE_S = 3600;

export function decide(state: CertificateState, input: CertificateInput, now: Date, reading: Reading): Next {
  switch (input.type) {
    case 'signing_requested':
      return signingRequested(state, input, now);
    case 'signed':
      return signed(state, input, now);
    case 'signing_failed': {
      const row = state.requests.get(input.requestId);
      if (row?.status !== 'requested') return stay(state, 'not_waiting');
      if (input.final) return moved(state, ended(row, 'rejected', 'refused_by_signer', input.why, now));
      return moved(state, later(row, 'signer_failed', input.why, now));
    }
    case 'sending':
      return sending(state, input, now);
    case 'not_sent': {
      const row = state.requests.get(input.requestId);
      if (row?.status !== 'sent' || row.commandId !== input.commandId) return stay(state, 'not_waiting');
      return moved(state, later({ ...row, status: 'signed', commandId: null }, 'not_sent', input.why, now));
    }
    case 'command_ended':
      return commandEnded(state, input, now, reading);
  }
}

function signingRequested(state: CertificateState, input: Input<'signing_requested'>, now: Date): Next {
  const reply = (accepted: boolean): Effect => ({ do: 'reply', value: { accepted } satisfies SigningReply });
  const open = [...state.requests.values()].filter(({ dueAt }) => dueAt !== null);
  // A repeated message, or a charger that lost our answer: the certificate is on its way.
  const same = open.find(
    ({ csrHash, id, use }) => id === input.requestId || (csrHash === input.csrHash && use === input.use),
  );
  if (same !== undefined) return repeated(state, same, input, [reply(true)]);
  if (state.recent >= MOST_PER_HOUR) return stay(state, 'too_many', [reply(false)]);
  const { read } = input;
  const row: RequestRow = {
    id: input.requestId,
    status: 'requested',
    use: input.use,
    ocppRequestId: input.ocppRequestId ?? null,
    wantedRoot: input.wantedRoot ?? null,
    csr: input.csr,
    csrHash: input.csrHash,
    subject: read.subject,
    keyType: read.keyType,
    errorCode: null,
    errorMessage: null,
    chain: null,
    serialNumber: null,
    expiresAt: null,
    commandId: null,
    attempts: 0,
    dueAt: now,
    createdAt: now,
    completedAt: null,
  };
  const after = { ...state, recent: state.recent + 1 };
  const refuse = (code: RequestErrorCode, why: string): Next => {
    const step = moved(after, ended(row, 'rejected', code, why, now));
    return { ...step, effects: [reply(false)] };
  };
  if (read.fault !== null) return refuse('invalid_csr', read.fault);
  if (input.nobodySigns) {
    const setting = isForCars(input.use) ? 'V2G_CERTIFICATE_SIGNER' : 'CERTIFICATE_SIGNER';
    return refuse('no_signer', `${setting} is none: set it to sign such requests`);
  }
  // It has made a new key: a certificate for the old one would be rejected.
  const superseded = open
    .filter(({ status, use }) => status !== 'sent' && use === input.use)
    .map((each) => ended(each, 'failed', 'superseded', 'The charger sent another request', now));
  const requests = new Map(after.requests);
  for (const each of [...superseded, row]) requests.set(each.id, each);
  return { state: { ...after, requests }, effects: [reply(true)] };
}

/** A repetition under another number is answered by that number, unless the chain has gone out already. */
function repeated(
  state: CertificateState,
  row: RequestRow,
  input: Input<'signing_requested'>,
  effects: Effect[],
): Next {
  const ocppRequestId = input.ocppRequestId ?? null;
  // Its chain may have been lost on the way: who asks again waits for it, and need not wait for the next try.
  const isWaiting = row.status === 'signed' && row.dueAt !== null && row.dueAt > input.receivedAt;
  if (row.status === 'sent' || (row.ocppRequestId === ocppRequestId && !isWaiting))
    return stay(state, 'duplicate', effects);
  return { ...moved(state, { ...row, ocppRequestId, ...(isWaiting && { dueAt: input.receivedAt }) }), effects };
}

function signed(state: CertificateState, input: Input<'signed'>, now: Date): Next {
  const row = state.requests.get(input.requestId);
  if (row?.status !== 'requested') return stay(state, 'not_waiting');
  if (input.chain.length > LONGEST_CHAIN) {
    const why = `The signer's chain has ${input.chain.length} characters; a charger takes ${LONGEST_CHAIN}`;
    return moved(state, ended(row, 'failed', 'chain_too_long', why, now));
  }
  const { chain, serialNumber, expiresAt } = input;
  const clean = { errorCode: null, errorMessage: null, attempts: 0, dueAt: now };
  return moved(state, { ...row, ...clean, status: 'signed', chain, serialNumber, expiresAt });
}

function sending(state: CertificateState, { requestId, commandId }: Input<'sending'>, now: Date): Next {
  const row = state.requests.get(requestId);
  const reply = (chain: string | undefined): Effect => {
    const { use = 'charge_point', ocppRequestId = null } = row ?? {};
    return {
      do: 'reply',
      value: { chain, use, ocppRequestId: ocppRequestId ?? undefined } satisfies SendingReply,
    };
  };
  if (row?.status !== 'signed' || row.chain === null) return stay(state, 'not_waiting', [reply(undefined)]);
  const sent: RequestRow = { ...row, status: 'sent', commandId, dueAt: plus(now, SENDING_S + GRACE_S) };
  return { ...moved(state, sent), effects: [reply(row.chain)] };
}

function commandEnded(state: CertificateState, input: Input<'command_ended'>, now: Date, reading: Reading): Next {
  if (input.learned !== undefined) return learned(state, input.learned, now, reading);
  const row = [...state.requests.values()].find(({ commandId }) => commandId === input.commandId);
  if (row === undefined) return stay(state, 'unknown');
  // R4: an answer after its time-out, or after the line that it was lost with; the chain may be about to be sent again.
  const isLate = row.status === 'signed' || (row.status === 'failed' && row.errorCode === 'no_answer');
  if (row.status !== 'sent' && !isLate) return stay(state, 'not_waiting');
  const why = input.why ?? 'The charger did not take it';
  if (input.status === 'rejected') return moved(state, ended(row, 'rejected', 'rejected_by_charger', why, now));
  // It has made its key, and may never ask again; if it has, this chain is for a key that it has no more.
  if (row.status === 'sent' && mayPass(input) && !hasNewer(state, row))
    return moved(state, later({ ...row, status: 'signed' }, input.neverSent ? 'not_sent' : 'no_answer', why, now));
  if (input.status !== 'accepted') return moved(state, ended(row, 'failed', 'no_answer', why, now));
  const { state: after } = moved(state, { ...ended(row, 'installed', null, null, now) });
  const facts = reading.facts(row.chain ?? '');
  if (facts?.hash === undefined) return { state: after, effects: [] };
  const type = isForCars(row.use) ? 'v2g_chain' : 'charge_point';
  return { state: hold(after, type, facts.hash, { ...facts, installedAt: now }, reading), effects: [] };
}

const mayPass = ({ status, neverSent, isUnanswered }: Input<'command_ended'>): boolean =>
  status !== 'cancelled' && (neverSent === true || isUnanswered === true);

const hasNewer = ({ requests }: CertificateState, { id, use }: RequestRow): boolean =>
  [...requests.values()].some((each) => each.use === use && each.id > id && each.status !== 'rejected');

const plus = (at: Date, s: number): Date => new Date(at.getTime() + s * 1000);

function ended(
  row: RequestRow,
  status: RequestRow['status'],
  errorCode: RequestErrorCode | null,
  errorMessage: string | null,
  now: Date,
): RequestRow {
  return { ...row, status, errorCode, errorMessage, dueAt: null, completedAt: now };
}

/** Once more, or given up. */
function later(row: RequestRow, code: RequestErrorCode, why: string, now: Date): RequestRow {
  const wait = RETRY_S[row.attempts];
  if (wait === undefined) return ended(row, 'failed', code, why, now);
  return { ...row, attempts: row.attempts + 1, errorCode: code, errorMessage: why, dueAt: plus(now, wait) };
}

const moved = (state: CertificateState, row: RequestRow): Next => ({
  state: { ...state, requests: new Map(state.requests).set(row.id, row) },
  effects: [],
});
const stay = (state: CertificateState, ignored: string, effects: readonly Effect[] = []): Next => ({
  state,
  effects,
  ignored,
});

/**
 * Carries events from a server's stream to a URL on this machine, signed like deliveries: for those whom no webhook can reach.
 * It keeps its place in memory, and takes the stream up again after every interruption. It never tries a delivery twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { newId } from '../../src/platform/ids.ts';
import { deliveryHeaders } from '../../src/webhooks/delivery-headers.ts';

export type Forwarded = {
  readonly id: string;
  readonly event: string;
  /** The status that was answered, or why there was none. */
  readonly outcome: number | string;
  readonly tookMs: number;
};
export type ForwardOptions = {
  /** http://localhost:3000 */
  readonly server: string;
  readonly apiKey: string;
  readonly to: string;
  readonly secret: string;
  /** Begin with what was recorded since then; default: now. */
  readonly since?: Date | undefined;
  readonly types?: string | undefined;
  readonly signal: AbortSignal;
  readonly forwarded: (forwarded: Forwarded) => void;
  /** The stream was opened, or was lost. */
  readonly said: (text: string) => void;
};

/** A mistake of the caller's: trying again would not help. */
export class ForwardError extends Error {
  override readonly name = 'ForwardError';
}

const TIMEOUT_MS = 30_000;
const LONGEST_PAUSE_MS = 10_000;

/** Until the signal is aborted. Throws ForwardError when the server refuses. */
export async function forward(options: ForwardOptions): Promise<void> {
  const { signal, said } = options;
  let lastId: string | undefined;
  let failures = 0;
  while (!signal.aborted) {
    let retryMs = 1_000;
    try {
      const response = await open(options, lastId);
      failures = 0;
      said(lastId === undefined ? 'The stream is open.' : `The stream is open again, after ${lastId}.`);
      for await (const { id = '', event = '', data } of eventsOf(response, (ms) => {
        retryMs = ms;
      })) {
        await deliver(options, { id, event, data });
        lastId = id;
      }
    } catch (cause) {
      if (cause instanceof ForwardError) throw cause;
      if (signal.aborted) return;
      failures += 1;
      if (cause instanceof Wait) retryMs = cause.ms;
      said(`The stream was lost: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
    const pauseMs = Math.min(LONGEST_PAUSE_MS, retryMs * 2 ** Math.max(0, failures - 1));
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
  }
}

class Wait extends Error {
  readonly ms: number;
  constructor(message: string, seconds: number) {
    super(message);
    this.ms = seconds * 1000;
  }
}

async function open(
  { server, apiKey, since, types, signal }: ForwardOptions,
  lastId: string | undefined,
): Promise<Response> {
  const url = new URL('/api/v1/webhooks/stream', server);
  if (types !== undefined) url.searchParams.set('type', types);
  if (lastId === undefined && since !== undefined) url.searchParams.set('from', since.toISOString());
  const headers: Record<string, string> = { Authorization: `Bearer ${apiKey}`, Accept: 'text/event-stream' };
  if (lastId !== undefined) headers['Last-Event-ID'] = lastId;
  const response = await fetch(url, { headers, signal, redirect: 'error' });
  if (response.ok) return response;
  const text = `${url.origin} answered ${response.status}: ${await messageOf(response)}`;
  if (response.status === 429 || response.status >= 500)
    throw new Wait(text, Number(response.headers.get('retry-after') ?? 1) || 1);
  throw new ForwardError(text);
}

async function messageOf(response: Response): Promise<string> {
  const text = (await response.text()).slice(0, 2000);
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    return typeof error?.message === 'string' ? error.message : text;
  } catch {
    return text; // not our server
  }
}

async function* eventsOf(response: Response, onRetry: (ms: number) => void): AsyncIterable<EventSourceMessage> {
  let found: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (event) => void found.push(event), onRetry });
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
    const some = found;
    found = [];
    yield* some;
  }
}

/** One POST with the headers of a first attempt. Redirects are not followed, as by the sender. */
async function deliver(
  { to, secret, signal, forwarded }: ForwardOptions,
  { id, event, data }: { id: string; event: string; data: string },
): Promise<void> {
  const startedAt = performance.now();
  const signed = { deliveryId: newId('whd'), eventId: id, event, body: data, attempt: 1, at: new Date(), secret };
  let outcome: number | string;
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const headers = deliveryHeaders(signed);
    const response = await fetch(to, { method: 'POST', headers, body: data, redirect: 'manual', signal: limit });
    await response.body?.cancel();
    outcome = response.status;
  } catch (cause) {
    if (signal.aborted) throw cause;
    outcome = whyOf(cause);
  }
  forwarded({ id, event, outcome, tookMs: performance.now() - startedAt });
}

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  const inner: unknown = cause.cause;
  const code: unknown = typeof inner === 'object' && inner !== null ? Reflect.get(inner, 'code') : undefined;
  return typeof code === 'string' ? code : cause.message;
}

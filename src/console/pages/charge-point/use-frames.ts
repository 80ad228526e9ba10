/** The messages of a charge point as the page has them: followed as they come, or looked at every few seconds while others hold the streams. */
import { createParser } from 'eventsource-parser';
import { useEffect, useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { answer, api, authorizedFetch } from '../../api/client.ts';
import type { LiveState } from '../../api/live.ts';
import { pause } from '../../api/pause.ts';
import { createPlaces } from '../../api/places.ts';
import { LOOKS, readInPlace } from '../../api/read-in-place.ts';
import { becomesSeen } from '../../api/seen.ts';

export type Frame = Schemas['Frame'] & { readonly id: string };
/** More than that is not kept on the page; older ones are asked for. */
const MOST = 500;
const RETRY_MS = 2_000;
const LOOK_MS = 5_000;

/** Newest first. While `isPaused` those that come wait. */
export function useFrames(chargePointId: string, text: string | undefined, isPaused: boolean) {
  const [shown, setShown] = useState<readonly Frame[]>([]);
  const [held, setHeld] = useState<readonly Frame[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [state, setState] = useState<LiveState>('broken');
  const [fault, setFault] = useState<unknown>();

  const page = (from: string | null) =>
    answer(
      api.GET('/api/v1/charge-points/{id}/frames', {
        params: {
          path: { id: chargePointId },
          query: { limit: 50, ...(text !== undefined && { text }), ...(from !== null && { cursor: from }) },
        },
      }),
    );
  const older = (): void => {
    page(cursor).then(({ data, next_cursor }) => {
      setShown((before) => [...before, ...data.map(named)]);
      setCursor(next_cursor);
    }, setFault);
  };

  // begun once: another charge point or word is another component
  useEffect(() => {
    const over = new AbortController();
    const { signal } = over;
    const add = (frame: Frame): void => setHeld((before) => [frame, ...before].slice(0, MOST));
    async function opened(isFirst: boolean): Promise<void> {
      setState('live');
      if (!isFirst) return;
      // after the stream is open, so that nothing falls between
      const { data, next_cursor } = await page(null);
      setShown(data.map(named));
      setCursor(next_cursor);
    }
    async function look(): Promise<void> {
      setState('polling');
      const { data, next_cursor } = await page(null);
      for (const frame of data.toReversed()) add(named(frame));
      setCursor((before) => before ?? next_cursor);
    }
    async function lookOften(): Promise<void> {
      for (let i = 0; i < LOOKS && !signal.aborted && document.visibilityState === 'visible'; i += 1) {
        await look().catch(setFault);
        await pause(LOOK_MS, signal);
      }
    }
    async function follow(): Promise<void> {
      const places = createPlaces(signal);
      let lastId = '';
      for (;;) {
        await becomesSeen(signal);
        if (signal.aborted) return;
        const { isRefused } = await readInPlace(places, signal, (whileSeen) =>
          readFrames(chargePointId, text, lastId, whileSeen, {
            opened: () => opened(lastId === ''),
            frame(id, frame) {
              lastId = id;
              add(named(frame));
            },
          }).catch((cause: unknown) => {
            if (!whileSeen.aborted) setFault(cause);
          }),
        );
        if (signal.aborted) return;
        if (isRefused) {
          lastId = ''; // what is looked at meanwhile need not be told again
          await lookOften();
        } else {
          setState('broken');
          await pause(RETRY_MS, signal);
        }
      }
    }
    void follow(); // tells what goes wrong by itself
    return () => over.abort();
  }, []);

  useEffect(() => {
    if (isPaused || held.length === 0) return;
    setHeld([]);
    setShown((before) => {
      const known = new Set(before.slice(0, MOST).map(({ id }) => id));
      return [...held.filter(({ id }) => !known.has(id)), ...before].slice(0, MOST);
    });
  }, [held, isPaused]);

  return {
    frames: shown,
    waiting: held.length,
    state,
    older,
    isOlderThere: cursor !== null && shown.length < MOST,
    fault,
  };
}

/** The API gives frames no id: a message is known by when, which way and what. Elements are named by it, so it has no blanks. */
const named = (frame: Schemas['Frame']): Frame => ({
  ...frame,
  id: [frame.at, frame.direction, frame.message_type, frame.message_id ?? frame.raw.slice(0, 40)]
    .join('-')
    .replace(/[^\w-]/g, '_'),
});

/** Resolves when the stream is over. Throws ApiError when it is refused. */
async function readFrames(
  chargePointId: string,
  text: string | undefined,
  lastId: string,
  signal: AbortSignal,
  on: { opened(): Promise<void>; frame(id: string, frame: Schemas['Frame']): void },
): Promise<void> {
  const query = text === undefined ? '' : `?${new URLSearchParams({ text }).toString()}`;
  const request = new Request(`/api/v1/charge-points/${chargePointId}/frames/stream${query}`, {
    signal,
    headers: lastId === '' ? {} : { 'last-event-id': lastId },
  });
  const response = await authorizedFetch(request);
  if (!response.ok || response.body === null)
    return answer(Promise.resolve({ response, error: await response.json() }));
  const parser = createParser({
    onEvent: ({ id = '', data }) => on.frame(id, JSON.parse(data) as Schemas['Frame']),
  });
  const opened = on.opened();
  try {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      parser.feed(value);
    }
  } finally {
    await opened;
  }
}

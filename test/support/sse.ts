/** A reader of server-sent events, and a server to read from; what a test opens here is closed after its file. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Express } from 'express';
import { until } from './until.ts';

const readers: { close(): Promise<void> }[] = [];
const servers: Server[] = [];
afterAll(async () => {
  await Promise.all(readers.map((reader) => reader.close()));
  for (const server of servers) server.closeAllConnections();
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

/** http://127.0.0.1:port */
export async function listening(app: Express): Promise<{ url: string; server: Server }> {
  const server = createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

export type Reader = {
  readonly status: number;
  readonly headers: Headers;
  readonly events: EventSourceMessage[];
  readonly comments: string[];
  /** The stream has ended, whoever ended it. */
  isOver(): boolean;
  /** The first so many events. */
  take(count: number): Promise<EventSourceMessage[]>;
  close(): Promise<void>;
};

export async function readEvents(url: string, headers: Record<string, string> = {}): Promise<Reader> {
  const abort = new AbortController();
  const response = await fetch(url, { headers, signal: abort.signal });
  const events: EventSourceMessage[] = [];
  const comments: string[] = [];
  let isOver = false;
  const parser = createParser({
    onEvent: (event) => void events.push(event),
    onComment: (comment) => void comments.push(comment),
  });
  const reading = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) parser.feed(decoder.decode(chunk, { stream: true }));
    } catch {
      // broken off: by the server, or by close()
    }
    isOver = true;
  })();
  const reader: Reader = {
    status: response.status,
    headers: response.headers,
    events,
    comments,
    isOver: () => isOver,
    async take(count) {
      await until(`${count} events`, () => events.length >= count).catch((cause: unknown) => {
        throw new Error(`${events.length} came${isOver ? ', and the stream is over' : ''}`, { cause });
      });
      return events.slice(0, count);
    },
    async close() {
      abort.abort();
      await reading;
    },
  };
  readers.push(reader);
  return reader;
}

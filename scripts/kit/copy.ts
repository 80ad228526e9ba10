/**
 * PostgreSQL's COPY over a connection of `pg`, in both directions, with backpressure: what the other side does not take is not
 * read. Only for connections of their own without pipelining; a fault of the server is thrown as it said it.
 */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type pg from 'pg';

/** What `pg` hands to whoever takes part in its protocol; its types do not know it. */
type Wire = pg.Connection & {
  readonly stream: Writable & { pause(): void; resume(): void };
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  sendCopyFail(message: string): void;
  endCopyFrom(): void;
  sync(): void;
};
type Answer = { readonly text?: string };

/** Rows that lie here before the server is held back. */
const MOST_BUFFERED = 1_048_576;

/** The parts of `pg`'s contract that both directions share. */
abstract class Copying {
  readonly #text: string;
  protected fault: Error | undefined;
  protected over = false;
  /** Of the command tag: COPY n. */
  rows = 0;
  #wake: () => void = () => undefined;

  constructor(text: string) {
    this.#text = text;
  }
  submit(connection: pg.Connection): void {
    (connection as Wire).query(this.#text); // the parsed edge: `pg` gives its own connection
  }
  protected wake(): void {
    this.#wake();
  }
  protected asleep(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
  handleCommandComplete({ text = '' }: Answer): void {
    this.rows = Number(/^COPY (\d+)/.exec(text)?.[1] ?? 0);
  }
  handleReadyForQuery(): void {
    this.over = true;
    this.wake();
  }
  handleError(cause: Error): void {
    this.fault ??= cause;
    this.over = true;
    this.wake();
  }
  // no rows, no portals
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleEmptyQuery(): void {}
}

class CopyOut extends Copying {
  readonly #chunks: Buffer[] = [];
  #buffered = 0;
  #held: Wire | undefined;

  handleCopyData({ chunk }: { readonly chunk: Buffer }, connection: Wire): void {
    this.#chunks.push(Buffer.from(chunk)); // it lies in a buffer that `pg` fills again
    this.#buffered += chunk.length;
    if (this.#buffered > MOST_BUFFERED && this.#held === undefined) {
      this.#held = connection;
      connection.stream.pause();
    }
    this.wake();
  }
  handleCopyInResponse(connection: Wire): void {
    connection.sendCopyFail('nothing is sent here');
  }
  async *chunks(): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#buffered -= chunk.length;
        yield chunk;
        continue;
      }
      if (this.#held !== undefined) {
        this.#held.stream.resume();
        this.#held = undefined;
      }
      if (this.fault !== undefined) throw this.fault;
      if (this.over) return;
      await this.asleep();
    }
  }
}

class CopyIn extends Copying {
  #wire: Wire | undefined;

  handleCopyInResponse(connection: Wire): void {
    this.#wire = connection;
    this.wake();
  }
  handleCopyData(): void {}

  async send(source: AsyncIterable<Buffer>): Promise<void> {
    while (this.#wire === undefined && !this.over) await this.asleep();
    const wire = this.#wire;
    if (wire !== undefined) {
      try {
        for await (const chunk of source) {
          if (this.over) break;
          wire.sendCopyFromChunk(chunk);
          // whoever waits for room in a connection that breaks hears of the fault instead
          if (wire.stream.writableNeedDrain) await Promise.race([once(wire.stream, 'drain'), this.asleep()]);
        }
        if (!this.over) wire.endCopyFrom();
      } catch (cause) {
        if (!this.over) wire.sendCopyFail('the source failed');
        while (!this.over) await this.asleep();
        throw cause;
      }
    }
    while (!this.over) await this.asleep();
    if (this.fault !== undefined) throw this.fault;
  }
}

/** The text of `COPY … TO STDOUT` as it comes; `rows()` is right when it has been read to its end. */
export function copyOut(client: pg.Client, sql: string): { chunks: AsyncGenerator<Buffer>; rows(): number } {
  const copying = client.query(new CopyOut(sql));
  return { chunks: copying.chunks(), rows: () => copying.rows };
}

/** Feeds `COPY … FROM STDIN`; returns how many rows it took. */
export async function copyIn(client: pg.Client, sql: string, source: AsyncIterable<Buffer>): Promise<number> {
  const copying = client.query(new CopyIn(sql));
  await copying.send(source);
  return copying.rows;
}

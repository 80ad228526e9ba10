/**
 * Keeps every frame of every charger, beside the transactions and never in their way: a charger does not wait for its frames,
 * and while the database is away the oldest of them are lost, counted, before memory is.
 */
import type { Database, IsTransient } from '../database/contract.ts';
import { redactFrame } from './redact.ts';
import { appendFrames, type LoggedFrame } from './store.ts';

export type FrameLogOptions = {
  readonly db: Pick<Database, 'rows'>;
  readonly isTransient: IsTransient;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  /** So many frames were not kept. */
  readonly onDropped: (count: number) => void;
  /** Frames gather for so long before they are written together. */
  readonly gatherMs?: number;
  readonly maxFrames?: number;
  /** Characters of their texts. */
  readonly maxText?: number;
};

export type FrameLog = {
  append(frame: LoggedFrame): void;
  /** Writes what has gathered, as far as that is possible within `withinMs` (default 2,000). */
  stop(withinMs?: number): Promise<void>;
  waiting(): number;
};

const BATCH = 1_000;
/** Characters of one statement: a hundred large frames are written in several. */
const BATCH_TEXT = 4 * 1024 * 1024;
const RETRY_MS = 1_000;

export function createFrameLog(options: FrameLogOptions): FrameLog {
  const { db, isTransient, log, onDropped, gatherMs = 100, maxFrames = 20_000, maxText = 32 * 1024 * 1024 } = options;
  let frames: LoggedFrame[] = [];
  let text = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> | undefined;
  let stopped = false;

  function append(frame: LoggedFrame): void {
    if (stopped) {
      onDropped(1);
      return;
    }
    const raw = redactFrame(frame.raw);
    frames.push(raw === frame.raw ? frame : { ...frame, raw });
    text += raw.length;
    if (frames.length > maxFrames || text > maxText) dropOldest();
    if (timer === undefined && writing === undefined) timer = setTimeout(flush, gatherMs);
  }

  function dropOldest(): void {
    const dropped = frames.splice(0, Math.max(1, Math.ceil(frames.length / 10)));
    text -= sizeOf(dropped);
    onDropped(dropped.length);
  }

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    writing ??= write().finally(() => {
      writing = undefined;
      if (frames.length > 0 && !stopped) timer = setTimeout(flush, RETRY_MS);
    });
  }

  /** Until all is written or the database is away; never rejects. */
  async function write(): Promise<void> {
    while (frames.length > 0) {
      const batch = take();
      try {
        await appendFrames(db, batch);
      } catch (cause) {
        if (isTransient(cause)) {
          log.warn({ err: cause, frames: frames.length + batch.length }, 'frames cannot be written: trying again');
          frames = batch.concat(frames);
          text += sizeOf(batch);
          while (frames.length > maxFrames || text > maxText) dropOldest();
          return;
        }
        log.error({ err: cause, frames: batch.length }, 'frames could not be written and are lost');
        onDropped(batch.length);
      }
    }
  }

  function take(): LoggedFrame[] {
    let size = 0;
    let count = 0;
    for (const frame of frames) {
      if (count >= BATCH || (count > 0 && size + frame.raw.length > BATCH_TEXT)) break;
      size += frame.raw.length;
      count += 1;
    }
    text -= size;
    return frames.splice(0, count);
  }

  return {
    append,
    waiting: () => frames.length,
    async stop(withinMs = 2_000) {
      stopped = true;
      clearTimeout(timer);
      timer = undefined;
      let late: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => {
        late = setTimeout(resolve, withinMs);
      });
      const rest = (writing ?? Promise.resolve()).then(write);
      await Promise.race([rest, deadline]);
      clearTimeout(late);
      if (frames.length > 0) onDropped(frames.length);
      frames = [];
    },
  };
}

const sizeOf = (frames: readonly LoggedFrame[]): number => frames.reduce((sum, frame) => sum + frame.raw.length, 0);

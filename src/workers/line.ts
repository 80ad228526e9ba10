/** A worker's end of the line to the first process. When that one is gone, node:cluster ends the worker. */
import cluster from 'node:cluster';
import { AppError } from '../platform/errors.ts';
import { type FromWorker, type Ports, readToWorker } from './messages.ts';

export type Line = {
  /** 1 to WORKERS; a successor has the number of the one before it. */
  readonly number: number;
  /** Of the embedded server; undefined: DATABASE_URL. */
  readonly databaseUrl: string | undefined;
  /** Resolves when the first process wants this one to end. */
  readonly stopAsked: Promise<void>;
  /** Everything but listening is done. Resolves when the others are as far, or the end is wanted. */
  prepared(): Promise<void>;
  serving(ports: Ports): void;
  /** Who gives the metrics of this process when the first one asks. */
  measuring(own: () => Promise<string>): void;
  /** Of all workers and of the first process. Throws unavailable. */
  measureAll(): Promise<string>;
};

const ALIVE_EVERY_MS = 5_000;
const MEASURE_WITHIN_MS = 5_000;

/** Whether this process is one of several workers. */
export const isWorker = (): boolean => cluster.isWorker;

/** Resolves when the first process has said what to do; with undefined: to end at once. */
export function lineToFirst(): Promise<Line | undefined> {
  const waiting = new Map<number, (text: string) => void>();
  let questions = 0;
  let own: (() => Promise<string>) | undefined;
  const say = (message: FromWorker): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined); // without it, we end
  };

  async function measureAll(): Promise<string> {
    questions += 1;
    const id = questions;
    const text = await new Promise<string | undefined>((resolve) => {
      const late = setTimeout(() => resolve(undefined), MEASURE_WITHIN_MS);
      waiting.set(id, (all) => {
        clearTimeout(late);
        resolve(all);
      });
      say({ say: 'measure_all', id });
    });
    waiting.delete(id);
    if (text === undefined) throw new AppError('unavailable', 'The metrics of all workers could not be had; try again');
    return text;
  }

  return new Promise((begin) => {
    let stop: () => void = () => undefined;
    const stopAsked = new Promise<void>((resolve) => {
      stop = resolve;
    });
    let serve: () => void = () => undefined;
    const mayServe = new Promise<void>((resolve) => {
      serve = resolve;
    });
    process.on('message', (text: unknown) => {
      const message = readToWorker(text);
      if (message === undefined) return;
      if (message.say === 'stop') {
        stop();
        serve();
        begin(undefined); // the first word counts
      } else if (message.say === 'serve') serve();
      else if (message.say === 'measured_all') waiting.get(message.id)?.(message.text);
      else if (message.say === 'measure') {
        const { id } = message;
        // who cannot answer is left out
        own?.().then(
          (measured) => say({ say: 'measured', id, text: measured }),
          () => undefined,
        );
      } else {
        setInterval(() => say({ say: 'alive' }), ALIVE_EVERY_MS).unref();
        const { number, databaseUrl } = message;
        begin({
          ...{ number, databaseUrl, stopAsked, measureAll },
          prepared: () => {
            say({ say: 'prepared' });
            return mayServe;
          },
          serving: (ports) => say({ say: 'serving', ports }),
          measuring: (measure) => {
            own = measure;
          },
        });
      }
    });
    say({ say: 'here' });
  });
}

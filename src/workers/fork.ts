/**
 * Workers as node:cluster makes them: they listen at the same ports, of which the first process takes the connections and hands
 * them out in turn. A connection that reaches a worker which is just leaving is handed to another one (docs/decisions/012).
 */
import cluster from 'node:cluster';
import { readFromWorker } from './messages.ts';
import type { WorkerProcess } from './supervisor.ts';

/** `program`: the file that a worker runs. */
export function forkingOf(program: string): () => WorkerProcess {
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ exec: program, args: [], execArgv: [...process.execArgv, '--enable-source-maps'] });
  return () => {
    const worker = cluster.fork();
    const ended = new Promise<string>((resolve) => {
      worker.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      worker.on('error', (cause) => {
        if (worker.process.pid === undefined) resolve(cause.message); // it could not be started; else 'exit' tells
      });
    });
    return {
      pid: worker.process.pid ?? 0,
      ended,
      send: (message) => {
        if (worker.isConnected()) worker.send(message, () => undefined); // one that is gone: `ended` tells
      },
      hear: (onMessage) => {
        worker.on('message', (text: unknown) => {
          const message = readFromWorker(text);
          if (message !== undefined) onMessage(message);
        });
      },
      kill: () => void worker.process.kill('SIGKILL'),
    };
  };
}

/** The first process of several: whom it starts, starts again, replaces and ends; what it tells of all of them. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLogger } from '../../src/telemetry/index.ts';
import { connectionsWanted, tooFewConnections } from '../../src/workers/connections.ts';
import { afterDeath } from '../../src/workers/machine.ts';
import { mergeMetrics } from '../../src/workers/merged-metrics.ts';
import type { FromWorker, ToWorker } from '../../src/workers/messages.ts';
import { createSupervisor, type WorkerProcess } from '../../src/workers/supervisor.ts';
import { until } from '../support/until.ts';

/** A worker that does nothing by itself: the test speaks for it. */
function aWorker(pid: number) {
  const heard: ToWorker[] = [];
  let listener: (message: FromWorker) => void = () => undefined;
  let end: (ending: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const process: WorkerProcess = {
    pid,
    ended,
    send: (message) => void heard.push(message),
    hear: (onMessage) => {
      listener = onMessage;
    },
    kill: () => end('SIGKILL'),
  };
  return {
    process,
    heard,
    say: (message: FromWorker) => listener(message),
    end,
    serve: async () => {
      listener({ say: 'here' });
      listener({ say: 'prepared' });
      await until('it is told to serve', () => heard.some(({ say }) => say === 'serve'));
      listener({ say: 'serving', ports: { port: 3000 } });
    },
    isAskedToStop: () => heard.some(({ say }) => say === 'stop'),
  };
}

function aSupervisor({ count = 2, databaseUrl }: { count?: number; databaseUrl?: string } = {}) {
  const workers: ReturnType<typeof aWorker>[] = [];
  const starts: number[] = [];
  const supervisor = createSupervisor({
    count,
    databaseUrl,
    fork: () => {
      const worker = aWorker(workers.length + 1);
      workers.push(worker);
      return worker.process;
    },
    log: createLogger({ level: 'silent' }),
    monotonic: () => performance.now(),
    ownMetrics: () => Promise.resolve('# HELP up u\n# TYPE up gauge\nup{worker="first"} 1\n'),
    onStart: (number) => starts.push(number),
  });
  const worker = (number: number) => until(`worker ${number} is started`, () => workers[number - 1]);
  return {
    supervisor,
    workers,
    starts,
    worker,
    async started() {
      const begun = supervisor.start();
      await Promise.all(workers.map((each) => each.serve()));
      await begun;
    },
    async stopped() {
      const over = supervisor.stop();
      for (const each of workers) each.end('exit code 0');
      await over;
    },
  };
}

test('none serves before all are prepared; each is told its number and the database', async () => {
  const { supervisor, workers, stopped } = aSupervisor({ databaseUrl: 'postgresql://here' });
  const begun = supervisor.start();
  const [first, second] = workers;
  first?.say({ say: 'here' });
  first?.say({ say: 'prepared' });
  second?.say({ say: 'here' });
  await Promise.resolve();
  expect(first?.heard).toEqual([{ say: 'begin', number: 1, databaseUrl: 'postgresql://here' }]);
  expect(second?.heard).toEqual([{ say: 'begin', number: 2, databaseUrl: 'postgresql://here' }]);
  second?.say({ say: 'prepared' });
  await until('the first may serve', () => first?.heard.at(-1)?.say === 'serve');
  expect(second?.heard.at(-1)?.say).toBe('begin');
  first?.say({ say: 'serving', ports: { port: 4711, tlsPort: 4712 } });
  await until('the second may serve', () => second?.heard.at(-1)?.say === 'serve');
  second?.say({ say: 'serving', ports: { port: 4711, tlsPort: 4712 } });
  expect(await begun).toEqual({ port: 4711, tlsPort: 4712 });
  expect(supervisor.serving()).toEqual([1, 2]);
  await stopped();
});

test.each([1, 2])('when worker %i ends before all serve, the start fails and leaves none behind', async (failing) => {
  const { supervisor, workers } = aSupervisor();
  const begun = supervisor.start();
  const refused = expect(begun).rejects.toThrow('a worker ended before it served');
  const [other] = workers.filter(({ process }) => process.pid !== failing);
  other?.say({ say: 'here' });
  other?.say({ say: 'prepared' });
  workers[failing - 1]?.end('exit code 1');
  await until('the other is asked to stop', () => other?.isAskedToStop());
  other?.end('exit code 0');
  await refused;
  expect(workers).toHaveLength(2);
});

test('a worker that dies is started again under its number; the others go on', async () => {
  const { supervisor, starts, worker, workers, started, stopped } = aSupervisor();
  await started();
  workers[0]?.end('SIGKILL');
  await until('it is gone', () => supervisor.serving().length === 1);
  const third = await worker(3);
  await third.serve();
  expect(third.heard).toEqual([{ say: 'begin', number: 1 }, { say: 'serve' }]);
  expect(supervisor.serving()).toEqual([1, 2]);
  expect(starts).toEqual([1, 2, 1]);
  await stopped();
});

test('all are replaced one after another, each leaves only when its successor serves', async () => {
  const { supervisor, worker, workers, started, stopped } = aSupervisor();
  await started();
  const [first, second] = workers;
  const replaced = supervisor.replaceAll();
  const third = await worker(3);
  expect(first?.isAskedToStop()).toBe(false);
  await third.serve();
  await until('the old one is asked to go', () => first?.isAskedToStop());
  expect(workers).toHaveLength(3);
  expect(second?.isAskedToStop()).toBe(false);
  first?.end('exit code 0');
  const fourth = await worker(4);
  await fourth.serve();
  await until('the second is asked to go', () => second?.isAskedToStop());
  second?.end('exit code 0');
  expect(await replaced).toBe(true);
  expect(supervisor.serving()).toEqual([1, 2]);
  expect(third.isAskedToStop() || fourth.isAskedToStop()).toBe(false);
  await stopped();
});

test('when a successor does not come to serve, the old ones stay', async () => {
  const { supervisor, worker, workers, started, stopped } = aSupervisor();
  await started();
  const replaced = supervisor.replaceAll();
  (await worker(3)).end('exit code 1');
  expect(await replaced).toBe(false);
  expect(supervisor.serving()).toEqual([1, 2]);
  expect(workers.some((each) => each.isAskedToStop())).toBe(false);
  await stopped();
});

test('the end during a replacement ends old and new, and nobody is started again', async () => {
  const { supervisor, worker, workers, started } = aSupervisor();
  await started();
  const replaced = supervisor.replaceAll();
  const third = await worker(3);
  const over = supervisor.stop();
  expect(workers.every((each) => each.isAskedToStop())).toBe(true);
  third.say({ say: 'here' }); // it could not hear before
  expect(third.heard.at(-1)).toEqual({ say: 'stop' });
  for (const each of workers) each.end('exit code 0');
  await over;
  expect(await replaced).toBe(false);
  expect(workers).toHaveLength(3);
});

test('a worker that asks for the metrics gets those of all', async () => {
  const { worker, workers, started, stopped } = aSupervisor();
  await started();
  workers[1]?.say({ say: 'measure_all', id: 7 });
  for (const number of [1, 2]) {
    const each = await worker(number);
    const asked = await until('it is asked', () => each.heard.find(({ say }) => say === 'measure'));
    if (asked.say !== 'measure') throw new Error('not asked');
    each.say({
      say: 'measured',
      id: asked.id,
      text: `# HELP up u\n# TYPE up gauge\nup{worker="${number}"} 1\n\n# HELP n_total n\n# TYPE n_total counter\nn_total{worker="${number}"} ${number}\n`,
    });
  }
  const answer = await until('it is answered', () => workers[1]?.heard.find(({ say }) => say === 'measured_all'));
  expect(answer).toEqual({
    say: 'measured_all',
    id: 7,
    text: [
      ...['# HELP up u', '# TYPE up gauge', 'up{worker="first"} 1', 'up{worker="1"} 1', 'up{worker="2"} 1', ''],
      ...['# HELP n_total n', '# TYPE n_total counter', 'n_total{worker="1"} 1', 'n_total{worker="2"} 2', ''],
    ].join('\n'),
  });
  await stopped();
});

test('texts of metrics without anything in them are nothing', () => {
  expect(mergeMetrics(['', '\n']).trim()).toBe('');
});

test('who keeps dying is started later and later, at most half a minute; after a long life it is soon again', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120_000 }), { minLength: 1, maxLength: 30 }), (lives) => {
      let deaths = 0;
      let before = 0;
      for (const livedMs of lives) {
        const next = afterDeath({ deaths, livedMs });
        if (livedMs >= 60_000) expect(next).toEqual({ deaths: 1, pauseMs: 500 });
        else expect(next.pauseMs).toBeGreaterThanOrEqual(before);
        expect(next.pauseMs).toBeLessThanOrEqual(30_000);
        deaths = next.deaths;
        before = next.pauseMs;
      }
    }),
    { numRuns: 100 },
  );
});

test('connections of all workers, and of one more while they are replaced, have to fit', () => {
  expect(connectionsWanted(2, 10)).toBe(41);
  expect(connectionsWanted(1, 100)).toBe(107);
  expect(tooFewConnections({ workers: 2, poolSize: 10, allowed: 41 })).toBeUndefined();
  expect(tooFewConnections({ workers: 2, poolSize: 10, allowed: 40 })).toBe(
    'WORKERS=2 with DATABASE_POOL_SIZE=10 may need 41 connections, and the database allows 40. Lower DATABASE_POOL_SIZE to 9 or WORKERS, or raise max_connections.',
  );
  // what is proposed fits, and where nothing fits nothing is proposed
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 64 }), fc.integer({ min: 3, max: 500 }), fc.nat(1000), (...of) => {
      const [workers, poolSize, allowed] = of;
      const [, proposed] = / to (\d+) or/.exec(tooFewConnections({ workers, poolSize, allowed }) ?? '') ?? [];
      if (proposed === undefined) return;
      expect(tooFewConnections({ workers, poolSize: Number(proposed), allowed })).toBeUndefined();
      expect(tooFewConnections({ workers, poolSize: Number(proposed) + 1, allowed })).toBeDefined();
    }),
  );
});

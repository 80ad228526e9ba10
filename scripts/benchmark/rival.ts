/**
 * The same deliveries by a job queue from npm, for comparison: the same payloads, signed alike, sent by the same sender to the
 * same receiver; only the queue is another one. A process of its own, on the server's core.
 */
import { Logger, makeWorkerUtils, type RunnerOptions, run } from 'graphile-worker';
import PgBoss from 'pg-boss';
import { createResolve, createSender, createTargetGuard } from '../../src/webhooks/index.ts';
import { plainSignature, standardSignature } from '../../src/webhooks/sign.ts';

export type RivalName = 'graphile-worker' | 'graphile-worker, local queue' | 'pg-boss';
export type RivalOrder =
  | {
      readonly do: 'prepare';
      readonly rival: RivalName;
      readonly connectionString: string;
      readonly caPem: string;
      readonly secret: string;
      /** Where job n goes: url n modulo their number. */
      readonly urls: readonly string[];
      readonly body: string;
      readonly jobs: number;
    }
  /** Begin; undefined: as the package does by default. */
  | { readonly do: 'work'; readonly atOnce: number | undefined };
export type RivalReport =
  | { readonly tell: 'prepared' }
  | { readonly tell: 'working' }
  | { readonly tell: 'failed'; readonly why: string };

type Job = { readonly id: string; readonly url: string; readonly body: string };
type Prepare = Extract<RivalOrder, { do: 'prepare' }>;

const CHUNK = 1000;
const QUEUE = 'deliver';
let prepared: Prepare | undefined;
let deliver: (job: Job) => Promise<void>;

function deliverer({ caPem, secret }: Prepare): (job: Job) => Promise<void> {
  const resolve = createResolve();
  const guard = createTargetGuard({ allowSubnets: ['127.0.0.0/8'], resolve });
  const sender = createSender({ guard, resolve, timeoutMs: 30_000, caPem });
  return async ({ id, url, body }) => {
    const timestampS = Math.floor(Date.now() / 1000);
    const answer = await sender.send({
      url,
      body,
      headers: {
        'Content-Type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': String(timestampS),
        'webhook-signature': standardSignature(secret, id, timestampS, body),
        'X-Webhook-Signature': plainSignature(secret, body),
      },
    });
    if (answer.kind === 'unanswered' || answer.status >= 300) throw new Error(JSON.stringify(answer));
  };
}

const jobsOf = ({ jobs, urls, body }: Prepare): Job[] =>
  Array.from({ length: jobs }, (_, n) => ({ id: `evt_${n}`, url: urls[n % urls.length] ?? '', body }));
function* chunksOf<T>(items: readonly T[]): Generator<T[]> {
  for (let from = 0; from < items.length; from += CHUNK) yield items.slice(from, from + CHUNK);
}

async function prepare(order: Prepare): Promise<void> {
  prepared = order;
  deliver = deliverer(order);
  const { connectionString, rival } = order;
  if (rival === 'pg-boss') {
    const boss = await startBoss(connectionString);
    await boss.createQueue(QUEUE);
    await boss.purgeQueue(QUEUE);
    for (const some of chunksOf(jobsOf(order))) await boss.insert(some.map((data) => ({ name: QUEUE, data })));
    await boss.stop({ graceful: false });
    return;
  }
  const utils = await makeWorkerUtils({ connectionString });
  await utils.migrate();
  for (const some of chunksOf(jobsOf(order)))
    await utils.addJobs(some.map((payload) => ({ identifier: QUEUE, payload })));
  await utils.release();
}

async function startBoss(connectionString: string): Promise<PgBoss> {
  const boss = new PgBoss({ connectionString });
  boss.on('error', (fault) => process.send?.({ tell: 'failed', why: String(fault) } satisfies RivalReport));
  await boss.start();
  return boss;
}

async function work(order: Prepare, atOnce: number | undefined): Promise<void> {
  const { connectionString, rival } = order;
  if (rival === 'pg-boss') {
    const boss = await startBoss(connectionString);
    // as often and as much as it can be told to fetch
    const options = atOnce === undefined ? {} : { batchSize: CHUNK, pollingIntervalSeconds: 0.5 };
    await boss.work<Job>(QUEUE, options, async (jobs) => {
      let next = 0;
      const lane = async (): Promise<void> => {
        for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) await deliver(job.data);
      };
      await Promise.all(Array.from({ length: atOnce ?? 1 }, lane));
    });
    return;
  }
  const localQueue =
    rival === 'graphile-worker' ? {} : { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  // its own benchmark has a connection more than jobs at once; it logs every job unless told not to
  const options: RunnerOptions = {
    connectionString,
    logger: new Logger(() => () => undefined),
    ...(atOnce !== undefined && { concurrency: atOnce, maxPoolSize: atOnce + 1 }),
  };
  const preset = { worker: { ...localQueue, ...(atOnce !== undefined && { concurrentJobs: atOnce }) } };
  await run({ ...options, preset, taskList: { [QUEUE]: (payload) => deliver(payload as Job) } }); // as: we put it in
}

async function obey(order: RivalOrder): Promise<RivalReport> {
  try {
    if (order.do === 'prepare') {
      await prepare(order);
      return { tell: 'prepared' };
    }
    if (prepared === undefined) throw new Error('prepare comes first');
    await work(prepared, order.atOnce);
    return { tell: 'working' };
  } catch (fault) {
    return { tell: 'failed', why: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault) };
  }
}

process.on('message', (message) => void obey(message as RivalOrder).then((report) => process.send?.(report))); // as: our own parent's; obey never rejects
process.on('disconnect', () => process.exit(0));

/**
 * The process is killed with SIGKILL at random moments under load, again and again; after each kill everything that was
 * acknowledged, told and delivered is held against the database. Shared by npm test (few rounds) and npm run chaos.
 */
import { pause } from '../kit/server-process.ts';
import { until } from '../kit/until.ts';
import { deliveries, type Ground, startLoad } from './load.ts';

export type KillFindings = {
  readonly rounds: number;
  readonly acknowledged: number;
  readonly sessions: number;
  readonly deliveries: number;
  /** Deliveries that came more than once, and how many were in flight at the kills: all together, and at most at one. */
  readonly twice: number;
  readonly inFlight: number;
  readonly most: number;
  /** In words; empty: every promise was kept. */
  readonly broken: readonly string[];
};

/** Messages that are answered in each round, then a random moment. */
const EACH_ROUND = 100;
const RANDOM_MS = 400;
/** The dispatcher has no more in flight at once (webhooks/lanes.ts). */
const MOST_IN_FLIGHT = 256;
const CHARGERS = 30;
/** The invariants look through all rows there are: in a long run not after each kill. */
const ALWAYS_DEEP = 20;
const DEEP_EVERY = 10;

export async function killRounds(
  ground: Ground,
  options: {
    readonly rounds: number;
    /** So many transactions are acknowledged in all, in each round its part of them. */
    readonly sessions?: number;
    readonly say?: (text: string) => void;
  },
): Promise<KillFindings> {
  const { db, node, receiver } = ground;
  await node.start();
  const load = await startLoad(ground, { chargers: CHARGERS });
  const owed = new Map<string, number>();
  let heardBefore = 0;
  let most = 0;
  /**
   * What the receiver has, but the server does not know that it has: at a kill, the requests in flight. Of earlier kills some are
   * still leased to the dead; only what was heard since the last one was in flight now.
   */
  async function noteInFlight(): Promise<void> {
    let seen = -1;
    const isQuiet = (): boolean => {
      const isSame = receiver.open() === 0 && receiver.heard.length === seen;
      seen = receiver.heard.length;
      return isSame;
    };
    // Looked at twice: what the dead process had sent may still lie in the receiver's sockets.
    await until('what was under way when it was killed has arrived', isQuiet, { everyMs: 50 });
    const heard = new Set(receiver.heard.slice(heardBefore).map(({ deliveryId }) => deliveryId));
    heardBefore = receiver.heard.length;
    const { rows } = await db.pool.query<{ id: string }>(
      `SELECT id FROM webhook_deliveries WHERE status = 'pending' AND id = ANY($1::text[])`,
      [[...heard]],
    );
    most = Math.max(most, rows.length);
    for (const { id } of rows) owed.set(id, (owed.get(id) ?? 0) + 1);
  }
  /** Came more often than it may: once, and once more for each kill at which it was in flight. */
  function tooOften(): string[] {
    const times = new Map<string, number>();
    for (const { deliveryId } of receiver.heard) times.set(deliveryId, (times.get(deliveryId) ?? 0) + 1);
    return [...times]
      .filter(([id, count]) => count > 1 + (owed.get(id) ?? 0))
      .map(([id, count]) => `delivery ${id} came ${count} times`);
  }
  const sessions = () => load.chargers.reduce((all, { acknowledged }) => all + acknowledged.sessions.length, 0);
  const findings = async (rounds: number, broken: readonly string[]): Promise<KillFindings> => ({
    rounds,
    acknowledged: load.answered(),
    sessions: sessions(),
    deliveries: await deliveries(db),
    twice: receiver.heard.length - new Set(receiver.heard.map(({ deliveryId }) => deliveryId)).size,
    inFlight: [...owed.values()].reduce((all, count) => all + count, 0),
    most,
    broken: broken.slice(0, 20),
  });
  try {
    let round = 0;
    while (round < options.rounds) {
      round += 1;
      const before = load.answered();
      const wanted = ((options.sessions ?? 0) * round) / options.rounds;
      const isCarried = () => load.answered() > before + EACH_ROUND && sessions() >= wanted;
      await load.until(`round ${round} carries load`, isCarried);
      await pause(Math.random() * RANDOM_MS);
      await node.kill();
      await noteInFlight();
      const isDeep = round <= ALWAYS_DEEP || round % DEEP_EVERY === 0;
      const broken = [...(await load.faults({ isDeep })), ...tooOften()];
      if (broken.length > 0) return await findings(round, broken);
      if (round % 50 === 0) options.say?.(`${round} kills, ${sessions()} sessions`);
      await node.start();
    }
    const broken = [...(await load.finish()), ...tooOften()];
    if (most > MOST_IN_FLIGHT) broken.push(`${most} were in flight at one kill`);
    return await findings(round, broken);
  } finally {
    load.abandon();
  }
}

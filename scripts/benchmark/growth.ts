/**
 * Growth (P13): the same fleet with the sessions of one hour and with those of 23 months. Two servers side by side, measured in turns;
 * what counts is the grown one's part of the small one's in the same round.
 */
import { pageScenarios } from './growth-pages.ts';
import { CHARGERS, SAMPLES_EACH, seedGrowth } from './growth-seed.ts';
import type { Plan, Row } from './rows.ts';
import { connect, disconnect, type Generator, measure, startGenerator } from './scenarios.ts';
import { type Product, startProduct } from './stage.ts';
import { median, summary } from './turns.ts';

/** So many sessions has the small one, that a page of any list is full. */
const SMALL = 2_000;
const WINDOW_S = 2;

type Needs = {
  readonly folder: string;
  readonly profile: string | undefined;
  readonly keep: string | undefined;
  readonly say: (text: string) => void;
};

export async function growthScenarios(
  samples: number,
  plan: Plan,
  { folder, profile, keep, say }: Needs,
  told: (row: Row) => void,
): Promise<void> {
  const start = (count: number, kept?: string) =>
    startProduct({
      ...{
        folder,
        chargers: plan.chargers,
        tokens: plan.chargers,
        afresh: true,
        settleMs: 0,
        profile,
        keep: kept,
        say,
      },
      prepare: async (dataDir) => {
        const { sessions, seconds } = await seedGrowth(dataDir, count, say);
        say(
          `${count} meter samples of ${sessions} sessions of ${CHARGERS} charge points loaded in ${seconds.toFixed(0)} s`,
        );
      },
    });
  const grown = await start(samples, keep);
  try {
    const small = await start(SMALL * SAMPLES_EACH);
    try {
      const targets = [
        { label: `${SMALL * SAMPLES_EACH} samples`, product: small },
        { label: `${samples} samples`, product: grown },
      ];
      await pageScenarios(targets, told);
      await cycles(targets, plan, told);
    } finally {
      await small.stop();
    }
  } finally {
    await grown.stop();
  }
}

/** Session cycles of 1.6, window by window on one and on the other. */
async function cycles(
  targets: readonly { readonly label: string; readonly product: Product }[],
  plan: Plan,
  told: (row: Row) => void,
): Promise<void> {
  const peers: { label: string; product: Product; generator: Generator; windows: Row[] }[] = [];
  try {
    for (const { label, product } of targets) {
      const generator = startGenerator();
      peers.push({ label, product, generator, windows: [] });
      const connected = await connect(generator, product, product.specs.slice(0, plan.chargers), {
        ...{ atOnce: 50, withStatuses: true, speaks: 'ocpp1.6' as const },
      });
      if (connected.failures > 0) throw new Error(`${connected.failures} chargers could not connect`);
    }
    const name = 'session cycle, closed loop';
    const windowOf = ({ generator, product }: (typeof peers)[number], warmupS: number, seconds: number) =>
      measure(generator, product, { ...plan, warmupS, seconds }, name, 'cycle', plan.chargers);
    for (const peer of peers) await windowOf(peer, plan.warmupS, 0.1);
    const rounds = Math.max(1, Math.ceil(plan.seconds / WINDOW_S));
    for (let round = 0; round < rounds; round += 1) {
      // now the one first, now the other
      for (const peer of round % 2 === 0 ? peers : peers.toReversed()) {
        const { row } = await windowOf(peer, Math.min(0.5, plan.warmupS), Math.min(WINDOW_S, plan.seconds));
        peer.windows.push(row);
      }
    }
    const [small] = peers;
    for (const { label, windows } of peers) {
      const row = summary(windows, undefined);
      const parts = windows.flatMap(({ perCpuS }, i) => {
        const beside = small?.windows[i]?.perCpuS;
        return perCpuS === undefined || beside === undefined ? [] : [perCpuS / beside];
      });
      told({
        ...row,
        scenario: `${name}, ${label}`,
        note: `${Math.round(100 * median(parts))} % of the small one's; ${row.note ?? ''}`,
      });
    }
  } finally {
    for (const { generator } of peers) {
      await disconnect(generator).catch(() => undefined);
      await generator.stop();
    }
  }
}

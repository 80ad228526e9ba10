/** Chargers whose line is dead, who do not read, or who talk without end: they harm nobody but themselves. */
import { WebSocket } from 'ws';
import { memoryOf } from '../benchmark/processes.ts';
import { counterIn } from '../benchmark/stage.ts';
import { pause } from '../kit/server-process.ts';
import { until } from '../kit/until.ts';
import { isReport, startFlooder } from './flooder.ts';
import { createLatencies } from './latencies.ts';
import { startLoad } from './load.ts';
import { startProxy } from './proxy.ts';
import { above, judged, rounded, type Scenario } from './scenario.ts';
import { onStage, type Stage } from './stage.ts';

const SILENT_MS = 45_000;

const DISCONNECTED = `
  SELECT charge_point_id AS id, count(*)::int AS count FROM domain_events WHERE type = 'charge_point.disconnected' GROUP BY 1`;

const halfOpen: Scenario = {
  name: 'half-open chargers',
  promise: 'the line of chargers goes silent in the middle of their sessions, and nobody is told',
  demanded: 'disconnected ≤ 45 s, one event, the session goes on after the reconnect',
  minutes: { medium: 1.2, full: 1.2 },
  run: (tools) =>
    onStage(tools, {}, async (stage) => {
      const { node, db } = stage;
      await node.start();
      const line = await startProxy({ port: node.port });
      const load = await startLoad(stage, { chargers: 20, port: line.port, paceMs: 20 });
      try {
        await load.until('they charge', () => load.answered() > 200);
        const told = async () => (await db.pool.query<{ count: number }>(DISCONNECTED)).rows;
        line.swallow();
        const at = performance.now();
        await until('all are disconnected', async () => (await told()).length === 20, {
          withinMs: 120_000,
          everyMs: 50,
        });
        const lastMs = performance.now() - at;
        await pause(3_000);
        const broken = (await told()).filter(({ count }) => count !== 1).map(({ count }) => `told ${count} times`);
        line.cut();
        const before = load.answered();
        await load.until('they go on', () => load.answered() > before + 200);
        broken.push(...(await load.finish()), ...above('the last was disconnected', lastMs, SILENT_MS, 'ms'));
        const figures = `20 of 20 disconnected, the last after ${rounded(lastMs / 1000)} s, told once each; 0 lost, each session went on`;
        return judged(broken, figures);
      } finally {
        load.abandon();
        await line.close();
      }
    }),
};

const UNREAD_MIB = 1;
/** What the kernel takes on its own account, on both sides of a loopback socket. */
const HEARTBEATS = 400_000;

async function metric(stage: Stage, line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${stage.node.port}/metrics`)).text();
  return (
    counterIn(
      text
        .split('\n')
        .filter((each) => each.includes(line))
        .join('\n'),
      line.split('{')[0] ?? '',
    ) ?? 0
  );
}

const deaf: Scenario = {
  name: 'charger that does not read',
  promise: 'a charger that asks and asks but never reads its answers',
  demanded: `cut at ${UNREAD_MIB} MiB buffered`,
  minutes: { medium: 0.6, full: 0.6 },
  run: (tools) =>
    onStage(tools, {}, async (stage) => {
      const { node } = stage;
      await node.start();
      const { identity = '', key = '' } = await node.api('/charge-points', { identity: 'DEAF' });
      const ws = new WebSocket(`ws://127.0.0.1:${node.port}/ocpp/${identity}`, ['ocpp1.6'], {
        auth: `${identity}:${key}`,
        perMessageDeflate: false,
      });
      let isOver = false;
      ws.on('error', () => undefined); // the close follows
      ws.on('close', () => {
        isOver = true;
      });
      await new Promise((resolve) => ws.once('open', resolve));
      const before = memoryOf(node.pid()).residentKiB;
      let most = before;
      ws.pause();
      let sent = 0;
      const cut = () => metric(stage, 'dynamo_ocpp_connections_closed_total{protocol="ocpp1.6",reason="not_reading"}');
      while (!isOver && sent < HEARTBEATS && (await cut()) === 0) {
        for (let i = 0; i < 2_000 && ws.readyState === WebSocket.OPEN; i += 1) {
          sent += 1;
          ws.send(`[2,"${String(sent).padStart(36, '0')}","Heartbeat",{}]`);
        }
        await until('what was sent is on its way', () => ws.bufferedAmount < 64 * 1024 || isOver, {
          withinMs: 5_000,
        }).catch(() => undefined);
        most = Math.max(most, memoryOf(node.pid()).residentKiB);
      }
      const wasCut = (await cut()) === 1;
      const grewMiB = rounded((most - before) / 1024);
      ws.terminate();
      const figures = `after ${sent} messages; the process grew by ${grewMiB} MiB meanwhile`;
      return judged(wasCut ? [] : ['it was not cut'], `cut as not_reading ${figures}`);
    }),
};

const flood: Scenario = {
  name: 'flooding chargers',
  promise: '10 chargers that send without waiting for answers, beside 30 that charge',
  demanded: "the others' p99 ≤ 2×",
  minutes: { medium: 1, full: 2 },
  run: (tools) =>
    onStage(tools, {}, async (stage) => {
      const seconds = tools.size === 'full' ? 40 : 15;
      await stage.node.start();
      const { p99, heard } = createLatencies();
      const load = await startLoad(stage, { chargers: 30, paceMs: 50, heard });
      const flooder = startFlooder();
      try {
        const chargers = await Promise.all(
          Array.from({ length: 10 }, (_, i) => stage.node.api('/charge-points', { identity: `FLOOD-${i}` })),
        );
        await load.until('they charge', () => load.answered() > 500);
        await pause(5_000);
        p99();
        await pause(seconds * 1000);
        const quiet = p99();
        flooder.tell({ do: 'flood', url: `ws://127.0.0.1:${stage.node.port}/ocpp`, chargers, bytes: 0 });
        await pause(3_000);
        p99();
        await pause(seconds * 1000);
        const loud = p99();
        flooder.tell({ do: 'stop' });
        const { answered } = await flooder.hear(isReport, 30_000);
        const broken = await load.finish();
        broken.push(...above('p99 beside them', loud / quiet, 2, '×'));
        return judged(
          broken,
          `p99 ${quiet} ms alone, ${loud} ms beside them (${rounded(loud / quiet, 2)}×), while each of the ten got ${rounded(answered / 10 / (seconds + 3), 0)} answers/s`,
        );
      } finally {
        load.abandon();
        await flooder.stop();
      }
    }),
};

export const lineFaults: readonly Scenario[] = [halfOpen, deaf, flood];

/** npm run demo: four chargers charge, an operator presses buttons, a receiver verifies every webhook; the story is told aloud. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { installationRoot, loadConfig } from '../src/config/index.ts';
import { describe, SimulatorClosed } from '../src/simulator/index.ts';
import { chargerOf, type Played, play } from './demo/acts.ts';
import { engageCast, whatToSet } from './demo/cast.ts';
import { CannotPlay, findInstallation, type Installation } from './demo/installation.ts';
import { type Received, startReceiver, type WebhookEvent } from './demo/receiver.ts';
import { judge, missingEvents, type Verdict } from './demo/verdict.ts';
import { keptCertificate } from './kit/certificate.ts';
import { createRest } from './kit/rest.ts';
import { pause } from './kit/server-process.ts';
import { createStory, type Story, wantsColours } from './kit/story.ts';

type Options = { port?: number; apiKey?: string; verbose?: boolean };

const EVENTS_WITHIN_MS = 15_000;

/** What an event says, in a few words. */
function gist({ event, data }: WebhookEvent): string {
  const place = data['connector_id'] === undefined ? '' : `connector ${data['connector_id']} `;
  switch (event) {
    case 'charge_point.status_changed':
      return `${place}${data['previous_status'] ?? 'new'} → ${data['status']}`;
    case 'session.started':
      return `${data['transaction_id']} by ${data['token']}`;
    case 'session.ended':
      return `${data['transaction_id']} ${data['energy_wh']} Wh in ${data['duration_s']} s, ${data['stop_reason']}`;
    case 'charge_point.connected':
      return `${data['protocol']}, security profile ${data['security_profile']}`;
    case 'charge_point.disconnected':
      return `${data['reason']} after ${data['connected_for_s']} s`;
    default:
      return '';
  }
}

function tellDelivery(story: Story, { event, fault, attempt, tookMs }: Received): void {
  const identity = String(event.data['charge_point_identity'] ?? '');
  const name = event.event.replace('charge_point.', 'cp.').padEnd(18);
  const seal = fault === undefined ? 'signature verified' : fault.toUpperCase();
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  story.line(
    identity,
    'webhook',
    `${name} ${gist(event)}  (${seal}, ${tookMs} ms${again})`,
    fault === undefined ? 'good' : 'bad',
  );
}

async function until(condition: () => boolean, withinMs: number): Promise<void> {
  for (const deadline = performance.now() + withinMs; !condition() && performance.now() < deadline; ) await pause(50);
}

function summary(story: Story, verdict: Verdict, received: readonly Received[]): void {
  story.heading('What remains');
  const head = ['charge point', 'session', 'energy', 'duration', 'stopped', 'readings', 'webhooks'];
  const rows = verdict.rows.map((row) => [
    row.identity,
    row.sessionId,
    `${row.energyWh} Wh`,
    `${row.durationS} s`,
    row.stopReason,
    String(row.readings),
    String(row.events),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows])
    console.log(
      `  ${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
  const delays = received.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const verified = received.filter(({ fault }) => fault === undefined).length;
  console.log(
    `\n  ${verified} of ${received.length} webhook deliveries verified, half of them within ${delays[Math.floor(delays.length / 2)] ?? '?'} ms of the charger's message`,
  );
  for (const fault of verdict.faults) console.log(`  FAULT  ${fault}`);
}

async function perform(options: Options, interrupted: Promise<never>): Promise<number> {
  const root = installationRoot();
  const port = options.port ?? loadConfig(process.env, root).http.port;
  const folder = join(root, 'data', 'demo');
  const tag = randomBytes(2).toString('hex').toUpperCase();
  const story = createStory({
    whoWidth: `DEMO-${tag}-OUTAGE`.length,
    colours: wantsColours(),
    write: (line) => console.log(line),
  });
  const certificate = await keptCertificate(join(folder, 'receiver'));
  const received: Received[] = [];
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const closing: (() => Promise<void>)[] = [];
  let installation: Installation | undefined;
  try {
    const receiver = await startReceiver({
      certificate,
      secret,
      received(delivery) {
        received.push(delivery);
        tellDelivery(story, delivery);
      },
    });
    closing.push(receiver.close);
    const isVerbose = options.verbose === true;
    installation = await findInstallation({
      port,
      apiKey: options.apiKey,
      folder,
      caFile: certificate.caFile,
      isVerbose,
      say: (text) => story.line('demo', 'server', text, 'dim'),
    });
    closing.push(installation.stop);
    const { base, apiKey } = installation;
    const rest = createRest({ base, apiKey });
    const cast = await engageCast({ rest, tag, receiverUrl: receiver.url, secret, caFile: certificate.caFile });
    if (!installation.isOwn) closing.push(cast.dismiss); // our own goes whole
    story.line('demo', 'REST', `webhook endpoint ${cast.endpointId} → ${receiver.url}`, 'dim');
    for (const { identity, chargePointId, token } of cast.parts) {
      story.line('demo', 'REST', `charge point ${identity} = ${chargePointId}, token ${token}`, 'dim');
    }

    story.heading(
      'Four chargers: a driver with a card · a line that breaks · an operator at the API · a driver at one of OCPP 2.0.1',
    );
    const chargers = cast.parts.map((part) => ({ part, charger: chargerOf(part, base) }));
    closing.push(async () => {
      await Promise.all(chargers.map(({ charger }) => charger.close()));
    });
    for (const { charger } of chargers) {
      charger.on((happening) => {
        const line = describe(happening);
        if (line !== undefined)
          story.line(happening.identity, line.topic, line.text, line.isTrouble === true ? 'bad' : 'plain');
      });
    }
    const acting = Promise.all(chargers.map(({ part, charger }) => play(charger, part, { rest, story })));
    const played: Played[] = await Promise.race([acting, interrupted]);
    await Promise.all(chargers.map(({ charger }) => charger.close()));
    const ids = cast.parts.map(({ chargePointId }) => chargePointId);
    await Promise.race([until(() => missingEvents(received, ids).length === 0, EVENTS_WITHIN_MS), interrupted]);
    await pause(200); // the last answer of the receiver becomes a row
    const verdict = await judge({ rest, endpointId: cast.endpointId, played, received });
    summary(story, verdict, received);
    if (received.length === 0) console.log(whatToSet(certificate.caFile));
    return verdict.faults.length === 0 ? 0 : 1;
  } catch (cause) {
    if (cause instanceof CannotPlay) {
      console.error(`\n${cause.message}`);
      return 2;
    }
    if (!(cause instanceof Interrupted)) {
      console.error(
        `\nThe story broke off: ${cause instanceof SimulatorClosed ? 'a charger was closed' : String(cause)}`,
      );
      if (installation?.isOwn === true) console.error(`\nThe server's last words:\n${installation.output().trim()}`);
    }
    return 1;
  } finally {
    for (const close of closing.reverse()) {
      await close().catch((cause: unknown) => console.error(`While cleaning up: ${String(cause)}`));
    }
    if (closing.length > 1) story.line('demo', 'end', 'what the demo started is gone again', 'dim');
  }
}

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

const port = (text: string): number => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value < 65_536) return value;
  throw new InvalidArgumentError('It wants a port, or 0 for any free one.');
};

await new Command('demo')
  .description('Four chargers, one operator, one webhook receiver, and the server between them. Takes half a minute.')
  .option('--port <n>', 'where a server answers, or is started; 0: any free port (default: PORT, 3000)', port)
  .option('--api-key <key>', 'of the server that runs there already')
  .option('--verbose', "the server's log too")
  .action(async (options: Options) => {
    const interrupted = new Promise<never>((_resolve, reject) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => reject(new Interrupted(signal)));
    });
    interrupted.catch(() => undefined); // heard by whoever waits for the story
    process.exitCode = await perform(options, interrupted);
  })
  .parseAsync();

/** scripts/webhook-listen: receives webhooks on this machine, checks and shows them; or fetches events and forwards them. */
import { join, relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { installationHome } from '../src/config/index.ts';
import { type Received, startReceiver } from './demo/receiver.ts';
import { keptCertificate } from './kit/certificate.ts';
import { FAIL_HELP, type Failing, parseFailing } from './kit/failing.ts';
import { forward } from './kit/forward.ts';

type Options = {
  port: number;
  secret: string[];
  count?: number;
  fail?: Failing;
  forwardTo?: string;
  server: string;
  apiKey?: string;
  since?: Date;
  types?: string;
};

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It wants a whole number from ${least} to ${most}.`);
};

function secretText(text: string, before: string[] = []): string[] {
  if (/^[\x20-\x7e]{16,256}$/.test(text)) return [...before, text];
  throw new InvalidArgumentError('It wants 16 to 256 ASCII characters, as an endpoint does.');
}

function failing(text: string): Failing {
  try {
    return parseFailing(text);
  } catch (cause) {
    throw new InvalidArgumentError(cause instanceof Error ? cause.message : String(cause));
  }
}

function webUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw new InvalidArgumentError('It wants a URL such as http://localhost:8080/webhooks.');
}

function instant(text: string): Date {
  const minutes = /^(\d{1,6})m$/.exec(text)?.[1];
  const at = minutes === undefined ? new Date(text) : new Date(Date.now() - Number(minutes) * 60_000);
  if (!Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError('It wants a time such as 2026-11-23T12:00:00Z, or minutes ago such as 15m.');
}

function show({ event, fault, attempt, isRepeated, failedBy }: Received): void {
  const notes = [fault === undefined ? 'verified' : `REFUSED: ${fault}`];
  if (attempt > 1) notes.push(`attempt ${attempt}`);
  if (isRepeated) notes.push('came before: to be ignored');
  if (failedBy !== undefined) notes.push(`failed on purpose: ${failedBy}`);
  console.log(`${event.timestamp}  ${event.event}  (${notes.join(', ')})`);
  if (!isRepeated) console.log(`  ${JSON.stringify(event.data)}`);
}

async function listen({ port, secret, count, fail }: Options, stop: () => void, enough: Promise<void>): Promise<void> {
  const home = installationHome();
  const certificate = await keptCertificate(join(home, 'data', 'webhook-listen'));
  let shown = 0;
  const receiver = await startReceiver({
    certificate,
    secret,
    port,
    failing: fail,
    received(delivery) {
      show(delivery);
      shown += 1;
      if (shown === count) stop();
    },
  });
  console.log(`Listening on ${receiver.url}`);
  console.log('A server on this machine delivers here when it was started with');
  console.log(`  WEBHOOK_ALLOW_SUBNETS=127.0.0.0/8 WEBHOOK_CA_FILE=./${relative(home, certificate.caFile)}`);
  await enough;
  await receiver.close();
}

async function carry(options: Options & { forwardTo: string }, stop: () => void, enough: Promise<void>): Promise<void> {
  const { forwardTo: to, server, since, types, count } = options;
  const apiKey = options.apiKey ?? process.env['DYNAMO_API_KEY'];
  if (apiKey === undefined)
    throw new Error(
      '--forward-to wants an API key with the scope read:events (and read:charge_points, read:sessions), or write:webhooks: --api-key, or DYNAMO_API_KEY',
    );
  if (options.fail !== undefined) throw new Error('--fail is for listening; what --forward-to leads to answers itself');
  const abort = new AbortController();
  void enough.then(() => abort.abort()); // never rejects
  let done = 0;
  await forward({
    server,
    apiKey,
    to,
    secret: options.secret[0] ?? '',
    since,
    types,
    signal: abort.signal,
    said: (text) => console.error(text),
    forwarded({ id, event, outcome, tookMs }) {
      console.log(`${id}  ${event}  → ${outcome} in ${Math.round(tookMs)} ms`);
      done += 1;
      if (done === count) stop();
    },
  });
}

async function run(options: Options): Promise<void> {
  let stop = (): void => undefined;
  const enough = new Promise<void>((resolve) => {
    stop = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const { forwardTo } = options;
  if (forwardTo === undefined) await listen(options, stop, enough);
  else await carry({ ...options, forwardTo }, stop, enough);
}

try {
  await new Command('webhook-listen')
    .description(
      [
        'Receives webhooks over HTTPS on 127.0.0.1, checks their signatures, shows each event once, and fails on purpose if told to.',
        'With --forward-to it listens to nobody: it reads the stream of events of a server, and sends each of them on, signed.',
      ].join('\n'),
    )
    .requiredOption(
      '--secret <text>',
      'the signing secret of the endpoint; twice while it is being replaced',
      secretText,
    )
    .option('--port <n>', 'where to listen; 0: any free one', whole(0, 65_535), 8443)
    .option('--count <n>', 'end after so many deliveries', whole(1, 1_000_000))
    .option('--fail <how>', FAIL_HELP, failing)
    .option(
      '--forward-to <url>',
      'send events on to this URL, http or https, each once, with the headers of a delivery',
      webUrl,
    )
    .option('--server <url>', 'for --forward-to: whose events', webUrl, 'http://localhost:3000')
    .option(
      '--api-key <key>',
      'for --forward-to: scope read:events, with read:charge_points and read:sessions (default: DYNAMO_API_KEY of the environment)',
    )
    .option(
      '--since <time>',
      'for --forward-to: begin with what was recorded since then, or so many minutes ago (15m)',
      instant,
    )
    .option('--types <list>', 'for --forward-to: only these event types, separated by commas')
    .showHelpAfterError()
    .action(run)
    .parseAsync();
  process.exit(0);
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : String(cause));
  process.exit(1);
}

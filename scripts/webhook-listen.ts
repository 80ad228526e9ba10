/** scripts/webhook-listen: an HTTPS receiver on this machine that checks the signatures of webhooks and shows them. */
import { join, relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { installationRoot } from '../src/config/index.ts';
import { type Received, startReceiver } from './demo/receiver.ts';
import { keptCertificate } from './kit/certificate.ts';

type Options = { port: number; secret: string; count?: number };

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It wants a whole number from ${least} to ${most}.`);
};

function secretText(text: string): string {
  if (/^[\x20-\x7e]{16,256}$/.test(text)) return text;
  throw new InvalidArgumentError('It wants 16 to 256 ASCII characters, as an endpoint does.');
}

function show({ event, fault, attempt }: Received): void {
  const seal = fault === undefined ? 'verified' : `REFUSED: ${fault}`;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  console.log(`${event.timestamp}  ${event.event}  (${seal}${again})`);
  console.log(`  ${JSON.stringify(event.data)}`);
}

async function listen({ port, secret, count }: Options): Promise<void> {
  const root = installationRoot();
  const certificate = await keptCertificate(join(root, 'data', 'webhook-listen'));
  let shown = 0;
  const { promise: enough, resolve: stop } = newPromise();
  const receiver = await startReceiver({
    certificate,
    secret,
    port,
    received(delivery) {
      show(delivery);
      shown += 1;
      if (shown === count) stop();
    },
  });
  console.log(`Listening on ${receiver.url}`);
  console.log('A server on this machine delivers here when it was started with');
  console.log(`  WEBHOOK_ALLOW_SUBNETS=127.0.0.0/8 WEBHOOK_CA_FILE=./${relative(root, certificate.caFile)}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  await enough;
  await receiver.close();
}

function newPromise(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

try {
  await new Command('webhook-listen')
    .description(
      'Receives webhooks over HTTPS on 127.0.0.1, checks their signatures and shows them. For trying things out.',
    )
    .requiredOption('--secret <text>', 'the signing secret that the endpoint was created with', secretText)
    .option('--port <n>', 'where to listen; 0: any free one', whole(0, 65_535), 8443)
    .option('--count <n>', 'end after so many deliveries', whole(1, 1_000_000))
    .showHelpAfterError()
    .action(listen)
    .parseAsync();
  process.exit(0);
} catch (cause) {
  console.error(cause instanceof Error ? cause.message : String(cause));
  process.exit(1);
}

/** scripts/simulate: simulated chargers on any OCPP server, from one that tells everything to thousands. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  acceleratedClock,
  type ChargerOptions,
  type ConnectorSpec,
  createFleet,
  describe,
  dialects,
  type Happening,
  misbehaviours,
  SimulatorClosed,
  scenarios,
} from '../src/simulator/index.ts';
import { createStory, wantsColours } from './kit/story.ts';

type Options = {
  url: string;
  count: number;
  prefix: string;
  identity?: string;
  password?: string;
  passwordFile?: string;
  version: string;
  ocpp?: string;
  connectors: number;
  power: number;
  dc?: boolean;
  scenario: string;
  sessions: number;
  energy: number;
  token: string[];
  meterInterval: number;
  showsCosts?: boolean;
  rate: number;
  duration?: number;
  misbehave: string[];
  speed: number;
  ca?: string;
  insecure?: boolean;
  verbose?: boolean;
  quiet?: boolean;
};

const number = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(`It wants a number from ${least} to ${most}.`);
};
const list = (text: string): string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
const named = (table: Readonly<Record<string, unknown>>) => (text: string) => {
  const words = list(text);
  const unknown = words.find((word) => !Object.hasOwn(table, word));
  if (unknown === undefined) return words;
  throw new InvalidArgumentError(`There is no ${unknown}; there are ${Object.keys(table).join(', ')}.`);
};

function printTable(table: Readonly<Record<string, { readonly does: string }>>): void {
  const width = Math.max(...Object.keys(table).map((name) => name.length));
  for (const [name, { does }] of Object.entries(table)) console.log(`${name.padEnd(width)}  ${does}`);
}

/** Lines of `identity,key`; empty ones and those that begin with # are skipped. */
function keysOf(file: string): ReadonlyMap<string, string> {
  const lines = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line, index) => {
      const cut = line.indexOf(',');
      if (cut < 1) throw new Error(`${file}, line ${index + 1}: it wants identity,key`);
      return [line.slice(0, cut).trim(), line.slice(cut + 1).trim()];
    }),
  );
}

function identitiesOf(options: Options, keys: ReadonlyMap<string, string> | undefined): string[] {
  if (options.identity !== undefined) return [options.identity];
  if (keys !== undefined) return [...keys.keys()].slice(0, options.count === 1 ? undefined : options.count);
  const digits = String(options.count).length;
  return Array.from(
    { length: options.count },
    (_, index) => `${options.prefix}-${String(index + 1).padStart(digits, '0')}`,
  );
}

function membersOf(options: Options): ChargerOptions[] {
  const keys = options.passwordFile === undefined ? undefined : keysOf(options.passwordFile);
  const spec: ConnectorSpec = {
    current: options.dc === true ? 'DC' : 'AC',
    phases: options.power > 7400 ? 3 : 1,
    maxPowerW: options.power,
    registerWh: 0,
  };
  const clock = acceleratedClock(options.speed);
  return identitiesOf(options, keys).map((identity) => ({
    url: options.url,
    identity,
    password: keys?.get(identity) ?? options.password,
    version: options.ocpp ?? options.version,
    connectors: Array.from({ length: options.connectors }, () => spec),
    clock,
    behaviour: {
      misbehave: options.misbehave,
      settings: {
        MeterValueSampleInterval: String(options.meterInterval),
        ...(options.showsCosts === true && { CustomDisplayCostAndPrice: 'true' }),
      },
    },
    tls: {
      ...(options.ca === undefined ? {} : { ca: readFileSync(options.ca) }),
      ...(options.insecure === true ? { rejectUnauthorized: false } : {}),
    },
  }));
}

/** How often what happened, for the summary. */
function createTally() {
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    note(happening: Happening): void {
      if (happening.what === 'answered')
        add(happening.outcome.outcome === 'result' ? 'answers' : `calls ${happening.outcome.outcome}`);
      else if (happening.what === 'booted') add(`boots ${happening.status.toLowerCase()}`);
      else if (happening.what === 'session_settled') add('sessions');
      else if (happening.what === 'refused') add(`refused ${happening.httpStatus}`);
      else if (happening.what === 'disconnected' || happening.what === 'dropped') add(happening.what);
    },
    of: (name: string) => counts.get(name) ?? 0,
    text: () =>
      [...counts]
        .sort()
        .map(([name, count]) => `${name} ${count}`)
        .join(' · '),
  };
}

async function simulate(options: Options): Promise<number> {
  const scenario = scenarios[options.scenario];
  if (scenario === undefined) throw new Error(`There is no scenario ${options.scenario}.`);
  const members = membersOf(options);
  const fleet = createFleet({ members, perSecond: options.rate });
  const tally = createTally();
  const whoWidth = Math.max(...members.map(({ identity }) => identity.length));
  const story = createStory({ whoWidth, colours: wantsColours(), write: (line) => console.log(line) });

  for (const charger of fleet.chargers) {
    charger.on((happening) => {
      tally.note(happening);
      if (options.quiet === true) return;
      const line = describe(happening);
      if (line !== undefined) {
        story.line(happening.identity, line.topic, line.text, line.isTrouble === true ? 'bad' : 'plain');
      } else if (options.verbose === true && happening.what === 'answered') {
        const { action, payload, outcome, tookMs } = happening;
        const answer = outcome.outcome === 'result' ? JSON.stringify(outcome.result) : outcome.outcome;
        story.line(
          happening.identity,
          'call',
          `${action} ${JSON.stringify(payload)} → ${answer} (${tookMs.toFixed(1)} ms)`,
          'dim',
        );
      }
    });
  }

  let stop: (why: string) => void = () => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  process.once('SIGINT', () => stop('interrupted'));
  process.once('SIGTERM', () => stop('terminated'));
  const ending =
    options.duration === undefined ? undefined : setTimeout(() => stop('time is over'), options.duration * 1000);
  const online = () => fleet.chargers.filter((charger) => charger.isOnline()).length;
  const progress = setInterval(() => {
    if (options.quiet === true) story.line('', 'fleet', `${online()} of ${members.length} online · ${tally.text()}`);
  }, 5000);

  const days = fleet.chargers.map(async (charger, index) => {
    await charger.whenBooted(2 ** 31 - 1);
    const token = options.token[index % options.token.length] ?? 'SIM';
    await scenario.run({ charger, token, sessions: options.sessions, energyWh: options.energy, random: Math.random });
  });
  const isEndless = options.scenario === 'idle';
  const done = Promise.all(days).then(() => (isEndless ? stopped : 'all done'));
  done.catch((cause: unknown) => {
    if (!(cause instanceof SimulatorClosed)) stop(String(cause)); // closing interrupts what still runs
  });
  void fleet.start(); // never rejects
  const why = await Promise.race([done, stopped]);
  clearTimeout(ending);
  clearInterval(progress);
  const onlineAtEnd = online();
  await fleet.close();
  story.line('', 'end', `${why} · ${onlineAtEnd} of ${members.length} online · ${tally.text()}`, 'bold');
  return tally.of('boots accepted') > 0 &&
    (why === 'all done' || why === 'time is over' || why === 'interrupted' || why === 'terminated')
    ? 0
    : 1;
}

const program = new Command('simulate')
  .description('Simulated chargers: real OCPP clients that plug in, charge and stop, or misbehave by name.')
  .option('--url <url>', 'server, without the identity', 'ws://127.0.0.1:3000/ocpp')
  .option('--count <n>', 'how many chargers', number(1, 50_000), 1)
  .option('--prefix <text>', 'identities are PREFIX-1, PREFIX-2, …', 'SIM')
  .option('--identity <text>', 'one charger of this identity')
  .option('--password <key>', 'charger key, the same for all; none: no credentials are sent')
  .option('--password-file <file>', 'lines of identity,key; the identities come from it too')
  .addOption(new Option('--version <version>', 'version of OCPP').choices([...dialects.keys()]).default('1.6'))
  .addOption(new Option('--ocpp <version>', 'the same').choices([...dialects.keys()]).hideHelp())
  .option('--connectors <n>', 'connectors each', number(1, 20), 2)
  .option('--power <watts>', 'what a connector can deliver', number(1000, 1_000_000), 22_000)
  .option('--dc', 'direct current')
  .addOption(new Option('--scenario <name>', 'what they do').choices(Object.keys(scenarios)).default('charge'))
  .option('--list-scenarios', 'tell the scenarios and end')
  .option('--sessions <n>', 'sessions per charger', number(0, 1_000_000), 3)
  .option('--energy <wh>', 'energy of a session, about', number(1, 200_000), 2000)
  .option('--token <uids>', 'tokens, commas between, one per charger in turn', list, ['DEMO-TAG'])
  .option('--shows-costs', 'OCPP 1.6: it shows prices and costs, by OCA\'s "California pricing"')
  .option('--meter-interval <s>', 'seconds between readings (0: none)', number(0, 86_400), 10)
  .option('--rate <n>', 'chargers that connect per second', number(0.1, 100_000), 50)
  .option('--duration <s>', 'end after so many seconds', number(1, 86_400 * 30))
  .option('--misbehave <ids>', 'misbehaviours, commas between', named(misbehaviours), [])
  .option('--list-misbehaviours', 'tell the misbehaviours and end')
  .option(
    '--speed <factor>',
    "chargers' clocks run so many times faster (and so ahead of the server's)",
    number(0.01, 10_000),
    1,
  )
  .option('--ca <file>', 'certificate authority of a wss server')
  .option('--insecure', 'do not check the certificate of a wss server')
  .option('--verbose', 'every call with its answer')
  .option('--quiet', 'only a summary every five seconds')
  .addHelpText(
    'after',
    `
Examples:
  scripts/simulate --identity CP-7 --password KEY --token 04A1B2C3
  scripts/simulate --identity CP-7 --password KEY --scenario outage --speed 60
  scripts/simulate --identity CP-7 --password KEY --version 2.0.1
  scripts/simulate --password-file keys.csv --scenario day --speed 60 --quiet
  scripts/simulate --identity CP-7 --password KEY --misbehave X1,M2,T13`,
  )
  .action(async (options: Options & { listMisbehaviours?: boolean; listScenarios?: boolean }) => {
    if (options.listMisbehaviours === true) return printTable(misbehaviours);
    if (options.listScenarios === true) return printTable(scenarios);
    process.exitCode = await simulate(options);
  });

await program.parseAsync().catch((cause: unknown) => {
  console.error(cause instanceof Error ? cause.message : String(cause));
  process.exitCode = 1;
});

/** A boot storm: all chargers at the same instant, with their passwords and their BootNotification, and once more when all are gone. */
import { pause } from '../kit/server-process.ts';
import { type Row, rounded } from './rows.ts';
import { connect, disconnect, type Generator, perCpuS } from './scenarios.ts';
import type { Target } from './stage.ts';

/** A metric of the server: who it believes is there. */
const CONNECTIONS = 'dynamo_ocpp_connections';
/** The server hears of closed sockets one by one. */
const GONE_WITHIN_MS = 30_000;

async function storm(generator: Generator, target: Target, chargers: number, which: string): Promise<Row> {
  const specs = target.specs.slice(0, chargers);
  const before = target.cpu();
  const connected = await connect(generator, target, specs, { atOnce: specs.length, withStatuses: false });
  const after = target.cpu();
  const held = await target.counter(CONNECTIONS);
  const [serverCpuS, databaseCpuS] = [after.server - before.server, after.database - before.database];
  const lost = specs.length - connected.open + (held === undefined ? 0 : Math.abs(held - specs.length));
  return {
    scenario: `boot storm, ${which}`,
    target: target.kind,
    chargers: specs.length,
    messages: specs.length,
    perS: rounded(connected.open / connected.seconds),
    errors: connected.failures + lost,
    serverCpuS: rounded(serverCpuS, 2),
    databaseCpuS: rounded(databaseCpuS, 2),
    ...perCpuS(specs.length, serverCpuS + databaseCpuS),
    note: `all are back and booted after ${rounded(connected.seconds, 1)} s, ${connected.refused} turned away for a moment`,
  };
}

export async function stormScenarios(
  generator: Generator,
  target: Target,
  chargers: number,
  told: (row: Row) => void,
): Promise<void> {
  told(await storm(generator, target, chargers, 'first'));
  await disconnect(generator);
  const begun = performance.now();
  // To reconnect beside what is still going is another scenario than a storm of chargers that were cut off.
  while (((await target.counter(CONNECTIONS)) ?? 0) > 0 && performance.now() - begun < GONE_WITHIN_MS) await pause(100);
  told(await storm(generator, target, chargers, 'second'));
  await disconnect(generator);
}

/** The commands room with those it works with, on a real database: an ingest, and chargers that are connected by hand. */
import { randomBytes } from 'node:crypto';
import { afterAll } from '@jest/globals';
import { chargerKeys, stations } from '../../src/charge-points/index.ts';
import {
  commandReads,
  commandsParticipant,
  createCommandWaiter,
  createIssueCommand,
} from '../../src/commands/index.ts';
import { configurationParticipant, wordsOf } from '../../src/configuration/index.ts';
import type { Database } from '../../src/database/index.ts';
import { isTransient } from '../../src/database/index.ts';
import { createIngest, participant, type Wake } from '../../src/ingest/index.ts';
import type { CommandOutcome, ConnectedReply, DispatchReply, StartReply } from '../../src/ingest/inputs.ts';
import { localLists } from '../../src/local-list/index.ts';
import { createCallRules } from '../../src/ocpp/call-rules.ts';
import { createCallValidator } from '../../src/ocpp/index.ts';
import { createV16, friendly, refuse } from '../../src/ocpp/v16/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { sessionLimitsParticipant } from '../../src/session-limits/index.ts';
import { sessionsParticipant } from '../../src/sessions/index.ts';
import { tokens } from '../../src/tokens/index.ts';

export function commandWorld(db: Database) {
  const clock = { now: () => new Date() };
  const wakes: Wake[] = [];
  const reads = commandReads(db);
  const waiter = createCommandWaiter({ isOpen: reads.isOpen, pollMs: 50 });
  const ingest = createIngest({
    db,
    participants: [
      participant(stations),
      participant(tokens),
      participant(sessionsParticipant()),
      participant(commandsParticipant()),
      participant(sessionLimitsParticipant((...asked) => calls.translate(...asked))),
      participant(chargerKeys),
      participant(localLists),
      participant(configurationParticipant(wordsOf({ translate: (...asked) => calls.translate(...asked) }))),
    ],
    eventWriter: { prepare: () => ({ write: () => Promise.resolve({ committed: () => {} }) }) },
    isTransient,
    onWake: (wake) => {
      wakes.push(wake);
      waiter.notify(wake.chargePointId);
    },
    now: clock.now,
    log: { warn: () => {}, error: () => {} },
    metrics: { batch: () => {}, retried: () => {}, poisoned: () => {}, ignored: () => {} },
    lanes: 2,
  });
  afterAll(async () => {
    waiter.stop();
    await ingest.stop(1000);
    await db.close();
  });

  let transactionId = 100;
  const version = createV16({
    submit: ingest.submit,
    nextTransactionId: () => {
      transactionId += 1;
      return Promise.resolve(transactionId);
    },
    newId,
    clock,
  });
  const calls = createCallRules([{ version, friendly, refuse }], createCallValidator([version]), ['https', 'ftp']);
  const issue = createIssueCommand({
    reads,
    submit: ingest.submit,
    calls,
    waiter,
    newId,
    seal: (fields) => JSON.stringify(fields),
    nodeId: 'node_1',
    clock,
  });

  /** What the transport does for a charger that is connected. */
  async function connect(chargePointId: string) {
    const common = () => ({ chargePointId, receivedAt: new Date() });
    const { generation } = (await ingest.submit({
      room: 'stations',
      type: 'connected',
      ...common(),
      nodeId: 'node_1',
      protocol: 'ocpp1.6',
      securityProfile: 0,
      remoteAddress: '127.0.0.1',
    })) as ConnectedReply;
    return {
      generation,
      next: async () =>
        (await ingest.submit({
          room: 'commands',
          type: 'next',
          ...common(),
          generation,
          nodeId: 'node_1',
          dispatchId: randomBytes(16).toString('hex'),
        })) as DispatchReply,
      answer: (commandId: string, answer: CommandOutcome) =>
        ingest.submit({ room: 'commands', type: 'answered', ...common(), commandId, answer }),
      async disconnect() {
        await ingest.submit({ room: 'stations', type: 'disconnected', ...common(), generation, reason: 'closed' });
        await ingest.submit({ room: 'commands', type: 'line_lost', ...common(), generation });
      },
      async start(tokenUid: string, connectorId = 1) {
        transactionId += 1;
        return (await ingest.submit({
          room: 'tokens',
          type: 'authorize_start',
          ...common(),
          start: {
            evseId: connectorId,
            connectorId,
            tokenUid,
            meterStartWh: 0,
            at: { at: new Date(), raw: undefined, plausible: true, historical: false },
            sessionId: newId('ses'),
            transactionId,
            flags: [],
          },
        })) as StartReply;
      },
    };
  }
  return { ingest, reads, waiter, issue, calls, connect, wakes, clock };
}

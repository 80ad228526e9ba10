/** The rooms that a charging session passes, for an ingest without the others. */
import { stations } from '../../src/charge-points/index.ts';
import { commandsParticipant } from '../../src/commands/index.ts';
import { configurationParticipant, wordsOf } from '../../src/configuration/index.ts';
import { participant } from '../../src/ingest/index.ts';
import { meter } from '../../src/meter/index.ts';
import { quarantine } from '../../src/quarantine/index.ts';
import { reservations } from '../../src/reservations/index.ts';
import { sessionsParticipant } from '../../src/sessions/index.ts';
import { tokens } from '../../src/tokens/index.ts';

export const sessionRooms = () => [
  participant(stations),
  participant(configurationParticipant(wordsOf({ translate: () => undefined }))),
  participant(tokens),
  participant(sessionsParticipant()),
  participant(meter),
  participant(reservations),
  participant(commandsParticipant()),
  participant(quarantine),
];

/**
 * Which remote start led to a session (R6)? OCPP 1.6 gives the two nothing in common but token, connector and time.
 * Pure; the sessions room asks with the same function, so that both rooms always name the same command.
 */
import type { CommandRow } from './types.ts';

export type RemoteStart = {
  readonly commandId: string;
  /** null: the charger may choose. */
  readonly connectorId: number | null;
  readonly tokenUid: string;
  readonly createdAt: Date;
};

/** A driver may take this long from the app to the plug; later the same token means a new decision. */
export const REMOTE_START_WINDOW_MS = 10 * 60_000;
/** Two nodes' clocks. */
const SKEW_MS = 5_000;

/** `at`: when we learned of the session; a charger's own time would be compared with our clock. */
export function matchRemoteStart(
  candidates: readonly RemoteStart[],
  session: { readonly connectorId: number; readonly tokenUid: string; readonly at: Date },
): RemoteStart | undefined {
  let newest: RemoteStart | undefined;
  for (const candidate of candidates) {
    const ageMs = session.at.getTime() - candidate.createdAt.getTime();
    if (ageMs < -SKEW_MS || ageMs > REMOTE_START_WINDOW_MS) continue;
    if (candidate.connectorId !== null && candidate.connectorId !== session.connectorId) continue;
    if (tokenKey(candidate.tokenUid) !== tokenKey(session.tokenUid)) continue;
    if (newest === undefined || isNewer(candidate, newest)) newest = candidate;
  }
  return newest;
}

/** OCPP 1.6 §7.28: an IdToken is compared without case. */
const tokenKey = (uid: string): string => uid.trim().toLowerCase();

const isNewer = (a: RemoteStart, b: RemoteStart): boolean =>
  a.createdAt.getTime() === b.createdAt.getTime()
    ? a.commandId > b.commandId
    : a.createdAt.getTime() > b.createdAt.getTime();

/** The actions that ask for a session, and where their payload holds connector and token. */
const READERS: ReadonlyMap<string, (payload: CommandRow['payload']) => { connectorId: unknown; tokenUid: unknown }> =
  new Map([
    ['RemoteStartTransaction', (payload) => ({ connectorId: payload['connectorId'], tokenUid: payload['idTag'] })],
  ]);

export const remoteStartActions: readonly string[] = [...READERS.keys()];

/** Could a session still answer this command? Not before it was sent, not twice, not after it was refused. */
export function awaitsSession(command: Pick<CommandRow, 'status' | 'sessionId' | 'error'>): boolean {
  if (command.sessionId !== null) return false;
  switch (command.status) {
    case 'sent':
    case 'accepted':
    case 'timed_out':
      return command.error?.code !== 'not_sent';
    case 'failed':
      return command.error?.code === 'no_session_started' || command.error?.code === 'connection_lost';
    case 'cancelled':
      return command.error?.code === 'abandoned'; // the charger may begin all the same
    case 'queued':
    case 'rejected':
      return false;
  }
}

/** As much of a command as matching needs. */
export type AskedCommand = Pick<
  CommandRow,
  'id' | 'action' | 'payload' | 'createdAt' | 'status' | 'sessionId' | 'error'
>;

/** Of these commands the remote starts that a session may still answer. */
export function remoteStartsOf(commands: Iterable<AskedCommand>): RemoteStart[] {
  const found: RemoteStart[] = [];
  for (const command of commands) {
    const read = READERS.get(command.action);
    if (read === undefined || !awaitsSession(command)) continue;
    const { connectorId, tokenUid } = read(command.payload);
    if (typeof tokenUid !== 'string') continue; // sent unvalidated by a lab
    found.push({
      commandId: command.id,
      connectorId: typeof connectorId === 'number' ? connectorId : null,
      tokenUid,
      createdAt: command.createdAt,
    });
  }
  return found;
}

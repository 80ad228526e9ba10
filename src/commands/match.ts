/**
 * Which remote start led to a session (R6)? OCPP 1.6 gives the two nothing in common but token, connector and time; in 2.x the
 * session names the start by its number (F01.FR.25). Connectors are told by the number of their EVSE (decision 006.2).
 * Pure; the sessions room asks with the same function, so that both rooms always name the same command.
 */
import { tokenKey } from '../platform/token-key.ts';
import type { CommandRow } from './types.ts';

export type RemoteStart = {
  readonly commandId: string;
  /** null: the charger may choose. */
  readonly connectorId: number | null;
  readonly tokenUid: string;
  /** null: OCPP 1.6 has none. */
  readonly remoteStartId: number | null;
  /** When the charger was asked: a command may have waited for it for days (?queue=true). */
  readonly askedAt: Date;
  /** Of a payment: its token is of this start alone, and may begin a session until then. */
  readonly startsUntil?: Date | null | undefined;
};

/** What a session shows of how it came to be. */
export type BegunSession = {
  /** undefined: not known yet (2.x). */
  readonly connectorId: number | undefined;
  /** null: nobody has said who charges (2.x). */
  readonly tokenUid: string | null;
  readonly remoteStartId?: number | undefined;
  /** When it began, by our clock: when we learned of it, unless it is told afterwards. */
  readonly at: Date;
  /** Told afterwards: `at` is the charger's word. */
  readonly isReplayed?: boolean | undefined;
};

/** A driver may take this long to the plug once the charger was asked; later the same token means a new decision. */
export const REMOTE_START_WINDOW_MS = 10 * 60_000;
/** Two nodes' clocks. */
const SKEW_MS = 5_000;
/** A charger's clock, by as much as history is told from now (ocpp/instants.ts). */
const CHARGER_SKEW_MS = 60_000;

export function matchRemoteStart(candidates: readonly RemoteStart[], session: BegunSession): RemoteStart | undefined {
  const skewMs = session.isReplayed === true ? CHARGER_SKEW_MS : SKEW_MS;
  let newest: RemoteStart | undefined;
  for (const candidate of candidates) {
    const ageMs = session.at.getTime() - candidate.askedAt.getTime();
    const isPaidFor = candidate.startsUntil != null && session.at < candidate.startsUntil;
    if ((ageMs > REMOTE_START_WINDOW_MS && !isPaidFor) || !isMeant(candidate, session)) continue;
    // Whose number it knows was there before it, whatever its clock says.
    if (ageMs < -skewMs && !isNamed(candidate, session)) continue;
    if (newest === undefined || isNewer(candidate, newest)) newest = candidate;
  }
  return newest;
}

const isNamed = (candidate: RemoteStart, { remoteStartId }: BegunSession): boolean =>
  remoteStartId !== undefined && candidate.remoteStartId !== null;

function isMeant(candidate: RemoteStart, session: BegunSession): boolean {
  const { remoteStartId, connectorId, tokenUid } = session;
  if (isNamed(candidate, session)) return remoteStartId === candidate.remoteStartId;
  if (tokenUid === null || tokenKey(candidate.tokenUid) !== tokenKey(tokenUid)) return false;
  return candidate.connectorId === null || connectorId === undefined || candidate.connectorId === connectorId;
}

const isNewer = (a: RemoteStart, b: RemoteStart): boolean =>
  a.askedAt.getTime() === b.askedAt.getTime() ? a.commandId > b.commandId : a.askedAt.getTime() > b.askedAt.getTime();

type Asked = { readonly connectorId: unknown; readonly tokenUid: unknown; readonly remoteStartId: unknown };

/** The actions that ask for a session, and where their payload holds place and token. */
const READERS: ReadonlyMap<string, (payload: CommandRow['payload']) => Asked> = new Map([
  [
    'RemoteStartTransaction',
    (payload) => ({ connectorId: payload['connectorId'], tokenUid: payload['idTag'], remoteStartId: undefined }),
  ],
  [
    'RequestStartTransaction',
    (payload) => {
      const { idToken } = payload;
      const tokenUid = typeof idToken === 'object' && idToken !== null && 'idToken' in idToken ? idToken.idToken : '';
      return { connectorId: payload['evseId'], tokenUid, remoteStartId: payload['remoteStartId'] };
    },
  ],
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
  'id' | 'action' | 'payload' | 'createdAt' | 'sentAt' | 'startsUntil' | 'status' | 'sessionId' | 'error'
>;

/** Of these commands the remote starts that a session may still answer. */
export function remoteStartsOf(commands: Iterable<AskedCommand>): RemoteStart[] {
  const found: RemoteStart[] = [];
  for (const command of commands) {
    const read = READERS.get(command.action);
    if (read === undefined || !awaitsSession(command)) continue;
    const { connectorId, tokenUid, remoteStartId } = read(command.payload);
    if (typeof tokenUid !== 'string') continue; // sent unvalidated by a lab
    found.push({
      commandId: command.id,
      connectorId: typeof connectorId === 'number' ? connectorId : null,
      tokenUid,
      remoteStartId: typeof remoteStartId === 'number' ? remoteStartId : null,
      askedAt: command.sentAt ?? command.createdAt,
      startsUntil: command.startsUntil,
    });
  }
  return found;
}

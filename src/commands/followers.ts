/**
 * Rooms that want to know how commands of certain actions end, whoever asked for them: told in the same transaction. Pure.
 */
import type { Effect } from '../ingest/contract.ts';
import type { CommandInput, Learned } from '../ingest/inputs.ts';
import type { CommandRow, CommandState } from './types.ts';

const FOLLOWERS: Readonly<Record<string, 'uploads' | 'certificates'>> = {
  GetDiagnostics: 'uploads',
  GetLog: 'uploads',
  CertificateSigned: 'certificates',
  InstallCertificate: 'certificates',
  DeleteCertificate: 'certificates',
  GetInstalledCertificateIds: 'certificates',
};

/** What this step ended, for those who follow it. */
export function tellFollowers(before: CommandState, after: CommandState, input: CommandInput): Effect[] {
  if (before.commands === after.commands) return [];
  const effects: Effect[] = [];
  for (const [id, command] of after.commands) {
    const room = FOLLOWERS[command.action];
    if (room === undefined || command.status === before.commands.get(id)?.status) continue;
    const { status } = command;
    if (status === 'queued' || status === 'sent') continue;
    const { chargePointId, receivedAt } = input;
    const ended = {
      type: 'command_ended',
      commandId: id,
      status,
      why: whyOf(command),
      learned: learnedOf(input),
    } as const;
    effects.push({ do: 'feed', input: { room, chargePointId, receivedAt, ...ended } });
  }
  return effects;
}

const learnedOf = (input: CommandInput): Learned | undefined =>
  input.type === 'answered' && input.answer.outcome === 'result' ? input.answer.learned : undefined;

function whyOf({ status, result, error }: CommandRow): string | undefined {
  if (error !== null) return error.message;
  if (status !== 'rejected') return undefined;
  const said: unknown = result?.['status'];
  return typeof said === 'string' ? `The charger answered ${said.slice(0, 50)}` : 'The charger declined';
}

/** One line for a person about one happening; undefined for those that are only noise beside the others. */
import type { Happening } from './types.ts';

export type Line = { readonly topic: string; readonly text: string; readonly isTrouble?: boolean };

const wh = (energyWh: number): string => (energyWh >= 1000 ? `${(energyWh / 1000).toFixed(2)} kWh` : `${energyWh} Wh`);
const kw = (powerW: number): string => `${(powerW / 1000).toFixed(1)} kW`;

export function describe(happening: Happening): Line | undefined {
  switch (happening.what) {
    case 'connected':
      return { topic: 'line', text: `connected${happening.protocol === '' ? '' : `, ${happening.protocol}`}` };
    case 'disconnected':
      return {
        topic: 'line',
        text: `disconnected (${happening.code}${happening.reason === '' ? '' : ` ${happening.reason}`})`,
      };
    case 'refused':
      return { topic: 'line', text: `refused with HTTP ${happening.httpStatus}`, isTrouble: true };
    case 'booted':
      return {
        topic: 'boot',
        text: `${happening.status.toLowerCase()}, interval ${happening.intervalS} s`,
        isTrouble: happening.status !== 'Accepted',
      };
    case 'status': {
      const place = happening.connectorId === 0 ? 'station' : `connector ${happening.connectorId}`;
      const error = happening.errorCode === 'NoError' ? '' : ` (${happening.errorCode})`;
      return { topic: 'status', text: `${place} ${happening.status}${error}` };
    }
    case 'authorized':
      return {
        topic: 'token',
        text: `${happening.token} ${happening.status}`,
        isTrouble: happening.status !== 'Accepted',
      };
    case 'session_started': {
      const { transactionId, token, authorization } = happening.session;
      const isRefused = authorization !== 'Accepted';
      return {
        topic: 'session',
        text: `${transactionId ?? '?'} started by ${token}${isRefused ? `: ${authorization}` : ''}`,
        isTrouble: isRefused,
      };
    }
    case 'metered': {
      const { session, reading } = happening;
      const energy = wh(reading.registerWh - session.meterStartWh);
      return {
        topic: 'meter',
        text: `${session.transactionId ?? '?'}  ${kw(reading.powerW)}  ${energy}  ${reading.socPercent} %`,
      };
    }
    case 'displayed': {
      const { text, cost, state } = happening.shown;
      const shown = text ?? `${String(cost)} so far, ${String(state).toLowerCase()}`;
      return { topic: 'display', text: String(shown).slice(0, 200) };
    }
    case 'session_ended': {
      const { session } = happening;
      return {
        topic: 'session',
        text: `${session.transactionId ?? '?'} ended, ${wh(session.energyWh)}, ${session.end?.reason ?? ''}`,
      };
    }
    case 'session_settled':
      return undefined;
    case 'queued':
      return { topic: 'queue', text: `${happening.action} waits, ${happening.waiting} in the queue` };
    case 'caught_up':
      return { topic: 'queue', text: `${happening.messages} queued messages delivered` };
    case 'dropped':
      return { topic: 'queue', text: `${happening.action} given up: ${happening.why}`, isTrouble: true };
    case 'asked':
      return {
        topic: 'asked',
        text: `${happening.action} ${JSON.stringify(happening.payload)}: ${happening.answered}`,
      };
    case 'rebooting':
      return { topic: 'boot', text: `rebooting (${happening.reason})` };
    case 'answered':
      return troubleOf(happening);
  }
}

function troubleOf({ action, outcome, tookMs }: Extract<Happening, { what: 'answered' }>): Line | undefined {
  switch (outcome.outcome) {
    case 'error':
      return { topic: 'error', text: `${action}: ${outcome.code} ${outcome.description}`, isTrouble: true };
    case 'timeout':
      return { topic: 'error', text: `${action}: no answer within ${Math.round(tookMs / 1000)} s`, isTrouble: true };
    case 'result':
    case 'lost':
    case 'withheld':
      return undefined;
  }
}

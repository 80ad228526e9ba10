/** How a 2.1 station answers about tariffs (I07–I12). */
import { isPayload, numberOf } from '../payload.ts';
import { type Answering, badField, knowsEvse, refused, result } from './answering.ts';

export const tariffing: Readonly<Record<string, Answering>> = {
  SetDefaultTariff(payload, controls, { tariffs }) {
    const evseId = numberOf(payload['evseId']);
    const { tariff } = payload;
    if (evseId === undefined || !isPayload(tariff)) return badField('evseId or tariff');
    if (evseId !== 0 && !knowsEvse(controls, evseId)) return refused('UnknownEvse');
    return result({ status: tariffs.setDefault(evseId, tariff) });
  },
  GetTariffs(payload, controls, { tariffs }) {
    const evseId = numberOf(payload['evseId']);
    if (evseId === undefined) return badField('evseId');
    if (evseId !== 0 && !knowsEvse(controls, evseId)) return refused('UnknownEvse');
    const tariffAssignments = tariffs.list(evseId);
    return result(tariffAssignments.length === 0 ? { status: 'NoTariff' } : { status: 'Accepted', tariffAssignments });
  },
  ClearTariffs({ tariffIds, evseId }, _controls, { tariffs }) {
    const ids = Array.isArray(tariffIds) ? tariffIds.map(String) : undefined;
    return result({ clearTariffsResult: tariffs.clear(ids, numberOf(evseId)) });
  },
  ChangeTransactionTariff({ transactionId, tariff }, controls, { tariffs, log, transactions }) {
    if (typeof transactionId !== 'string' || !isPayload(tariff)) return badField('transactionId or tariff');
    const open = log.find(transactionId);
    if (open === undefined || open.hasEnded) return result({ status: 'TxNotFound' });
    // What was used so far is paid by the old one.
    tariffs.count(open, controls.now(), open.token);
    const status = tariffs.change(open, tariff);
    if (status !== 'Accepted') return result({ status });
    return result({ status }, () => transactions().update(open, 'TariffChanged'));
  },
};

/** OCPP 2.0.1 N06: ClearVariableMonitoring. */
import type { Learned } from '../../../ingest/inputs.ts';
import type { ToCharger } from '../../contract.ts';
import { readList, readRecord } from '../../reading.ts';
import { readId } from '../monitor-words.ts';
import { ACCEPTED, allAre } from '../results.ts';

/** One that the station does not know is none either. */
function learn(_payload: unknown, result: Readonly<Record<string, unknown>>): Learned | undefined {
  const monitorIds = readList(result['clearMonitoringResult']).flatMap((each) => {
    const said = readRecord(each);
    const isGone = said['status'] === 'Accepted' || said['status'] === 'NotFound';
    return isGone ? (readId(said['id']) ?? []) : [];
  });
  return monitorIds.length === 0 ? undefined : { about: 'monitors_cleared', monitorIds };
}

export const clearVariableMonitoring: ToCharger = {
  action: 'ClearVariableMonitoring',
  accepted: ({ clearMonitoringResult }) => allAre(clearMonitoringResult, 'status', ACCEPTED),
  learn,
  learnRefusal: learn,
  example: { id: [1] },
};

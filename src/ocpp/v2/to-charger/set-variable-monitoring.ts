/** OCPP 2.0.1 N04: SetVariableMonitoring. */
import type { Learned } from '../../../ingest/inputs.ts';
import type { ToCharger } from '../../contract.ts';
import { readList, readRecord } from '../../reading.ts';
import { readKey } from '../device-words.ts';
import { readMonitor } from '../monitor-words.ts';
import { ACCEPTED, allAre } from '../results.ts';

type Payload = Readonly<Record<string, unknown>>;

/** The verdicts stand in the order of the wishes (N04); what was wished counts, with the number that the station gave it. */
function learn(payload: Payload, result: Payload): Learned | undefined {
  const verdicts = readList(result['setMonitoringResult']).map(readRecord);
  const monitors = readList(payload['setMonitoringData']).flatMap((each, i) => {
    const wish = readRecord(each);
    const [key, verdict] = [readKey(wish), verdicts[i]];
    if (key === undefined || verdict === undefined || verdict['status'] !== 'Accepted') return [];
    if (readKey(verdict)?.toLowerCase() !== key.toLowerCase()) return [];
    const monitor = readMonitor(key, { ...wish, id: verdict['id'] ?? wish['id'] });
    return monitor === undefined ? [] : [{ ...monitor, origin: 'custom_monitor' }];
  });
  return monitors.length === 0 ? undefined : { about: 'monitors_set', monitors };
}

export const setVariableMonitoring: ToCharger = {
  action: 'SetVariableMonitoring',
  accepted: ({ setMonitoringResult }) => allAre(setMonitoringResult, 'status', ACCEPTED),
  learn,
  learnRefusal: learn,
  example: {
    setMonitoringData: [
      {
        type: 'UpperThreshold',
        value: 70,
        severity: 4,
        component: { name: 'Connector', evse: { id: 1, connectorId: 1 } },
        variable: { name: 'Temperature' },
      },
    ],
  },
};

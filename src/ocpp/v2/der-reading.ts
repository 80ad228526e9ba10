/** Reads OCPP 2.1's DER controls, of a request that was sent or of a report. It never throws. */
import type { DerControl, DerControlType, DerCurve, DerSettings, ReportedDerControl } from '../../ingest/inputs.ts';
import { MOST_INT32, readInteger, readList, readNumber, readRecord, readText } from '../reading.ts';
import { controlTypeFromWire, unitFromWire } from './der-words.ts';
import { given } from './pairs.ts';

type Said = Readonly<Record<string, unknown>>;

const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
const some = <T extends object>(fields: T): T | undefined => (Object.keys(fields).length === 0 ? undefined : fields);

function curveFromWire(said: Said): DerCurve | undefined {
  const points = readList(said['curveData'])
    .slice(0, 10)
    .flatMap((point) => {
      const [x, y] = [readNumber(readRecord(point)['x']), readNumber(readRecord(point)['y'])];
      return x === undefined || y === undefined ? [] : [{ x, y }];
    });
  if (points.length === 0) return undefined;
  const [hysteresis, reactive, voltage] = ['hysteresis', 'reactivePowerParams', 'voltageParams'].map((field) =>
    readRecord(said[field]),
  );
  const cessation = voltage?.['powerDuringCessation'];
  return {
    points,
    yUnit: unitFromWire(said['yUnit']) ?? 'not_applicable',
    ...given({
      responseTimeS: readNumber(said['responseTime']),
      hysteresis: some(
        given({
          high: readNumber(hysteresis?.['hysteresisHigh']),
          low: readNumber(hysteresis?.['hysteresisLow']),
          delayS: readNumber(hysteresis?.['hysteresisDelay']),
          gradient: readNumber(hysteresis?.['hysteresisGradient']),
        }),
      ),
      reactivePower: some(
        given({
          vRef: readNumber(reactive?.['vRef']),
          autonomousVRef: flag(reactive?.['autonomousVRefEnable']),
          timeConstantS: readNumber(reactive?.['autonomousVRefTimeConstant']),
        }),
      ),
      voltage: some(
        given({
          hv10MinMean: readNumber(voltage?.['hv10MinMeanValue']),
          hv10MinTripDelayS: readNumber(voltage?.['hv10MinMeanTripDelay']),
          duringCessation: cessation === 'Active' ? 'active' : cessation === 'Reactive' ? 'reactive' : undefined,
        }),
      ),
    }),
  };
}

/** By the name that the field has in SetDERControlRequest. undefined: it lacks what it must have. */
function settingsFromWire(field: string, said: Said): DerSettings | undefined {
  const n = (name: string): number => readNumber(said[name]) ?? 0;
  switch (field) {
    case 'curve': {
      const curve = curveFromWire(said);
      return curve === undefined ? undefined : { curve };
    }
    case 'enterService':
      return {
        enterService: {
          highVoltage: n('highVoltage'),
          lowVoltage: n('lowVoltage'),
          highFreq: n('highFreq'),
          lowFreq: n('lowFreq'),
          ...given({
            delayS: readNumber(said['delay']),
            randomDelayS: readNumber(said['randomDelay']),
            rampRate: readNumber(said['rampRate']),
          }),
        },
      };
    case 'fixedPFAbsorb':
    case 'fixedPFInject':
      return { fixedPf: { displacement: n('displacement'), excitation: said['excitation'] === true } };
    case 'fixedVar':
      return { fixedVar: { setpoint: n('setpoint'), unit: unitFromWire(said['unit']) ?? 'not_applicable' } };
    case 'freqDroop':
      return {
        freqDroop: {
          overFreq: n('overFreq'),
          underFreq: n('underFreq'),
          overDroop: n('overDroop'),
          underDroop: n('underDroop'),
          responseTimeS: n('responseTime'),
        },
      };
    case 'gradient':
      return { gradient: { gradient: n('gradient'), softGradient: n('softGradient') } };
    case 'limitMaxDischarge': {
      const powerMonitoringMustTrip = curveFromWire(readRecord(said['powerMonitoringMustTrip']));
      const pctMaxDischargePower = readNumber(said['pctMaxDischargePower']);
      return { limitMaxDischarge: given({ pctMaxDischargePower, powerMonitoringMustTrip }) };
    }
    default:
      return undefined;
  }
}

const FIELDS = [
  'curve',
  'enterService',
  'fixedPFAbsorb',
  'fixedPFInject',
  'fixedVar',
  'freqDroop',
  'gradient',
  'limitMaxDischarge',
] as const;

function controlOf(
  field: string,
  content: Said,
  about: Pick<DerControl, 'controlId' | 'isDefault' | 'type'>,
): DerControl | undefined {
  const settings = settingsFromWire(field, content);
  if (settings === undefined) return undefined;
  return {
    ...about,
    priority: readInteger(content['priority'], 0, MOST_INT32) ?? 0,
    settings,
    ...given({ startAt: readText(content['startTime'], 64), durationS: readNumber(content['duration']) }),
  };
}

/** Of a SetDERControl that was sent, perhaps unchecked; undefined: it is no control. */
export function controlFromWire(payload: Said): DerControl | undefined {
  const controlId = readText(payload['controlId'], 36);
  const type = controlTypeFromWire(payload['controlType']);
  const field = FIELDS.find((name) => payload[name] !== undefined);
  if (controlId === undefined || type === undefined || field === undefined) return undefined;
  return controlOf(field, readRecord(payload[field]), { controlId, isDefault: payload['isDefault'] === true, type });
}

/** Of what a report calls by another name than the request that set it, or has only as a default. */
const TYPE_OF_FIELD: Readonly<Record<string, DerControlType>> = {
  enterService: 'enter_service',
  fixedPFAbsorb: 'fixed_pf_absorb',
  fixedPFInject: 'fixed_pf_inject',
  fixedVar: 'fixed_var',
  freqDroop: 'freq_droop',
  gradient: 'gradients',
  limitMaxDischarge: 'limit_max_discharge',
};
const MOST_OF_FIELD = 24;

/** ReportDERControlRequest: a list for each kind. */
export const reportedControls = (payload: Said): ReportedDerControl[] =>
  FIELDS.flatMap((field) =>
    readList(payload[field])
      .slice(0, MOST_OF_FIELD)
      .flatMap((each) => {
        const said = readRecord(each);
        const controlId = readText(said['id'], 36);
        const type = TYPE_OF_FIELD[field] ?? controlTypeFromWire(said['curveType']);
        const inner = field.startsWith('fixedPF') ? 'fixedPF' : field;
        if (controlId === undefined || type === undefined) return [];
        // R04.FR.14: what may only be a default does not say so.
        const isDefault = flag(said['isDefault']) ?? true;
        const control = controlOf(field, readRecord(said[inner]), { controlId, isDefault, type });
        return control === undefined ? [] : [{ ...control, isSuperseded: said['isSuperseded'] === true }];
      }),
  );

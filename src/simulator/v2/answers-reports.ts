/** How a 2.x station reports its device model: GetBaseReport (2.0.1 B07) and GetReport (B08), told by NotifyReport. */
import type { Controls } from '../dialect.ts';
import { listOf, numberOf, textOf } from '../payload.ts';
import type { Payload } from '../types.ts';
import { type Answering, badField, error, result } from './answering.ts';
import { instant } from './messages.ts';
import type { Entry, Model } from './model/index.ts';
import { isAsked, nameOf } from './named.ts';
import { inParts } from './parts.ts';

const SUMMARY: ReadonlySet<string> = new Set(['AvailabilityState', 'Available', 'Enabled', 'Problem', 'Active']);

function reported(entry: Entry): Payload {
  const { type, mutability, unit, min, max, words, monitored = false, constant = false } = entry.variable;
  return {
    ...nameOf(entry),
    variableAttribute: [
      {
        type: 'Actual',
        ...(mutability === 'WriteOnly' ? {} : { value: entry.value() }),
        mutability,
        persistent: true,
        constant,
      },
    ],
    variableCharacteristics: {
      dataType: type,
      supportsMonitoring: monitored,
      ...(unit === undefined ? {} : { unit }),
      ...(min === undefined ? {} : { minLimit: min }),
      ...(max === undefined ? {} : { maxLimit: max }),
      ...(words === undefined ? {} : { valuesList: words.join(',') }),
    },
  };
}

/** B08.FR.05–07: a component without Active, Available or Enabled counts as having it; one without Problem has none. */
function meets(model: Model, { component }: Entry, criterion: string): boolean {
  const found = model.find(component, { name: criterion });
  if (typeof found === 'string') return criterion !== 'Problem';
  return found.value() === 'true';
}

function tell(requestId: number, entries: readonly Entry[], controls: Controls): () => void {
  return () =>
    inParts(controls, 'NotifyReport', entries, (part, seqNo) => ({
      requestId,
      generatedAt: instant(controls.now()),
      seqNo,
      reportData: part.map(reported),
    }));
}

export const reports: Readonly<Record<string, Answering>> = {
  GetBaseReport(payload, controls, { model }) {
    const requestId = numberOf(payload['requestId']);
    const base = textOf(payload['reportBase']);
    if (requestId === undefined || base === undefined) return badField('requestId or reportBase');
    const isIn: Readonly<Record<string, (entry: Entry) => boolean>> = {
      FullInventory: () => true,
      ConfigurationInventory: ({ variable }) => variable.mutability !== 'ReadOnly',
      SummaryInventory: ({ variable }) => SUMMARY.has(variable.name),
    };
    const chosen = isIn[base];
    if (chosen === undefined) return result({ status: 'NotSupported' });
    return result({ status: 'Accepted' }, tell(requestId, model.entries().filter(chosen), controls));
  },

  GetReport(payload, controls, { model }) {
    const requestId = numberOf(payload['requestId']);
    if (requestId === undefined) return badField('requestId');
    const asked = listOf(payload['componentVariable']);
    if (asked.length > Number(model.read('DeviceDataCtrlr.ItemsPerMessage[GetReport]')))
      return error('OccurrenceConstraintViolation', 'more than ItemsPerMessage');
    const criteria = Array.isArray(payload['componentCriteria']) ? payload['componentCriteria'].map(String) : [];
    const chosen = model
      .entries()
      .filter(
        (entry) =>
          (asked.length === 0 || asked.some((each) => isAsked(entry, each))) &&
          (criteria.length === 0 || criteria.some((each) => meets(model, entry, each))),
      );
    // B08.FR.15
    if (chosen.length === 0) return result({ status: 'EmptyResultSet' });
    return result({ status: 'Accepted' }, tell(requestId, chosen, controls));
  },
};

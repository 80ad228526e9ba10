/**
 * A charging station of OCPP 2.x on a bare socket that keeps certificates and a local list as the specification has it, for tests
 * of what the server makes of its answers. What it is asked is kept; single answers can be scripted.
 */
import { X509Certificate } from 'node:crypto';
import { hashDataOf } from '../../src/simulator/der.ts';
import type { RunningApp } from './app.ts';
import type { CommandAnswer } from './charging-world.ts';
import { type Answering, type ScriptedCharger, scriptedCharger } from './scripted-charger.ts';

export type Speaks = 'ocpp2.0.1' | 'ocpp2.1';
type Payload = Record<string, unknown>;

export type StationV2 = ScriptedCharger & {
  readonly id: string;
  readonly identity: string;
  readonly key: string;
  askedFor(action: string): Payload[];
  /** A raw call over REST, and its outcome. */
  send(action: string, payload?: object): Promise<CommandAnswer>;
  /** A friendly command: a path below the charge point. */
  ask(route: string, body?: object): Promise<CommandAnswer>;
  get<T>(route: string): Promise<T>;
};

export async function stationV2(
  app: RunningApp,
  speaks: Speaks,
  options: { readonly script?: Answering; readonly list?: ListLimits | 'none' } = {},
): Promise<StationV2> {
  const { id, identity, key } = await app.chargePoint();
  const keeps = [options.script, truststore(), localList(options.list)];
  const answering: Answering = (action, payload) => {
    for (const each of keeps) {
      const answer = each?.(action, payload);
      if (answer !== undefined) return answer;
    }
    return { status: 'Accepted' };
  };
  const charger = await scriptedCharger({ ocppUrl: app.ocppUrl, identity, key, speaks }, answering);
  const outcome = async (route: string, body: object): Promise<CommandAnswer> => {
    const answer = await app.api<CommandAnswer>('POST', `/charge-points/${id}/${route}?wait=true`, body);
    if (answer.status !== 202)
      throw new Error(`${route} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return {
    ...charger,
    id,
    identity,
    key,
    askedFor: (action) => charger.asked.flatMap((each) => (each.action === action ? [each.payload] : [])),
    send: (action, payload = {}) => outcome('commands', { action, payload }),
    ask: (route, body = {}) => outcome(route, body),
    get: async <T>(route: string) => (await app.api<T>('GET', `/charge-points/${id}/${route}`)).body,
  };
}

type Held = { readonly type: string; readonly hash: Payload; readonly children: readonly Payload[] };

/** M03, M04, M05: what is installed is listed by its hashes and deleted by them. A V2G chain is there from the start. */
export const V2G_CHAIN: Held = {
  type: 'V2GCertificateChain',
  hash: { hashAlgorithm: 'SHA256', issuerNameHash: 'a1', issuerKeyHash: 'b1', serialNumber: 'c1' },
  children: [{ hashAlgorithm: 'SHA256', issuerNameHash: 'a2', issuerKeyHash: 'b2', serialNumber: 'c2' }],
};
function truststore(): Answering {
  let held: Held[] = [V2G_CHAIN];
  return (action, payload) => {
    switch (action) {
      case 'InstallCertificate': {
        const hash = hashDataOf(new X509Certificate(String(payload['certificate'])));
        held.push({ type: String(payload['certificateType']), hash, children: [] });
        return { status: 'Accepted' };
      }
      case 'GetInstalledCertificateIds': {
        const types = payload['certificateType'] as string[] | undefined;
        const found = held.filter(({ type }) => types === undefined || types.includes(type));
        if (found.length === 0) return { status: 'NotFound' };
        const certificateHashDataChain = found.map(({ type, hash, children }) => ({
          certificateType: type,
          certificateHashData: hash,
          ...(children.length > 0 && { childCertificateHashData: children }),
        }));
        return { status: 'Accepted', certificateHashDataChain };
      }
      case 'DeleteCertificate': {
        const { serialNumber } = payload['certificateHashData'] as Payload;
        const left = held.filter(({ hash }) => hash['serialNumber'] !== serialNumber);
        const status = left.length === held.length ? 'NotFound' : 'Accepted';
        held = left;
        return { status };
      }
      default:
        return undefined;
    }
  };
}

export type ListLimits = { readonly items?: number; readonly bytes?: number };

/** D01, D02: versions have to follow, and messages to fit. 'none': there is no list. */
function localList(limits: ListLimits | 'none' = {}): Answering {
  let version = 0;
  let entries = new Map<string, unknown>();
  return (action, payload) => {
    if (action === 'GetLocalListVersion') return { versionNumber: version };
    if (action === 'GetVariables') {
      const data = payload['getVariableData'] as { component: Payload; variable: Payload; attributeType?: string }[];
      return { getVariableResult: data.map((each) => variableOf(each, limits)) };
    }
    if (action !== 'SendLocalList') return undefined;
    const {
      versionNumber,
      updateType,
      localAuthorizationList: list = [],
    } = payload as {
      versionNumber: number;
      updateType: string;
      localAuthorizationList?: { idToken: { idToken: string }; idTokenInfo?: unknown }[];
    };
    const { items = Infinity, bytes = Infinity } = limits === 'none' ? { items: 0 } : limits;
    if (list.length > items || JSON.stringify(payload).length > bytes) return { status: 'Failed' };
    if (updateType === 'Differential' && versionNumber <= version) return { status: 'VersionMismatch' };
    if (updateType === 'Full') entries = new Map();
    for (const { idToken, idTokenInfo } of list) {
      if (idTokenInfo === undefined) entries.delete(idToken.idToken);
      else entries.set(idToken.idToken, idTokenInfo);
    }
    version = versionNumber;
    return { status: 'Accepted' };
  };
}

function variableOf(
  { component, variable, attributeType }: { component: Payload; variable: Payload; attributeType?: string },
  limits: ListLimits | 'none',
): Payload {
  const asked = { component, variable, ...(attributeType !== undefined && { attributeType }) };
  const { items, bytes } = limits === 'none' ? {} : limits;
  const values: Record<string, string | undefined> = {
    Enabled: 'true',
    ItemsPerMessage: items === undefined ? undefined : String(items),
    BytesPerMessage: bytes === undefined ? undefined : String(bytes),
  };
  const value = values[String(variable['name'])];
  return value === undefined
    ? { ...asked, attributeStatus: 'UnknownVariable' }
    : { ...asked, attributeStatus: 'Accepted', attributeValue: value };
}

/** The OpenAPI document of the real server shows one body for each raw OCPP action of each version, and each is right. */
import { afterAll, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createCallValidator } from '../../src/ocpp/index.ts';
import { createV2 } from '../../src/ocpp/v2/index.ts';
import { createV16 } from '../../src/ocpp/v16/index.ts';
import { newId } from '../../src/platform/ids.ts';
import { startApp } from '../support/app.ts';

const app = await startApp();
afterAll(() => app.stop());
const needs = {
  submit: () => Promise.resolve(null),
  nextTransactionId: () => Promise.resolve(1),
  newId,
  clock: { now: () => new Date() },
};
const versions = [
  createV16(needs),
  createV2({ protocol: 'ocpp2.0.1', ...needs }),
  createV2({ protocol: 'ocpp2.1', ...needs }),
];

type Example = { summary: string; value: { action: string; payload: Record<string, unknown> } };
type Body = { schema: object; examples: Record<string, Example> };

test('every action of every version that can be sent has an example, right by its schema and by that of the request', async () => {
  const document = (await (await fetch(`${app.url}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, { post: { requestBody: { content: Record<string, Body> } } }>;
  };
  const body = document.paths['/api/v1/charge-points/{id}/commands']?.post.requestBody.content['application/json'];
  if (body === undefined) throw new Error('commands cannot be sent');
  const validate = createCallValidator(versions);
  const isRequest = new Ajv2020({ strict: false }).compile(body.schema);
  expect(Object.keys(body.examples).sort()).toEqual(
    versions.flatMap(({ protocol, toCharger }) => [...toCharger.keys()].map((name) => `${protocol}.${name}`)).sort(),
  );
  for (const { protocol, toCharger } of versions) {
    for (const name of toCharger.keys()) {
      const example = body.examples[`${protocol}.${name}`];
      const { action = '', payload = {} } = example?.value ?? {};
      expect([name, validate(protocol, action, payload), isRequest(example?.value)]).toEqual([action, [], true]);
      expect(example?.summary).toBe(`${name} (OCPP ${protocol.slice(4)})`);
    }
  }
});

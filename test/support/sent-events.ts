/** Whether what a receiver got is what was promised: the zod schema of its event, and the `webhooks` section of the OpenAPI document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { catalogue, type EmittedType } from '../../src/events/index.ts';

type Document = {
  webhooks: Record<string, { post: { requestBody: { content: { 'application/json': { schema: object } } } } }>;
  components: object;
};
type Sent = { readonly headers: Readonly<Record<string, unknown>>; readonly body: string };

/** Of the server at this URL: a function that names the faults of a delivery, none if it is as promised. */
export async function promisedBy(url: string): Promise<(sent: Sent) => unknown[]> {
  const document = (await (await fetch(`${url}/api/v1/openapi.json`)).json()) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  const described = new Map<string, ValidateFunction>(
    Object.entries(document.webhooks).map(([type, { post }]) => [
      type,
      ajv.compile({ ...post.requestBody.content['application/json'].schema, components: document.components }),
    ]),
  );
  return ({ headers, body }) => {
    const sent = JSON.parse(body) as { id: string; event: EmittedType; data: unknown };
    const validate = described.get(sent.event);
    if (validate === undefined) return [`the OpenAPI document has no ${sent.event}`];
    validate(sent);
    const { error } = catalogue[sent.event].data.safeParse(sent.data);
    return [
      ...(validate.errors ?? []).map((fault) => ({ event: sent.event, fault })),
      ...(error?.issues ?? []).map((fault) => ({ event: sent.event, fault })),
      ...(headers['webhook-id'] === sent.id ? [] : [`webhook-id is ${String(headers['webhook-id'])}, not ${sent.id}`]),
      ...(headers['x-webhook-event'] === sent.event
        ? []
        : [`X-Webhook-Event is ${String(headers['x-webhook-event'])}`]),
    ];
  };
}

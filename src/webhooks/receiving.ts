/** What a receiver may import from this package: 'dynamo-csms/webhooks'. Nothing of the server, no dependencies. */
export { type Verification, type VerifyOptions, verifyWebhook, type WebhookHeaders } from './verify.ts';

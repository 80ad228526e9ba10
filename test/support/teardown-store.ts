/** Carries the server from the global setup to the global teardown: one process, two module registries. */
import type { EmbeddedServer } from '../../src/database/embedded/server.ts';

const place = globalThis as { dynamoTestServer?: EmbeddedServer | undefined };

export function rememberServer(server: EmbeddedServer | undefined): void {
  place.dynamoTestServer = server;
}

export const rememberedServer = (): EmbeddedServer | undefined => place.dynamoTestServer;

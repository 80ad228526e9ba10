// For the Prisma CLI only (scripts/prisma.mjs); the program itself takes its database from src/config.
import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: '../prisma/schema.prisma',
  migrations: { path: '../prisma/migrations' },
  datasource: {
    // `generate` asks for a URL and never uses it
    url: process.env['DIRECT_DATABASE_URL'] ?? process.env['DATABASE_URL'] ?? 'postgresql://unset@127.0.0.1:1/unset',
    ...(process.env['SHADOW_DATABASE_URL'] ? { shadowDatabaseUrl: process.env['SHADOW_DATABASE_URL'] } : {}),
  },
});

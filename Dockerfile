# Dynamo CSMS without a database of its own: give it DATABASE_URL and SECRET_KEYS (docs/deployment.md).
# docker build -t dynamo-csms .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --include=optional
COPY . .
RUN node scripts/setup.mjs && npm prune --omit=dev --omit=optional && rm -rf node_modules/.cache

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Dynamo CSMS" org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production PORT=3000 DATA_DIR=/data
WORKDIR /app
# root's, so that whoever breaks into the process cannot change the program
COPY --from=build /app/package.json /app/LICENSE /app/.env.example ./
COPY --from=build /app/prisma/migrations ./prisma/migrations
COPY --from=build /app/scripts ./scripts
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN install -d -o 1000 -g 1000 -m 700 /data
# files of chargers, firmware and exports; shared when there are several processes
VOLUME /data
EXPOSE 3000
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=32", "scripts/start.mjs"]

/** Imports go one way; see docs/architecture.md and `docs/decisions/001-rooms.md`. */
const platform = '(platform|config|database|events|telemetry|secrets|generated)';
const edge = '(ocpp|http|docs-page|simulator|schedules|workers)';
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'enter-by-the-door',
      comment: 'Another room is imported through its index.ts (platform rooms, the ingest contract and the http kit by file)',
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: '^src/app(-accounts|-commands|-files|-metrics|-jobs|-servers)?\\.ts$' },
      to: {
        path: '^src/[^/]+/',
        pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', `^src/${platform}/`, '^src/http/kit/', '^src/ingest/(contract|inputs)\\.ts$'],
      },
    },
    { name: 'rooms-know-no-edge', severity: 'error', from: { path: '^src/[^/]+/', pathNot: `^src/${edge}/` }, to: { path: `^src/${edge}/`, pathNot: '^src/http/kit/' } },
    { name: 'only-routes-know-http', severity: 'error', from: { path: '^src/', pathNot: ['/routes\\.ts$', '-routes\\.ts$', '^src/http/', '^src/app(-accounts|-commands|-files|-metrics|-jobs|-servers)?\\.ts$', '^src/simulator/'] }, to: { path: '^src/http/|node_modules/express/' } },
    { name: 'machines-are-pure', severity: 'error', from: { path: '/machine(\\.ts$|/)' }, to: { pathNot: ['^src/[^/]+/machine/', '^src/ingest/(contract|inputs)\\.ts$', '^src/[^/]+/(types|energy|match)\\.ts$', '^src/platform/(derived-id|parts|same-json|token-key|variable-key)\\.ts$', '^src/events/', '^src/pricing/'] } },
    { name: 'only-stores-know-prisma', severity: 'error', from: { path: '^src/', pathNot: '(/store\\.ts|-store\\.ts|^src/database/.*|^src/generated/.*)$' }, to: { path: '^src/generated/|node_modules/(@prisma|pg)/' } },
    { name: 'one-door-to-ocpp-rpc', severity: 'error', from: { pathNot: '^src/ocpp/rpc\\.ts$' }, to: { path: 'node_modules/ocpp-rpc' } },
    { name: 'versions-are-strangers', severity: 'error', from: { path: '^src/ocpp/(v16|v2)/' }, to: { path: '^src/ocpp/(v16|v2)/', pathNot: '^src/ocpp/$1/' } },
    { name: 'platform-knows-nobody', severity: 'error', from: { path: `^src/${platform}/` }, to: { path: '^src/', pathNot: `^src/${platform}/` } },
    { name: 'console-lives-elsewhere', comment: 'It runs in browsers and knows the server by its REST API alone', severity: 'error', from: { path: '^src/console/' }, to: { path: '^(src/(?!console/|client/)|scripts/)' } },
    { name: 'client-knows-nobody', comment: 'What others install to speak to the REST API', severity: 'error', from: { path: '^src/client/' }, to: { path: '^(src/(?!client/)|scripts/)' } },
    { name: 'server-is-no-client', severity: 'error', from: { path: '^src/(?!client/|console/)' }, to: { path: '^src/client/' } },
    { name: 'nobody-imports-console', severity: 'error', from: { path: '^src/(?!console/)' }, to: { path: '^src/console/' } },
    { name: 'nothing-imports-main', severity: 'error', from: {}, to: { path: '^src/main\\.ts$' } },
  ],
  options: {
    exclude: { path: '^dist/' }, // built from src, which is what is judged
    doNotFollow: { path: ['node_modules', 'src/generated'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

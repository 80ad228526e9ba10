/**
 * Loads the modules of a test file as jest does, each file with its own instances, into the realm they are in (environment.cjs).
 * Packages that keep nothing of ours are loaded once in a worker, as the modules of Node are, and a file is translated once.
 */
const vm = require('node:vm');
const { default: Runtime } = require('jest-runtime');
// @peculiar/x509 wants it first; from Node 24.9 on packages are loaded before what imports them runs.
require('reflect-metadata');

const PACKAGES = [
  '@fastify/busboy',
  '@peculiar/asn1-ocsp',
  '@peculiar/asn1-schema',
  '@peculiar/asn1-x509',
  '@peculiar/x509',
  '@prisma/adapter-pg',
  '@prisma/client/runtime/client',
  'ajv',
  'ajv/dist/2020.js',
  'ajv-formats',
  'csv-stringify',
  'csv-stringify/sync',
  'decimal.js',
  'emailjs',
  'eventsource-parser',
  'express',
  'express-rate-limit',
  'fast-check',
  'helmet',
  'jsonwebtoken',
  'node-cron',
  'ocpp-rpc',
  'openid-client',
  'pdfkit',
  'pg',
  'pino',
  'prom-client',
  'rate-limiter-flexible',
  'reflect-metadata',
  'supertest',
  'ulid',
  'undici',
  'ws',
  'zod',
];
const shared = new Set(PACKAGES);
/** From Node 24.9 on jest writes all that is no file as it writes modules of Node. */
const plain = (name) => name.replace(/^node:/, '');
const isShared = (name) => shared.has(plain(name));

/** What `import x from` and `import { x } from` give: all of a CommonJS package, or what one written for both calls its default. */
const load = (name) => (name === 'fast-check' ? require(name).default : require(name));

const translated = new Map();

module.exports = {
  __esModule: true,
  default: class extends Runtime {
    constructor(...given) {
      const [, , resolver, transformer] = given;
      if (!Object.hasOwn(resolver, 'isCoreModule')) {
        const isOfNode = resolver.isCoreModule.bind(resolver);
        resolver.isCoreModule = (name) => isShared(name) || isOfNode(name);
      }
      const transform = transformer.transform.bind(transformer);
      transformer.transform = (file, options, source) => {
        const key = `${options.supportsStaticESM} ${file}`;
        const known = translated.get(key);
        if (known?.originalCode === source) return known;
        const fresh = transform(file, options, source);
        translated.set(key, fresh);
        return fresh;
      };
      super(...given);
      const { coreModule, esmLoader, executor } = this;
      const ofNode = coreModule.require.bind(coreModule);
      coreModule.require = (name) => (isShared(name) ? load(plain(name)) : ofNode(name));
      // no context of its own
      esmLoader.getContext = () => undefined;
      executor.compile = (source, filename) =>
        vm.compileFunction(source, executor.injectedModuleParameters, {
          filename,
          importModuleDynamically: (specifier, _function, attributes, phase) =>
            executor.dynamicImport(specifier, filename, undefined, attributes, phase),
        });
    }
  },
};

/** /docs: Swagger UI from node_modules, under a Content-Security-Policy of its own that allows no inline script. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { type RequestHandler, Router } from 'express';
import { pagePolicy } from './page-policy.ts';

// Swagger UI writes style attributes
const CSP = pagePolicy({ style: "'unsafe-inline'", font: 'data:' });

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Dynamo CSMS API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;
// validatorUrl null: the document is not sent to anybody.
const START = `SwaggerUIBundle({ url: '/api/v1/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null });\n`;

const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

export function docsPages(): Router {
  const folder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
  const router = Router();
  const head: RequestHandler = (_req, res, next) => {
    res.locals['route'] = '/docs';
    res.set('Content-Security-Policy', CSP);
    next();
  };
  router.use('/docs', head);
  router.get('/docs', (_req, res) => void res.type('html').send(PAGE));
  router.get('/docs/start.js', (_req, res) => void res.type('text/javascript').send(START));
  for (const name of FILES) {
    router.get(`/docs/${name}`, (_req, res, next) => {
      // dotfiles: the installation itself may live below a hidden folder
      res.sendFile(path.join(folder, name), { maxAge: '1h', dotfiles: 'allow' }, (cause) => {
        if (cause !== undefined) next(cause);
      });
    });
  }
  return router;
}

export const landingPage: RequestHandler = (req, res) => {
  res.locals['route'] = '/';
  const places = {
    name: 'Dynamo CSMS',
    api: '/api/v1',
    openapi: '/api/v1/openapi.json',
    docs: '/docs',
    ocpp: '/ocpp/{identity}',
    health: ['/livez', '/readyz', '/metrics'],
  };
  if (req.accepts(['json', 'html']) !== 'html') return void res.json(places);
  res.type('html').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Dynamo CSMS</title></head>
<body>
<h1>Dynamo CSMS</h1>
<ul>
<li><a href="/docs">API, to read and try</a> (<a href="/api/v1/openapi.json">OpenAPI 3.1</a>)</li>
<li>Chargers connect to <code>/ocpp/{identity}</code> on this address, OCPP over WebSocket</li>
<li><a href="/readyz">Is it ready?</a></li>
</ul>
</body>
</html>
`);
};

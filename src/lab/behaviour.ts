import type { Fault } from './scenario.ts';
import type { HttpServerSettings, HttpTask, RequestTemplate, Route, Target, Task } from './settings.ts';
import { CLUSTER_DOMAIN, serviceHost } from './shop.ts';

/** What the pods of one app do: what they answer, and what they send unasked. */
export interface Behaviour {
  readonly http?: HttpServerSettings;
  readonly tasks: readonly Task[];
}

const service = (namespace: string, name: string, requestsPerConnection: number, port = 80): Target => ({
  host: serviceHost(namespace, name),
  port,
  requestsPerConnection,
});
const get = (path: string, weight = 1): RequestTemplate => ({ method: 'GET', path, weight });
const post = (path: string, weight = 1): RequestTemplate => ({ method: 'POST', path, weight });
const HEALTHZ: Route = { method: 'GET', path: '/healthz', status: 200, bodyBytes: 64, busyMs: [0, 1] };
const serve = (...routes: readonly Route[]): HttpServerSettings => ({ port: 8080, routes: [...routes, HEALTHZ] });

/** What each app of the shop does with these faults on, keyed by app. */
export function planBehaviour(faults: readonly Fault[]): Readonly<Record<string, Behaviour>> {
  const has = (fault: Fault): boolean => faults.includes(fault);
  return {
    coredns: { tasks: [] },
    gateway: { tasks: gatewayTasks() },
    frontend: { http: frontendServer(), tasks: [] },
    checkout: { http: checkoutServer(), tasks: [] },
    cart: {
      http: cartServer(),
      tasks: has('dns')
        ? [{ kind: 'dns', name: 'redis', everyMs: 1500, query: serviceHost('shop', 'redis-cart'), transport: 'udp' }]
        : [],
    },
    store: { http: storeServer(has('errors')), tasks: [] },
    payments: { http: paymentsServer(has('slow'), has('errors')), tasks: [] },
    prober: { tasks: proberTasks(has('refused')) },
    'legacy-report': { tasks: reportTasks(has('policy-drop')) },
  };
}

function gatewayTasks(): readonly Task[] {
  return [
    {
      kind: 'http',
      name: 'browse',
      everyMs: 450,
      ...service('shop', 'frontend', 10),
      requests: [get('/', 3), get('/products/{id}', 5), get('/search', 1)],
    },
    {
      kind: 'http',
      name: 'buy',
      everyMs: 900,
      ...service('shop', 'frontend', 3),
      requests: [post('/cart/{id}'), post('/checkout')],
    },
  ];
}

function frontendServer(): HttpServerSettings {
  return serve(
    { method: 'GET', path: '/', status: 200, bodyBytes: 6200, busyMs: [1, 4] },
    { method: 'GET', path: '/search', status: 200, bodyBytes: 2400, busyMs: [5, 25] },
    {
      method: 'GET',
      path: '/products/{id}',
      status: 200,
      bodyBytes: 3100,
      busyMs: [1, 4],
      calls: [{ ...service('shop', 'store', 1), ...get('/v1/products/{id}') }],
    },
    {
      method: 'POST',
      path: '/cart/{id}',
      status: 200,
      bodyBytes: 420,
      busyMs: [1, 3],
      calls: [{ ...service('shop', 'cart', 8), ...post('/v1/carts/{id}/items') }],
    },
    {
      method: 'POST',
      path: '/checkout',
      status: 200,
      bodyBytes: 510,
      busyMs: [1, 3],
      calls: [{ ...service('shop', 'checkout', 4), ...post('/v1/orders') }],
    },
  );
}

function checkoutServer(): HttpServerSettings {
  return serve({
    method: 'POST',
    path: '/v1/orders',
    status: 201,
    bodyBytes: 380,
    busyMs: [2, 6],
    calls: [
      { ...service('shop', 'cart', 8), ...get('/v1/carts/{id}') },
      { ...service('payments', 'payments', 4), ...post('/v1/charge') },
    ],
  });
}

function cartServer(): HttpServerSettings {
  return serve(
    { method: 'GET', path: '/v1/carts/{id}', status: 200, bodyBytes: 640, busyMs: [1, 2] },
    {
      method: 'POST',
      path: '/v1/carts/{id}/items',
      status: 201,
      bodyBytes: 210,
      busyMs: [1, 2],
      calls: [{ ...service('shop', 'store', 8), ...get('/v1/stock/{id}') }],
    },
  );
}

function storeServer(errors: boolean): HttpServerSettings {
  return serve(
    {
      method: 'GET',
      path: '/v1/products/{id}',
      status: 200,
      bodyBytes: 900,
      busyMs: [1, 5],
      ...(errors ? { failure: { share: 1 / 10, status: 404 } } : {}),
    },
    { method: 'GET', path: '/v1/stock/{id}', status: 200, bodyBytes: 48, busyMs: [0, 2] },
  );
}

function paymentsServer(slow: boolean, errors: boolean): HttpServerSettings {
  return serve({
    method: 'POST',
    path: '/v1/charge',
    status: 201,
    bodyBytes: 260,
    busyMs: [8, 30],
    ...(slow ? { held: { share: 1 / 3, ms: [300, 900] as const } } : {}),
    ...(errors ? { failure: { share: 1 / 6, status: 503 } } : {}),
  });
}

function proberTasks(refused: boolean): readonly Task[] {
  const probed = [
    ['shop', 'frontend'],
    ['shop', 'checkout'],
    ['shop', 'cart'],
    ['shop', 'store'],
    ['payments', 'payments'],
  ] as const;
  const probes = probed.map(
    ([namespace, name]): HttpTask => ({
      kind: 'http',
      name: `probe-${name}`,
      everyMs: 2500,
      ...service(namespace, name, 1),
      requests: [get('/healthz')],
    }),
  );
  const names: Task = {
    kind: 'dns',
    name: 'probe-dns',
    everyMs: 4000,
    query: `kube-dns.kube-system.svc.${CLUSTER_DOMAIN}`,
    transport: 'tcp',
  };
  const metrics: HttpTask = {
    kind: 'http',
    name: 'scrape-store',
    everyMs: 2000,
    ...service('shop', 'store', 1, 9090),
    requests: [get('/metrics')],
  };
  return [...probes, names, ...(refused ? [metrics] : [])];
}

function reportTasks(denied: boolean): readonly Task[] {
  const stock: HttpTask = {
    kind: 'http',
    name: 'stock',
    everyMs: 1800,
    ...service('shop', 'store', 5),
    requests: [get('/v1/stock/{id}')],
  };
  const settlements: HttpTask = {
    kind: 'http',
    name: 'settlements',
    everyMs: 2500,
    ...service('payments', 'payments', 1),
    requests: [get('/v1/settlements/{id}')],
  };
  return denied ? [stock, settlements] : [stock];
}

/** A pod of the demo's shop, before it has an address. */
export interface ShopPod {
  readonly namespace: string;
  readonly app: string;
  readonly name: string;
  /** What it does in every scenario, for people. */
  readonly role: string;
  readonly workload: { readonly name: string; readonly kind: 'Deployment' | 'CronJob' };
}

/** A service of the shop: one virtual address, its ports, and the app whose pods answer. */
export interface ShopService {
  readonly namespace: string;
  readonly name: string;
  readonly app: string;
  readonly ports: readonly ServicePort[];
}

export interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort: number;
  readonly protocols: readonly ('tcp' | 'udp')[];
}

const deployment = (
  namespace: string,
  app: string,
  role: string,
  hash: string,
  ...suffixes: readonly string[]
): readonly ShopPod[] =>
  suffixes.map((suffix) => ({
    namespace,
    app,
    role,
    name: `${app}-${hash}-${suffix}`,
    workload: { name: app, kind: 'Deployment' },
  }));

/** Every pod of the shop. Names are fixed, so that a demo, a test and a screenshot speak of the same pods. */
export const SHOP_PODS: readonly ShopPod[] = [
  ...deployment('kube-system', 'coredns', 'answers service names over UDP and TCP', '76f75df574', 'rjx5d'),
  ...deployment('ingress', 'gateway', 'sends browsing and buying customers to frontend', '5d4f8c9b7', 'l8zwq'),
  ...deployment('shop', 'frontend', 'asks store, cart and checkout', '7c9f5d8b6', 'x2kqp', 'm7vtn'),
  ...deployment('shop', 'checkout', 'takes orders: asks cart, charges through payments', '6b8d7f5c9', 'hq4gz'),
  ...deployment('shop', 'cart', 'keeps carts, asks store for stock', '84c6f9d5b', 'w9nlc'),
  ...deployment('shop', 'store', 'knows products and stock', '59d8b7c6f', 'k5tbs'),
  ...deployment(
    'payments',
    'payments',
    'charges cards; a policy lets only checkout and prober in',
    '6f7b9c8d4',
    'm4t2z',
  ),
  ...deployment(
    'monitoring',
    'prober',
    'asks every service for /healthz, over a new connection each time',
    '7d5c6b9f8',
    'c6s9v',
  ),
  {
    namespace: 'batch',
    app: 'legacy-report',
    role: 'reads stock from store',
    name: 'legacy-report-29398230-7xk2p',
    workload: { name: 'legacy-report', kind: 'CronJob' },
  },
];

const HTTP: ServicePort = { name: 'http', port: 80, targetPort: 8080, protocols: ['tcp'] };

/** Every service of the shop. `store` also promises a metrics port that nothing listens on. */
export const SHOP_SERVICES: readonly ShopService[] = [
  {
    namespace: 'kube-system',
    name: 'kube-dns',
    app: 'coredns',
    ports: [{ name: 'dns', port: 53, targetPort: 53, protocols: ['udp', 'tcp'] }],
  },
  { namespace: 'shop', name: 'frontend', app: 'frontend', ports: [HTTP] },
  { namespace: 'shop', name: 'checkout', app: 'checkout', ports: [HTTP] },
  { namespace: 'shop', name: 'cart', app: 'cart', ports: [HTTP] },
  {
    namespace: 'shop',
    name: 'store',
    app: 'store',
    ports: [HTTP, { name: 'metrics', port: 9090, targetPort: 9090, protocols: ['tcp'] }],
  },
  { namespace: 'payments', name: 'payments', app: 'payments', ports: [HTTP] },
];

/** The domain that cluster names end in. */
export const CLUSTER_DOMAIN = 'cluster.local';

/** A service's name in the cluster's DNS. */
export function serviceHost(namespace: string, name: string): string {
  return `${name}.${namespace}.svc.${CLUSTER_DOMAIN}`;
}

declare const NETWATCH_VERSION: string | undefined;

/** The version of this build; `development` when run from source. */
export const VERSION = typeof NETWATCH_VERSION === 'string' ? NETWATCH_VERSION : 'development';

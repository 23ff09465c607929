/** What the bundle has in place of re2js: itself, evaluated for the first pattern. Its tables take 10 ms to build. */
export const RE2JS = {
  compile: (pattern) => require('../../node_modules/re2js/build/index.js').RE2JS.compile(pattern),
};

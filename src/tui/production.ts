/**
 * React reads NODE_ENV when it is loaded; its development build is slower and remembers every render. Imported before
 * anything that imports React.
 */
process.env.NODE_ENV ??= 'production';

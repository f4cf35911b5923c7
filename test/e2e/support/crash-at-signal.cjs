// Loaded with NODE_OPTIONS=--require: a bug that strikes when the test says so.
process.on('SIGUSR2', () => {
  throw new Error('struck');
});

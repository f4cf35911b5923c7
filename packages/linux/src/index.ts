export * from './errors.ts';
export * from './syscall-error.ts';

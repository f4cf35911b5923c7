/** A bundle of its own, for commands that need nothing else of what removes containers. */
export { cleanUp } from '../cli/clean-up.ts';

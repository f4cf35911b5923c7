// Bundles the command into one file: engines start it three times for each container, and wait.
import { build } from 'esbuild';
import { bundleCommand } from '../../tools/bundle-command.mjs';

await bundleCommand(build, 'src/main.ts', 'dist/tc-runtime.bundle');

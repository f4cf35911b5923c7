// What runs inside PrivateNamespace: times the commands that it is sent, until its parent hangs up.
import { hostRootfs } from '@tc/images';
import { timeSequences } from './time-commands.ts';

// Node.js starts commands with fork(2), which costs the more the more memory it has: this one does what the other
// has done, so that it is as large.
await import('./spawn/tctl.ts');
const [dataDir = ''] = process.argv.slice(2);
await hostRootfs({ dataDir });

process.on('message', (sequences: string[][][]) => {
  timeSequences(sequences).then(
    (ms) => process.send?.(ms),
    (error: Error) => process.send?.(error.message),
  );
});

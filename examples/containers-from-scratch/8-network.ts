// 8. A network of its own. Run it as root: node examples/containers-from-scratch/8-network.ts
import { createServer } from 'node:net';
import { executeCommand, flags, runSteps } from '@tc/core/launch';
import { cloneFlags } from '@tc/linux';

const server = createServer((socket) => socket.end('hello from the host\n')).listen(0, '127.0.0.1');
await new Promise((listening) => server.once('listening', listening));
const { port } = server.address() as { port: number };
const env = ['PATH=/usr/bin:/bin'];
const ask = [
  'bash',
  '-c',
  `
echo "interfaces: $(tail -n +3 /proc/net/dev | cut -d: -f1 | xargs)"
(cat </dev/tcp/127.0.0.1/${port}) 2>/dev/null || echo "nobody there"
`,
];

console.log('--- on the host');
await runSteps((p) => executeCommand(p, { argv: ask, env }));

// Only a loopback interface, and that one is down: network_namespaces(7).
console.log('--- in a network namespace');
await runSteps((p) => {
  p.call('unshare', [flags(cloneFlags, 'CLONE_NEWNET')], { what: 'make a network namespace' });
  executeCommand(p, { argv: ask, env });
});
server.close();

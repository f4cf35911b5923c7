// A service that is started again when it crashes, and that keeps what it said. Run it as root.
import { Container } from '@tc/core';
import { hostRootfs } from '@tc/images';

const { path } = await hostRootfs();
const script = `
run=$(($(cat /var/run-count 2>/dev/null || echo 0) + 1)); echo $run >/var/run-count
echo "run $run: ready"
trap 'echo "run $run: closes its files"; exit 0' TERM
while sleep 0.1; do
  [ $run -lt 3 ] && { echo "run $run: the database is gone" >&2; exit 1; }
done`;

await using service = await Container.create({
  name: `service-${process.pid}`,
  rootfs: { path, mode: 'overlay', upper: 'disk' }, // what it writes is there again after a restart
  command: ['sh', '-c', script],
  restart: 'on-failure:5', // as long as this process lives
  limits: { memory: '32m', pids: 16 },
  logs: { maxBytes: '1m' },
});

const events = service.events();
await service.start();
let starts = 0;
for await (const { kind, time, pid, exitCode, signal } of events) {
  const what = { start: `pid ${pid}`, exit: `exit code ${exitCode ?? signal}` }[kind as string] ?? '';
  console.log(`${time.toISOString().slice(17, 23)} ${kind} ${what}`);
  if (kind === 'start') starts += 1;
  if (kind === 'start' && starts === 3) setTimeout(() => service.stop({ timeout: '5s' }), 300);
  if (kind === 'exit' && starts === 3) break;
}

const { state, exit } = await service.inspect();
console.log(`\n${service.name} is ${state}: ${exit?.reason} ${exit?.exitCode}. What it said:`);
for await (const { time, stream, line } of service.logs({ tail: 20 }))
  console.log(`${time.toISOString().slice(17, 23)} ${stream} ${line}`);

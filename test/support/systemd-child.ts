/** What a test has done where its systemd is: `systemd.ts`. Takes acts as JSON, and prints what came of each. */
import { execFileSync } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createOci, deleteOci, OciStore, pidsOf, startOci, updateOci } from '@tc/core/oci';

export type Act =
  | { readonly act: 'create'; readonly id: string; readonly root: string; readonly bundle: string }
  | { readonly act: 'start' | 'delete' | 'forceDelete' | 'look'; readonly id: string; readonly root: string }
  | { readonly act: 'update'; readonly id: string; readonly root: string; readonly resources: unknown }
  | { readonly act: 'systemctl'; readonly args: readonly string[] };

export type Outcome = { readonly value: unknown } | { readonly code: string; readonly message: string };

async function perform(act: Act): Promise<unknown> {
  if (act.act === 'systemctl') return execFileSync('systemctl', act.args, { encoding: 'utf8' });
  const store = new OciStore(act.root);
  switch (act.act) {
    case 'create': {
      const stdio = [
        openSync('/dev/null', 'r'),
        openSync('/dev/null', 'w'),
        openSync('/dev/null', 'w'),
      ] as const;
      await createOci(store, act.id, { bundle: act.bundle, stdio: [...stdio], systemdCgroup: true });
      return undefined;
    }
    case 'start':
      return await startOci(store, act.id);
    case 'update':
      return await updateOci(store, act.id, act.resources);
    case 'look': {
      const state = store.get(act.id);
      const cgroup = readFileSync(`/proc/${state.pid}/cgroup`, 'utf8').match(/^0::(.*)$/m)?.[1];
      return { cgroup, pids: pidsOf(state).length, isFirst: pidsOf(state)[0] === state.pid };
    }
    default:
      return await deleteOci(store, act.id, act.act === 'forceDelete');
  }
}

const outcomes: Outcome[] = [];
for (const act of JSON.parse(process.argv[2] ?? '[]') as Act[]) {
  try {
    outcomes.push({ value: (await perform(act)) ?? null });
  } catch (error) {
    const { code, message } = error as Error & { code: string };
    outcomes.push({ code, message });
  }
}
console.log(JSON.stringify(outcomes));

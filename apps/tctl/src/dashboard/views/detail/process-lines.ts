import { printable } from '../../../cli/printable.ts';
import type { ProcessFacts } from '../../source/source.ts';
import { fit } from '../../text/fit.ts';
import { bytes, percent } from '../../text/sizes.ts';
import type { Theme } from '../../theme/theme.ts';

interface Branch {
  readonly process: ProcessFacts;
  readonly lead: string;
}

/** Parents before their children, with the lines of the tree. Pure; whatever the pids say, it ends. */
export function processTree(processes: readonly ProcessFacts[]): readonly Branch[] {
  const pids = new Set(processes.map(({ pid }) => pid));
  const isRoot = ({ pid, parentPid }: ProcessFacts) => !pids.has(parentPid) || parentPid === pid;
  const children = Map.groupBy(
    processes.filter((each) => !isRoot(each)),
    ({ parentPid }) => parentPid,
  );
  const branches: Branch[] = [];
  const seen = new Set<number>();
  const add = (level: readonly ProcessFacts[], lead: string, isTop: boolean) => {
    for (const [index, process] of level.entries()) {
      if (seen.has(process.pid)) continue;
      seen.add(process.pid);
      const isLast = index === level.length - 1;
      branches.push({ process, lead: isTop ? '' : `${lead}${isLast ? '└ ' : '├ '}` });
      add(children.get(process.pid) ?? [], isTop ? '' : `${lead}${isLast ? '  ' : '│ '}`, false);
    }
  };
  add(processes.filter(isRoot), '', true);
  // Pids that are each other's parents can only come from two readings at once: they are shown all the same.
  for (const process of processes) if (!seen.has(process.pid)) branches.push({ process, lead: '' });
  return branches;
}

const heading = '     PID USER     S THR  CPU%   MEM COMMAND';

/** @param processes undefined while they are not read yet */
export function processLines(
  processes: readonly ProcessFacts[] | undefined,
  width: number,
  theme: Theme,
): { readonly heading: string; readonly lines: readonly string[] } {
  const { pens, unicode } = theme;
  if (processes === undefined) return { heading: pens.bar(fit(heading, width)), lines: [] };
  const lines = processTree(processes).map(({ process, lead }) => {
    const { pid, user, state, threads, cpu, memoryBytes, command } = process;
    const tree = unicode ? lead : lead.replace(/[└├│]/g, '|');
    const figures = [
      fit(String(pid), 8, 'right'),
      pens.dim(fit(printable(user), 8)),
      (state === 'R' ? pens.ok : state === 'Z' || state === 'D' ? pens.bad : pens.dim)(fit(state, 1)),
      pens.dim(fit(String(threads), 3, 'right')),
      ((cpu ?? 0) < 0.0005 ? pens.faint : pens.cpu)(fit(percent(cpu), 5, 'right')),
      pens.memory(fit(bytes(memoryBytes), 5, 'right')),
    ].join(' ');
    const room = width - 36;
    return `${figures} ${pens.faint(tree)}${fit(printable(command), room - tree.length)}`;
  });
  return {
    heading: pens.bar(fit(heading, width)),
    lines: lines.length > 0 ? lines : [pens.dim(fit(' No process runs in it.', width))],
  };
}

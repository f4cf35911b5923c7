/** The last but one restriction: Landlock's rules, which hold for all that the command starts. landlock(7) */
import { landlockConstants } from '@tc/linux';
import type { ProgramBuilder } from '../builder.ts';
import { address, at, cell, flags, load, number, words } from '../data.ts';
import type { Diagnosis, Place } from '../program.ts';
import type { CommandContext } from './context.ts';
import { cwd, openPath } from './mount-calls.ts';

const unsupported: Diagnosis = {
  code: 'LANDLOCK_UNSUPPORTED',
  hint: 'The kernel has no Landlock: tctl doctor.',
};

/** After no_new_privs, as the user that the command is; paths are those of the container, with its links. */
export function restrictByLandlock({ p, spec }: CommandContext): void {
  const { landlock } = spec.process;
  if (landlock === undefined) return;
  p.group('privileges');
  const { handledFs, handledNet, paths, ports } = landlock;
  const handled = words(
    handledNet === 0 ? [number(handledFs)] : [number(handledFs), number(handledNet)],
    `{handled_access_fs=0x${handledFs.toString(16)}, handled_access_net=0x${handledNet.toString(16)}}`,
  );
  const ruleset = cell('ruleset_fd');
  p.call('landlock_create_ruleset', [address(handled), handled.size, 0], {
    what: 'make a Landlock ruleset',
    why: 'what no rule allows is refused',
    result: ruleset,
    diagnose: { ENOSYS: unsupported, EOPNOTSUPP: unsupported, EINVAL: unsupported },
  });
  for (const rule of paths) allowPath(p, ruleset, rule);
  for (const { port, allowed } of ports) {
    const rule = words([number(allowed), number(port)], `{allowed_access=${allowed}, port=${port}}`);
    const type = flags(landlockConstants, 'LANDLOCK_RULE_NET_PORT');
    p.call('landlock_add_rule', [load(ruleset), type, address(rule), 0], { what: `allow the port ${port}` });
  }
  p.call('landlock_restrict_self', [load(ruleset), 0], {
    what: 'restrict itself to what the rules allow',
    diagnose: { E2BIG: { hint: 'There are 16 rulesets already: landlock(7).' } },
  });
  p.call('close', [load(ruleset)], { what: 'close the ruleset' });
}

/** A file does not take the rights of a directory. */
function allowPath(
  p: ProgramBuilder,
  ruleset: Place,
  { path, directory, file }: { path: string; directory: number; file: number },
): void {
  const [result, done] = [cell('added'), p.label()];
  const fd = openPath(
    p,
    cwd,
    path,
    { open: [], resolve: ['RESOLVE_NO_MAGICLINKS'] },
    {
      what: `open ${path}`,
      diagnose: {
        ENOENT: { code: 'LANDLOCK_PATH_NOT_FOUND', hint: 'Name a path that is there in the container.' },
      },
    },
  );
  const add = (rights: number, tolerant: boolean) => {
    // Packed: {allowed_access, parent_fd} are 12 bytes.
    const rule = words(
      [number(rights), number(0)],
      `{allowed_access=0x${rights.toString(16)}, parent_fd=target_fd}`,
    );
    p.set(at(rule, 8), load(fd));
    p.call(
      'landlock_add_rule',
      [load(ruleset), flags(landlockConstants, 'LANDLOCK_RULE_PATH_BENEATH'), address(rule), 0],
      {
        what: `allow ${path}`,
        tolerate: tolerant ? ['EINVAL'] : [],
        result,
      },
    );
  };
  add(directory, true);
  p.jumpIf(load(result), 'eq', 0, done);
  add(file, false);
  p.place(done);
  p.call('close', [load(fd)], { what: `close ${path}` });
}

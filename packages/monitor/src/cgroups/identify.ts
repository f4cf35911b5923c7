/**
 * Who runs a cgroup, by its path alone. Each runtime has two ways to name one: systemd's (scopes in slices) and
 * cgroupfs's (plain directories).
 */
import type { CgroupKind } from './cgroup.ts';

export interface Identity {
  readonly kind: CgroupKind;
  /** The runtime's id of the container, or the unit's name; undefined for `other`. */
  readonly id: string | undefined;
  /** For people, as far as the path tells. */
  readonly name: string;
}

/** An id that runtimes draw: 64 hexadecimal digits, or at least 12. */
const ID = '([0-9a-f]{12,64})';

interface Shape {
  readonly kind: CgroupKind;
  /** Of the last part of the path. */
  readonly last: RegExp;
  /** Of what is before it. */
  readonly parent?: RegExp;
  /** What its name shows; default: a short id. */
  readonly name?: 'whole';
}

// The first that fits. Scopes say who made them; plain ids only tell by where they are.
const containerShapes: readonly Shape[] = [
  // Names that people gave have no dots at the ends: exec subgroups are hidden by the walk.
  { kind: 'tctl', last: /^tctl-([A-Za-z0-9][\w.-]{0,62})$/, name: 'whole' },
  { kind: 'docker', last: new RegExp(`^docker-${ID}\\.scope$`) },
  { kind: 'podman', last: new RegExp(`^libpod-${ID}(?:\\.scope)?$`) },
  { kind: 'containerd', last: new RegExp(`^(?:cri-containerd|nerdctl|containerd)-${ID}\\.scope$`) },
  { kind: 'crio', last: new RegExp(`^crio-${ID}(?:\\.scope)?$`) },
  { kind: 'lxc', last: /^lxc\.payload\.(.+)$/, name: 'whole' },
  { kind: 'lxc', parent: /(?:^|\/)lxc$/, last: /^(.+)$/, name: 'whole' },
  { kind: 'docker', parent: /(?:^|\/)docker$/, last: new RegExp(`^${ID}$`) },
  { kind: 'kubernetes', parent: /\/kubepods\b.*\/pod[^/]+$/, last: new RegExp(`^${ID}$`) },
  {
    kind: 'kubernetes',
    parent: /[/-]kubepods(?:[./-]|$)/,
    last: /^(?:[a-z]+-){0,4}pod([0-9a-f_-]{32,36})(?:\.slice)?$/,
  },
  // containerd by itself, and nerdctl on cgroupfs: /NAMESPACE/ID.
  {
    kind: 'containerd',
    parent: /^\/(?:default|k8s\.io|moby|nerdctl|buildkit|containerd)$/,
    last: new RegExp(`^${ID}$`),
  },
];

/** What a runtime keeps beside a container: its monitor, and CRI-O's and LXC's helpers. */
const helpers =
  /^(?:libpod-conmon-|crio-conmon-|libpod-payload-).*|^lxc\.monitor\..*|^lxc\.pivot$|^lxc\.monitor$/;

const unit = /^.+\.(?:service|slice|scope|socket|mount|swap)$/;

/** Who runs a cgroup, by its path alone. What is below a container is `other`, unless it is a container itself. */
export function identify(path: string): Identity {
  const parts = path.split('/').filter((part) => part !== '');
  const last = parts.at(-1) ?? '/';
  const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const container = matchContainer(last, parent);
  if (container !== undefined) return container;
  const inContainer = parts
    .slice(0, -1)
    .some((part, index) => isContainer(part, `/${parts.slice(0, index).join('/')}`));
  if (!inContainer && unit.test(last) && !helpers.test(last))
    return { kind: 'systemd', id: last, name: last };
  return { kind: 'other', id: undefined, name: last };
}

function matchContainer(last: string, parent: string): Identity | undefined {
  if (helpers.test(last)) return undefined;
  for (const shape of containerShapes) {
    if (shape.parent !== undefined && !shape.parent.test(parent)) continue;
    const id = shape.last.exec(last)?.[1];
    if (id === undefined) continue;
    const isPod = /pod/.test(last) && shape.kind === 'kubernetes';
    // systemd has no - in the parts of a slice's name, so kubelet writes _ for it.
    const own = isPod ? id.replaceAll('_', '-') : id;
    const name = shape.name === 'whole' ? own : isPod ? `pod ${own.slice(0, 8)}` : own.slice(0, 12);
    return { kind: shape.kind, id: own, name };
  }
  return undefined;
}

/** A pod is not one: it has containers below. */
function isContainer(last: string, parent: string): boolean {
  const found = matchContainer(last, parent === '/' ? '' : parent);
  return found !== undefined && !(found.kind === 'kubernetes' && /pod/.test(last));
}

/** Whether all that is below belongs to it: of the kinds that runtimes make. */
export function isContainerKind(kind: CgroupKind): boolean {
  return kind !== 'systemd' && kind !== 'other';
}

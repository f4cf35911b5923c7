/** The options of a mount: config.md, "Linux mount options". */
import type { AttributeChange, Propagation } from '../launch/bundle-spec.ts';
import type { MountAttribute } from '../launch/phases/mount-calls.ts';
import { unsupported } from './json.ts';

export interface MountOptions {
  readonly bind: boolean;
  readonly recursive: boolean;
  readonly changes: readonly AttributeChange[];
  readonly propagation: Propagation | undefined;
  readonly copyUp: boolean;
  readonly idMap: 'none' | 'own' | 'recursive';
  /** What the file system itself is told. */
  readonly data: readonly (readonly [key: string, value: string])[];
}

type Change = Omit<AttributeChange, 'recursive'>;
const set = (...attributes: MountAttribute[]): Change => ({ set: attributes, clear: [] });
const clear = (...attributes: MountAttribute[]): Change => ({ set: [], clear: attributes });
/** How access times are kept is one number, which has to be cleared before another is set: mount_setattr(2). */
const accessTime = (...attributes: MountAttribute[]): Change => ({
  set: attributes,
  clear: ['MOUNT_ATTR__ATIME'],
});

/** Each has a form with an `r` before it, for what is mounted below too. */
const attributes: Readonly<Record<string, Change>> = {
  ro: set('MOUNT_ATTR_RDONLY'),
  rw: clear('MOUNT_ATTR_RDONLY'),
  nosuid: set('MOUNT_ATTR_NOSUID'),
  suid: clear('MOUNT_ATTR_NOSUID'),
  nodev: set('MOUNT_ATTR_NODEV'),
  dev: clear('MOUNT_ATTR_NODEV'),
  noexec: set('MOUNT_ATTR_NOEXEC'),
  exec: clear('MOUNT_ATTR_NOEXEC'),
  nodiratime: set('MOUNT_ATTR_NODIRATIME'),
  diratime: clear('MOUNT_ATTR_NODIRATIME'),
  nosymfollow: set('MOUNT_ATTR_NOSYMFOLLOW'),
  symfollow: clear('MOUNT_ATTR_NOSYMFOLLOW'),
  noatime: accessTime('MOUNT_ATTR_NOATIME'),
  strictatime: accessTime('MOUNT_ATTR_STRICTATIME'),
  relatime: accessTime(),
  atime: accessTime(),
  norelatime: accessTime(),
  nostrictatime: accessTime(),
};

const propagations: Readonly<Record<string, Propagation['flag']>> = {
  private: 'MS_PRIVATE',
  slave: 'MS_SLAVE',
  shared: 'MS_SHARED',
  unbindable: 'MS_UNBINDABLE',
};

/** Names that every attribute and propagation has with and without an `r` before it. */
function find<T>(
  table: Readonly<Record<string, T>>,
  option: string,
): { value: T; recursive: boolean } | undefined {
  const value = Object.hasOwn(table, option) ? table[option] : undefined;
  if (value !== undefined) return { value, recursive: false };
  const name = option.slice(1);
  const below = option.startsWith('r') && Object.hasOwn(table, name) ? table[name] : undefined;
  return below === undefined ? undefined : { value: below, recursive: true };
}

/** Of the file system, and the default everywhere. */
const defaults = ['defaults', 'async', 'nomand', 'silent', 'loud', 'newinstance', 'noiversion', 'remount'];

export function parseMountOptions(options: readonly string[], at: string): MountOptions {
  const changes: AttributeChange[] = [];
  const data: [string, string][] = [];
  let [bind, recursive, copyUp] = [false, false, false];
  let idMap: MountOptions['idMap'] = 'none';
  let propagation: Propagation | undefined;
  for (const option of options) {
    const attribute = find(attributes, option);
    const spread = find(propagations, option);
    if (option === 'bind' || option === 'rbind') [bind, recursive] = [true, option === 'rbind'];
    else if (attribute !== undefined) changes.push({ ...attribute.value, recursive: attribute.recursive });
    else if (spread !== undefined) propagation = { flag: spread.value, recursive: spread.recursive };
    else if (option === 'tmpcopyup') copyUp = true;
    else if (option === 'idmap' || option === 'ridmap') idMap = option === 'idmap' ? 'own' : 'recursive';
    else if (/^r?idmap=/.test(option))
      unsupported(at, `has ${option}: put it into uidMappings and gidMappings`);
    else if (!defaults.includes(option)) {
      const [key = '', ...value] = option.split('=');
      data.push([key, value.join('=')]);
    }
  }
  return { bind, recursive, changes, propagation, copyUp, idMap, data };
}

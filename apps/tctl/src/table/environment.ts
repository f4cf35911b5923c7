/** What tctl reads besides its arguments. */
export const environment: Readonly<Record<string, string>> = {
  TCTL_RUNTIME_DIR:
    'where the state of containers is; default /run/tctl, or $XDG_RUNTIME_DIR/tctl for an ordinary user',
  TCTL_DATA_DIR:
    'where images, volumes and logs are; default /var/lib/tctl, or $XDG_DATA_HOME/tctl for an ordinary user',
  TCTL_DETACH_KEYS: 'what --detach-keys is where it is not given',
  TCTL_DEFAULT_PLATFORM: 'what --platform is where it is not given',
  NO_COLOR: 'no colours, whatever else says so',
  FORCE_COLOR: 'colours without a terminal, too; 0 for none',
  COLUMNS: 'how wide the terminal is, in place of what it says',
  DOCKER_CONFIG: 'the directory of config.json with the passwords of registries; default ~/.docker',
  XDG_CONFIG_HOME: 'the directory of tctl/config.json; default ~/.config',
};

export const files: Readonly<Record<string, string>> = {
  '/run/tctl': 'the state of root’s containers, gone with the machine’s next start',
  '/var/lib/tctl': 'root’s images, volumes, and what containers wrote',
  '~/.config/tctl/config.json': 'settings of the dashboard',
  '~/.docker/config.json': 'passwords of registries, only read',
};

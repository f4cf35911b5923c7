/** Every key of the dashboard: the footer, the help, docs/dashboard.md and the configuration file follow from it. */

/** Where a key means something. `everywhere` holds in every view, but in no dialog and no text field. */
export type KeyContext = 'everywhere' | 'main' | 'detail' | 'logs' | 'replay';
export type KeyGroup = 'Move' | 'Look' | 'Select' | 'Act' | 'Detail' | 'Replay' | 'General';

export interface KeySpec {
  readonly keys: readonly string[];
  readonly contexts: readonly KeyContext[];
  readonly group: KeyGroup;
  /** One line. */
  readonly about: string;
  /** One word, where the footer shows it. */
  readonly short?: string;
  /** It changes something: not there with --read-only. */
  readonly acts?: true;
}

const main: readonly KeyContext[] = ['main'];
const detail: readonly KeyContext[] = ['detail'];
const both: readonly KeyContext[] = ['main', 'detail'];
const all: readonly KeyContext[] = ['everywhere'];

export const keyMap = {
  up: { keys: ['up', 'k'], contexts: both, group: 'Move', about: 'Up' },
  down: { keys: ['down', 'j'], contexts: both, group: 'Move', about: 'Down' },
  pageUp: { keys: ['pageup', 'ctrl+b'], contexts: both, group: 'Move', about: 'A page up' },
  pageDown: { keys: ['pagedown', 'ctrl+f'], contexts: both, group: 'Move', about: 'A page down' },
  halfUp: { keys: ['ctrl+u'], contexts: both, group: 'Move', about: 'Half a page up' },
  halfDown: { keys: ['ctrl+d'], contexts: both, group: 'Move', about: 'Half a page down' },
  first: { keys: ['home', 'g'], contexts: both, group: 'Move', about: 'To the first' },
  last: { keys: ['end', 'G'], contexts: both, group: 'Move', about: 'To the last' },

  open: {
    keys: ['enter', 'right'],
    contexts: main,
    group: 'Look',
    about: 'All about the selected one',
    short: 'Open',
  },
  filter: {
    keys: ['/', 'f4'],
    contexts: main,
    group: 'Look',
    about: 'Show only what contains a text',
    short: 'Filter',
  },
  search: { keys: ['f', 'f3'], contexts: main, group: 'Look', about: 'Go to what contains a text' },
  searchNext: { keys: ['n'], contexts: both, group: 'Look', about: 'To the next that was found' },
  searchPrevious: { keys: ['N'], contexts: both, group: 'Look', about: 'To the one found before' },
  sortNext: {
    keys: ['>', '.'],
    contexts: main,
    group: 'Look',
    about: 'Sort by the next column',
    short: 'Sort',
  },
  sortPrevious: { keys: ['<', ','], contexts: main, group: 'Look', about: 'Sort by the column before' },
  sortReverse: { keys: ['r', 'I'], contexts: main, group: 'Look', about: 'Turn the order round' },
  sortCpu: { keys: ['P'], contexts: main, group: 'Look', about: 'Sort by CPU' },
  sortMemory: { keys: ['M'], contexts: main, group: 'Look', about: 'Sort by memory' },
  sortName: { keys: ['A'], contexts: main, group: 'Look', about: 'Sort by name' },
  tree: { keys: ['t', 'f5'], contexts: main, group: 'Look', about: 'As a tree, by group', short: 'Tree' },
  fold: {
    keys: ['left', '-'],
    contexts: main,
    group: 'Look',
    about: 'Fold a group of the tree, or unfold it',
  },
  columns: { keys: ['C', 'f2'], contexts: main, group: 'Look', about: 'Choose columns', short: 'Columns' },
  scope: {
    keys: ['a'],
    contexts: main,
    group: 'Look',
    about: 'Own containers, or every cgroup',
    short: 'All',
  },
  follow: {
    keys: ['F'],
    contexts: main,
    group: 'Look',
    about: 'Whether the selection stays with its container',
  },
  freeze: { keys: ['z'], contexts: both, group: 'Look', about: 'Stand still, and go on' },

  tag: { keys: ['space'], contexts: main, group: 'Select', about: 'Mark for an action on many' },
  tagAll: { keys: ['*'], contexts: main, group: 'Select', about: 'Mark all that are shown' },
  untagAll: { keys: ['U'], contexts: main, group: 'Select', about: 'Mark none' },

  spawn: {
    keys: ['c', 'insert'],
    contexts: both,
    group: 'Act',
    about: 'Start a new container',
    short: 'New',
    acts: true,
  },
  kill: {
    keys: ['x', 'f9'],
    contexts: both,
    group: 'Act',
    about: 'Send a signal',
    short: 'Signal',
    acts: true,
  },
  stop: { keys: ['S'], contexts: both, group: 'Act', about: 'Ask it to end', acts: true },
  start: { keys: ['s'], contexts: both, group: 'Act', about: 'Start it', acts: true },
  pause: {
    keys: ['p'],
    contexts: both,
    group: 'Act',
    about: 'Pause it, or let it go on',
    short: 'Pause',
    acts: true,
  },
  restart: { keys: ['R'], contexts: both, group: 'Act', about: 'Restart it', acts: true },
  remove: { keys: ['D', 'delete'], contexts: both, group: 'Act', about: 'Remove it', acts: true },
  limits: {
    keys: ['e', 'f8'],
    contexts: both,
    group: 'Act',
    about: 'Change its limits',
    short: 'Limits',
    acts: true,
  },
  shell: {
    keys: ['!', 'f7'],
    contexts: both,
    group: 'Act',
    about: 'Open a shell in it',
    short: 'Shell',
    acts: true,
  },
  attach: { keys: ['i'], contexts: both, group: 'Act', about: 'Sit down at its own terminal', acts: true },
  rename: { keys: ['E'], contexts: both, group: 'Act', about: 'Give it another name', acts: true },
  logs: { keys: ['l'], contexts: both, group: 'Look', about: 'What it wrote', short: 'Logs' },
  copyId: { keys: ['y'], contexts: both, group: 'Act', about: 'Copy its id' },
  copyCommand: {
    keys: ['Y'],
    contexts: both,
    group: 'Act',
    about: 'Copy the command that makes one like it',
  },

  back: {
    keys: ['escape', 'backspace'],
    contexts: detail,
    group: 'Detail',
    about: 'Back to the list',
    short: 'Back',
  },
  nextTab: { keys: ['tab', ']'], contexts: detail, group: 'Detail', about: 'The next page', short: 'Page' },
  previousTab: { keys: ['shift+tab', '['], contexts: detail, group: 'Detail', about: 'The page before' },
  tab1: { keys: ['1'], contexts: detail, group: 'Detail', about: 'Graphs' },
  tab2: { keys: ['2'], contexts: detail, group: 'Detail', about: 'Processes' },
  tab3: { keys: ['3'], contexts: detail, group: 'Detail', about: 'Limits and configuration' },
  tab4: { keys: ['4'], contexts: detail, group: 'Detail', about: 'Mounts' },
  tab5: { keys: ['5'], contexts: detail, group: 'Detail', about: 'Logs' },
  zoomIn: { keys: ['+', '='], contexts: detail, group: 'Detail', about: 'A shorter time', short: 'Zoom' },
  zoomOut: { keys: ['-'], contexts: detail, group: 'Detail', about: 'A longer time' },
  cursorLeft: {
    keys: ['left', 'h'],
    contexts: detail,
    group: 'Detail',
    about: 'Read earlier values',
    short: 'Read',
  },
  cursorRight: { keys: ['right'], contexts: detail, group: 'Detail', about: 'Read later values' },
  logSearch: { keys: ['/'], contexts: ['logs'], group: 'Detail', about: 'Search the log', short: 'Search' },
  logFollow: { keys: ['f'], contexts: ['logs'], group: 'Detail', about: 'Follow the log', short: 'Follow' },
  wrap: { keys: ['w'], contexts: ['logs'], group: 'Detail', about: 'Wrap long lines', short: 'Wrap' },

  playPause: {
    keys: ['P'],
    contexts: ['replay'],
    group: 'Replay',
    about: 'Play, and stand still',
    short: 'Play',
  },
  stepBack: { keys: ['{'], contexts: ['replay'], group: 'Replay', about: 'One frame back' },
  stepForward: { keys: ['}'], contexts: ['replay'], group: 'Replay', about: 'One frame on', short: 'Step' },
  jumpBack: { keys: ['('], contexts: ['replay'], group: 'Replay', about: 'A minute back' },
  jumpForward: { keys: [')'], contexts: ['replay'], group: 'Replay', about: 'A minute on', short: 'Jump' },
  slower: { keys: [':'], contexts: ['replay'], group: 'Replay', about: 'Slower' },
  faster: { keys: [';'], contexts: ['replay'], group: 'Replay', about: 'Faster', short: 'Faster' },

  help: { keys: ['?', 'f1'], contexts: all, group: 'General', about: 'This help', short: 'Help' },
  settings: { keys: ['o'], contexts: all, group: 'General', about: 'Settings, and to keep them' },
  theme: { keys: ['ctrl+t'], contexts: all, group: 'General', about: 'The next theme' },
  mouse: {
    keys: ['m'],
    contexts: all,
    group: 'General',
    about: 'Mouse on, or off so that text can be selected',
  },
  redraw: { keys: ['ctrl+l'], contexts: all, group: 'General', about: 'Draw everything again' },
  suspend: { keys: ['ctrl+z'], contexts: all, group: 'General', about: 'To the shell; fg brings it back' },
  quit: { keys: ['q', 'ctrl+c', 'f10'], contexts: all, group: 'General', about: 'Quit', short: 'Quit' },
} as const satisfies Record<string, KeySpec>;

export type CommandName = keyof typeof keyMap;
export type KeyMap = Readonly<Record<CommandName, KeySpec>>;

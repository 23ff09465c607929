/** Where a key means something: in the list (and the detail beside it), while the filter is typed, in the help. */
export type KeyContext = 'list' | 'filter' | 'help';

/** One thing a key does. The keymap, the help overlay and docs/keys.md all come from this table. */
export interface CommandSpec {
  readonly command: string;
  readonly context: KeyContext;
  /** Names as `KeyDecoder` gives them; the first one is shown. */
  readonly keys: readonly string[];
  readonly group: string;
  /** What it does, for the help and the documentation. */
  readonly does: string;
  /** One or two words for the footer; only commands with one appear there, in the order of this table. */
  readonly hint?: string;
}

const list = <C extends string>(
  command: C,
  keys: readonly string[],
  group: 'Move' | 'Look' | 'Filter' | 'Leave',
  does: string,
  hint?: string,
): CommandSpec & { readonly command: C } => ({ command, context: 'list', keys, group, does, hint });

const filter = <C extends string>(
  command: C,
  keys: readonly string[],
  does: string,
): CommandSpec & { readonly command: C } => ({ command, context: 'filter', keys, group: 'Typing a filter', does });

/** Every command of the terminal UI. */
export const COMMANDS = [
  list('detail', ['enter', 'd'], 'Look', 'show everything about the selected flow', 'detail'),
  list('filter', ['/'], 'Filter', 'type a filter', 'filter'),
  list('pause', ['space', 'p'], 'Look', 'pause the list, or resume', 'pause'),
  list('nextFault', ['n'], 'Move', 'next fault (newest one, while live)', 'fault'),
  list('previousFault', ['N'], 'Move', 'previous fault'),
  list('keep', ['f'], 'Filter', 'keep only the value of the marked cell', 'keep'),
  list('exclude', ['x'], 'Filter', 'exclude the value of the marked cell', 'exclude'),
  list('down', ['j', 'down'], 'Move', 'down one row; moving pauses'),
  list('up', ['k', 'up'], 'Move', 'up one row'),
  list('halfDown', ['ctrl-d'], 'Move', 'half a page down'),
  list('halfUp', ['ctrl-u'], 'Move', 'half a page up'),
  list('pageDown', ['ctrl-f', 'pgdn'], 'Move', 'a page down'),
  list('pageUp', ['ctrl-b', 'pgup'], 'Move', 'a page up'),
  list('oldest', ['g', 'home'], 'Move', 'oldest row'),
  list('follow', ['G', 'F', 'end'], 'Move', 'newest row, and follow'),
  list('left', ['h', 'left'], 'Move', 'mark the cell to the left'),
  list('right', ['l', 'right'], 'Move', 'mark the cell to the right'),
  list('focus', ['tab'], 'Look', 'move between list and detail'),
  list('faultsOnly', ['!'], 'Filter', 'only faults, or everything again'),
  list('verdict', ['v'], 'Filter', 'only dropped, error, forwarded, or all'),
  list('undo', ['u'], 'Filter', 'undo the last change of the filter'),
  list('redo', ['U'], 'Filter', 'redo it'),
  list('escape', ['esc'], 'Leave', 'close what is open; then clear the filter'),
  list('help', ['?'], 'Look', 'this help', 'help'),
  list('repaint', ['ctrl-l'], 'Look', 'paint the screen again'),
  list('back', ['q'], 'Leave', 'close what is open; quit when nothing is', 'quit'),
  list('quit', ['ctrl-c'], 'Leave', 'quit'),
  list('suspend', ['ctrl-z'], 'Leave', 'suspend to the shell; fg comes back'),
  filter('accept', ['tab'], 'take the marked proposal'),
  filter('apply', ['enter'], 'apply the filter'),
  filter('cancel', ['esc'], 'leave the filter as it was'),
  filter('proposalDown', ['down', 'ctrl-n'], 'next proposal'),
  filter('proposalUp', ['up', 'ctrl-p'], 'previous proposal, or earlier filters'),
  filter('eraseBack', ['backspace'], 'erase the character before the cursor'),
  filter('eraseForward', ['delete', 'ctrl-d'], 'erase the character under the cursor'),
  filter('eraseWord', ['ctrl-w', 'alt-backspace'], 'erase the word before the cursor'),
  filter('eraseLine', ['ctrl-u'], 'erase everything before the cursor'),
  filter('eraseToEnd', ['ctrl-k'], 'erase everything after the cursor'),
  filter('back1', ['left', 'ctrl-b'], 'one character back'),
  filter('forward1', ['right', 'ctrl-f'], 'one character on'),
  filter('backWord', ['alt-b', 'ctrl-left', 'alt-left'], 'one word back'),
  filter('forwardWord', ['alt-f', 'ctrl-right', 'alt-right'], 'one word on'),
  filter('lineStart', ['home', 'ctrl-a'], 'to the start'),
  filter('lineEnd', ['end', 'ctrl-e'], 'to the end'),
] as const;

/** Name of a command. */
export type Command = (typeof COMMANDS)[number]['command'];

const KEYMAP: ReadonlyMap<string, Command> = new Map(
  COMMANDS.flatMap(({ command, context, keys }) => keys.map((name) => [`${context} ${name}`, command] as const)),
);

/** The command a key stands for in a context, if any. */
export function commandFor(context: KeyContext, keyName: string): Command | undefined {
  return KEYMAP.get(`${context} ${keyName}`);
}

const SHOWN: Readonly<Record<string, string>> = {
  enter: 'Enter',
  esc: 'Esc',
  space: 'Space',
  tab: 'Tab',
  home: 'Home',
  end: 'End',
  pgup: 'PgUp',
  pgdn: 'PgDn',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  backspace: 'Backspace',
  delete: 'Del',
};

/** A key name as people write it: `^D`, `Alt-B`, `PgUp`. */
export function showKey(name: string): string {
  if (name.startsWith('ctrl-')) {
    const rest = name.slice(5);
    return rest.length === 1 ? `^${rest.toUpperCase()}` : `Ctrl-${SHOWN[rest] ?? rest}`;
  }
  if (name.startsWith('alt-')) return `Alt-${SHOWN[name.slice(4)] ?? name.slice(4)}`;
  return SHOWN[name] ?? name;
}

import { NetwatchError } from '../base/error.ts';
import { suggestName } from './suggest.ts';

/** One row of a command's flag table: everything parsing, help and documentation know of a flag. */
export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** Placeholder of the value in help; a flag without one is a switch. */
  readonly value?: string;
  /** Environment variables that stand in when the flag is not given; the first that is set wins. */
  readonly env?: readonly string[];
  /** One sentence; '' keeps the flag out of help, because another one's row speaks for it too. */
  readonly help: string;
  /** How help spells the flag, when its row speaks for several: `[from-|to-]pod`. */
  readonly helpName?: string;
  /** Heading in help. */
  readonly group: string;
}

/** A flag as it was given, in the order of the command line. */
export interface Occurrence {
  readonly flag: Flag;
  /** Text of the value; of a switch `true` unless `--switch=value` says otherwise. */
  readonly value: string;
}

const TRUE = /^(1|t|true)$/i;
const FALSE = /^(0|f|false)$/i;

/** The error for a value that a flag cannot take, in the words of Go's pflag. */
export function badValue({ name, short }: Flag, value: string, reason: string, hint?: string): NetwatchError {
  const spelled = short === undefined ? `--${name}` : `-${short}, --${name}`;
  const message = `invalid argument ${JSON.stringify(value)} for "${spelled}" flag: ${reason}`;
  return new NetwatchError('usage', message, { hint });
}

/** The flags and other arguments of one command line. */
export class ParsedFlags {
  readonly occurrences: readonly Occurrence[];
  /** What is no flag and no flag's value. */
  readonly positionals: readonly string[];
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #flags: ReadonlyMap<string, Flag>;

  constructor(
    flags: readonly Flag[],
    occurrences: readonly Occurrence[],
    positionals: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#flags = new Map(flags.map((flag) => [flag.name, flag]));
    this.occurrences = occurrences;
    this.positionals = positionals;
    this.#env = env;
  }

  /** True when the command line has the flag; the environment does not count. */
  has(name: string): boolean {
    return this.occurrences.some(({ flag }) => flag.name === name);
  }

  /** Every value of a repeatable flag, or else that of the environment. */
  all(name: string): readonly string[] {
    const given = this.occurrences.filter(({ flag }) => flag.name === name).map(({ value }) => value);
    if (given.length > 0) return given;
    const set = this.#flags
      .get(name)
      ?.env?.map((variable) => this.#env[variable])
      .find(Boolean);
    return set === undefined ? [] : [set];
  }

  /** Throws a `usage` error for the first argument that is no flag; for commands that take none. */
  refusePositionals(command: string, hint?: string): void {
    const [extra] = this.positionals;
    if (extra === undefined) return;
    throw new NetwatchError('usage', `${command} takes no argument, got ${JSON.stringify(extra)}`, { hint });
  }

  /** The last value given, or that of the environment. */
  text(name: string): string | undefined {
    return this.all(name).at(-1);
  }

  /** Whether a switch is on. */
  isOn(name: string, byDefault = false): boolean {
    const value = this.text(name);
    if (value === undefined) return byDefault;
    if (TRUE.test(value)) return true;
    if (FALSE.test(value)) return false;
    throw badValue(this.#flag(name), value, 'expected true or false');
  }

  /** A whole number from 0 to 2^64 - 1; nothing when it is not given. */
  count(name: string): bigint | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,20}$/.test(value) || BigInt(value) >= 2n ** 64n) {
      throw badValue(this.#flag(name), value, 'expected a whole number');
    }
    return BigInt(value);
  }

  #flag(name: string): Flag {
    const flag = this.#flags.get(name);
    if (flag === undefined) throw new NetwatchError('internal', `no flag --${name} in this command's table`);
    return flag;
  }
}

/**
 * Parses arguments against a flag table, as Go's pflag does: `--flag value`, `--flag=value`, `-f value`, `-fvalue`,
 * switches joined as `-sf`, and `--` before what is no flag. Flags and other arguments may be mixed.
 * Throws `NetwatchError('usage')` that names the first flag it does not know or that lacks its value.
 */
export function parseFlags(
  flags: readonly Flag[],
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ParsedFlags {
  const occurrences: Occurrence[] = [];
  const positionals: string[] = [];
  let at = 0;

  const takeValue = (flag: Flag, attached: string | undefined, spelled: string): string => {
    if (attached !== undefined) return attached;
    if (flag.value === undefined) return 'true';
    const next = argv[at++];
    if (next === undefined) throw new NetwatchError('usage', `flag needs an argument: ${spelled}`);
    return next;
  };

  const long = (argument: string): void => {
    const equals = argument.indexOf('=');
    const name = argument.slice(2, equals < 0 ? undefined : equals);
    const flag = flags.find((known) => known.name === name);
    if (flag === undefined) {
      throw new NetwatchError(
        'usage',
        `unknown flag: --${name}`,
        suggestName(
          `--${name}`,
          flags.map((f) => `--${f.name}`),
        ),
      );
    }
    const attached = equals < 0 ? undefined : argument.slice(equals + 1);
    occurrences.push({ flag, value: takeValue(flag, attached, `--${name}`) });
  };

  const short = (argument: string): void => {
    for (let i = 1; i < argument.length; i++) {
      const letter = argument.charAt(i);
      const flag = flags.find((known) => known.short === letter);
      if (flag === undefined) throw new NetwatchError('usage', `unknown shorthand flag: '${letter}' in ${argument}`);
      const rest = argument.slice(i + 1);
      if (rest !== '' && (flag.value !== undefined || rest.startsWith('='))) {
        occurrences.push({ flag, value: rest.replace(/^=/, '') });
        return;
      }
      occurrences.push({ flag, value: takeValue(flag, undefined, `'${letter}' in ${argument}`) });
    }
  };

  while (at < argv.length) {
    const argument = argv[at++] ?? '';
    if (argument === '--') {
      positionals.push(...argv.slice(at));
      break;
    }
    if (argument.startsWith('--')) long(argument);
    else if (argument.startsWith('-') && argument !== '-') short(argument);
    else positionals.push(argument);
  }
  return new ParsedFlags(flags, occurrences, positionals, env);
}

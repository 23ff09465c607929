/** Writes docs/keys.md from the key table of the terminal UI; with --check, fails when it is out of date. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIELDS } from '../src/flow/where/fields.ts';
import { COMMANDS, type CommandSpec, showKey } from '../src/tui/keys.ts';

const file = join(import.meta.dirname, '../docs/keys.md');
const commands: readonly CommandSpec[] = COMMANDS;
const groups = Array.from(new Set(commands.map(({ group }) => group)));
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const tables = groups.map((group) => {
  const rows = commands
    .filter((command) => command.group === group)
    .map(({ keys, does }) => `| ${keys.map((key) => code(showKey(key))).join(' ')} | ${does} |`);
  return `## ${group}\n\n| keys | what they do |\n|---|---|\n${rows.join('\n')}\n`;
});

const fields = FIELDS.map(({ name, aliases, sides, does }) => {
  const sided = sides.length === 2 ? `${code(`src.${name}`)} ${code(`dst.${name}`)}` : '';
  return `| ${code(name)} | ${aliases.map(code).join(' ')} | ${sided} | ${does.replaceAll('|', '\\|')} |`;
});

const text = `# Keys of the live view

Written by \`scripts/gen-keys.ts\` from the key table in \`src/tui/keys.ts\`. \`^D\` is Ctrl-D. Nothing here changes anything in
the cluster.

${tables.join('\n')}
## Filter grammar

A space means and, \`|\` or, \`-\` or \`!\` before a term not; brackets group. A term is a field, an operator and a value:
\`=\` and \`!=\` compare with a glob (\`*\`, \`?\`) and ignore case, \`~\` and \`!~\` with a regular expression (RE2), \`<\` \`<=\` \`>\` \`>=\`
order numbers (\`k\`, \`M\`) and durations (\`us\`, \`ms\`, \`s\`, \`m\`). Without \`src.\` or \`dst.\` either side of a flow may match.
Anything else is text that any column may contain. Quotes keep blanks and signs together.

\`\`\`
ns=checkout (verdict=drop | status>=500) -path~^/healthz
src.pod=payments/api lat>250ms
ip=10.0.0.0/8 port=53 rcode=NXDOMAIN
\`\`\`

| field | also | one side | what it is |
|---|---|---|---|
${fields.join('\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(file, text);
else if (readFileSync(file, 'utf8') !== text) {
  process.stderr.write('docs/keys.md is out of date: node scripts/gen-keys.ts\n');
  process.exitCode = 1;
}

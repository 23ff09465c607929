/** From start to exit of commands that do little. */
import { measureRuns, report } from './measure.ts';

const note = 'median of 11';
for (const args of [['--version'], ['--help'], ['observe', '--help'], ['observe', '--input-file', '/dev/null']]) {
  const { cpuMs, wallMs } = await measureRuns(args, 11);
  report({ name: `${args.join(' ')}, wall`, value: wallMs, unit: 'ms', target: '≤ 25 ms', note });
  report({ name: `${args.join(' ')}, CPU`, value: cpuMs, unit: 'ms', note });
}

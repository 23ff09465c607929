import type { Command } from '../command.ts';
import { type OpenedSource, openFlowSource } from '../flow-source.ts';
import { OBSERVE_FLAGS } from '../observe-flags.ts';
import { buildFlowsRequest } from '../observe-request.ts';
import { rawFiltersYaml } from '../raw-filters.ts';
import { checkPrinting, showFlows } from '../show-flows.ts';

const ABOUT = `A flag given twice matches either value, different flags must all match, and
--not turns the next one around. [from-|to-] looks at one side of a flow.

Examples:
  netwatch observe -f
      the live view of this host
  netwatch observe --from frontend --verdict DROPPED
      what frontend sent and somebody dropped
  netwatch observe -f -o json | jq .flow.Summary
      JSON lines, the same as Hubble's
  netwatch observe --server hubble-relay:80 --since 5m
      the last five minutes of a Hubble server
  netwatch observe --input-file flows.jsonl --http-status 5+
      failed requests in a recording
`;

/** Why nothing is printed yet, and how to leave. */
function announce({ title, hint }: OpenedSource): string {
  const notes = ['-f opens the live view, ctrl-C ends.', ...(hint === undefined ? [] : [hint])].join(' ');
  return `netwatch observe: watching ${title} from now on\n${notes}\n`;
}

/** `netwatch observe`: flows as lines, or as the live view. */
export const observe: Command = {
  name: 'observe',
  summary: 'Show flows: who talks to whom, whether it got through, and why not',
  usage: 'observe [flags]',
  about: ABOUT,
  options: OBSERVE_FLAGS,
  async run(context, flags) {
    flags.refusePositionals('observe', 'To filter by name, use --from, --to or --with.');
    checkPrinting(flags, context);
    const request = buildFlowsRequest(flags, context.now());
    if (flags.isOn('print-raw-filters')) {
      context.stdout.write(rawFiltersYaml(request));
      return;
    }
    const opened = await openFlowSource(flags, context);
    try {
      if (opened.startsNow && !request.follow) {
        if (context.stderr.isTTY) context.stderr.write(announce(opened));
        await showFlows({ ...opened, live: false }, { ...request, number: 0, follow: true }, flags, context);
      } else await showFlows(opened, request, flags, context);
    } finally {
      await opened.close();
    }
  },
};

import type { Command } from '../command.ts';
import { openFlowSource } from '../flow-source.ts';
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
      const fromNow = { ...request, number: 0, follow: true };
      await showFlows(opened, opened.startsNow && !request.follow ? fromNow : request, flags, context);
    } finally {
      await opened.close();
    }
  },
};

/** What happens in user space that somebody may miss later; each only grows. */
export interface CaptureCounts {
  /** Flows handed to the sink. */
  flows: number;
  /** Records that do not fit their own size: the rest of that batch was skipped. */
  recordsMalformed: number;
  /** Packets that TCP has answered in TIME_WAIT and freed: not shown, not a loss. */
  dropsInTimeWait: number;
  /** Payloads that began like HTTP and were not. */
  httpUnparsed: number;
  /** HTTP requests or responses behind the first one in a segment: not shown. */
  httpHidden: number;
  /** HTTP responses whose request is not known: shown without method, URL and latency. */
  httpUnmatched: number;
  /** HTTP requests forgotten before their response because too many were waiting. */
  httpEvicted: number;
  dnsUnparsed: number;
  /** DNS answers that did not fit into the slice: shown with what did. */
  dnsCut: number;
  /** DNS responses whose query is not known: shown without latency. */
  dnsUnmatched: number;
  dnsEvicted: number;
  /** DNS queries that nobody answered in time. */
  dnsUnanswered: number;
}

/** All zero. */
export function createCounts(): CaptureCounts {
  return {
    flows: 0,
    recordsMalformed: 0,
    dropsInTimeWait: 0,
    httpUnparsed: 0,
    httpHidden: 0,
    httpUnmatched: 0,
    httpEvicted: 0,
    dnsUnparsed: 0,
    dnsCut: 0,
    dnsUnmatched: 0,
    dnsEvicted: 0,
    dnsUnanswered: 0,
  };
}

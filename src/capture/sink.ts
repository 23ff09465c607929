import type { LostEvent } from '../flow/gen/flow.ts';
import type { FlowDraft } from './flow-parts.ts';
import type { Observation } from './observation.ts';

/** Where a capture's events go. Called on the event loop; none may throw. */
export interface CaptureSink {
  /**
   * Asked before a flow is made of a packet or an HTTP message; what is not wanted is not looked at any further. All
   * is wanted when absent. `trafficDirection` and `isReply` are those the flow would have.
   */
  wants?(o: Observation, trafficDirection: number | undefined, isReply: boolean | undefined): boolean;
  /** At least one flow, in the order of their records. They belong to the sink, which may fill in what is absent. */
  flows(flows: readonly FlowDraft[]): void;
  /** All that was lost since the last call, at most once a second. */
  lost(event: LostEvent): void;
}

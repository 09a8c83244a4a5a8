/** How each metric is made: its paragraph under "How the numbers were made". */

export interface Method {
  /** End of the link from a number. */
  readonly id: string
  readonly title: string
  readonly text: string
}

export const methods = {
  throughput: {
    id: 'throughput',
    title: 'Throughput',
    text: 'Messages in the common measured window of a block, in which every role is active, divided by its length. Several agents of one workload are added. The window is by time, never by a number of messages.',
  },
  latency: {
    id: 'latency',
    title: 'Latency',
    text: 'From the instant at which the message was due to its arrival at the receiver, so that a sender that falls behind makes the number worse, not better (no coordinated omission). “From the real send” counts from the write instead. Both stamps are CLOCK_MONOTONIC of one kernel. Round trips count from the due time of the request to its reply.',
  },
  ack: {
    id: 'ack',
    title: 'Acknowledgement',
    text: 'From the instant at which the message was due to the arrival of its PubAck at the publisher, for each message, also where many are in flight: never for a batch. “From the real send” counts from the write instead. A message counts in the throughput when it is acknowledged; one that is answered with an error, or not in time, is no acknowledgement and is counted apart.',
  },
  stored: {
    id: 'stored',
    title: 'Stored and acknowledged',
    text: 'When the load is over the stream is read from its start, and what is in it is held against what each publisher was told, by publisher and sequence number. Acknowledged and absent is lost, present without an acknowledgement is recovered. Where several servers hold a copy, it is read out of the store of each, through a consumer on that server: the same messages must be in the same places, and what was acknowledged must be in every one that is up to date. It is a proof for what happened in the run: a process that ends does not lose what the operating system has yet to write.',
  },
  ownReads: {
    id: 'own-reads',
    title: 'Reads of one’s own writes',
    text: 'When a value is acknowledged its key is read by the same client, over a second connection to the same server. A read that finds an older revision than the one acknowledged is stale, and is asked again until it sees it. Direct gets are answered by any server that holds a copy and promise no read after write; reads of the leader do.',
  },
  consumed: {
    id: 'consumed',
    title: 'Consumers',
    text: 'Each delivery is timed from the instant at which its message was due to the consumer’s callback, deliveries after the first left out. At the end what was acknowledged to the publishers is held against what was delivered, by publisher and sequence number: acknowledged and undelivered is lost to the consumer. Redeliveries are counted by the delivery number in each message. The lag (last sequence of the stream less the ack floor) is asked of the consumer’s leader each second and at both ends of the measured window.',
  },
  floor: {
    id: 'floor',
    title: 'Floor',
    text: 'Round trip of a raw TCP echo of the mean size between the same nodes just before the block: what the machine, the network stack and the harness cost without NATS.',
  },
  lag: {
    id: 'lag',
    title: 'Send lag',
    text: 'Real send after the due time. Where its p99 is near that of the latency, the generator was measured, and health says so.',
  },
  cpu: {
    id: 'cpu',
    title: 'CPU',
    text: 'CPU time of all processes of a node over the measured window, in shares of one core, from the process table, the cgroup or the jail; divided by messages it is the cost of a message.',
  },
  serverMemory: {
    id: 'server-memory',
    title: 'Memory of the server',
    text: 'Resident memory as nats-server tells it itself (mem of /varz), read where agents cut their samples. The largest reading of the measured window counts; the growth is its last reading less its first. Go gives memory back late, so a peak from before the window may still be in it.',
  },
  evenness: {
    id: 'evenness',
    title: 'Evenness of a queue group',
    text: 'Each connection that subscribes with a queue name is a member. What the least served of them received in the whole block is divided by what each would have received had all got the same: 1 is even, 0 means that a member received nothing. The server chooses a member at random for each message, so a short run is never quite even.',
  },
  loss: {
    id: 'loss',
    title: 'Loss, duplicates, order',
    text: 'Every message carries its publisher and a sequence number; the receiver keeps account of each publisher. Nothing is dropped silently: lost, duplicated, reordered, late and undecodable messages are counted.',
  },
  fault: {
    id: 'fault',
    title: 'Faults',
    text: 'The longest gap is the longest time in the measured window in which a subscription got nothing, or no reply or acknowledgement came to an agent; the worst agent counts. It is the fault’s where it began while the fault was on or within a second of its end, and is more than three times the longest one before the fault. “Came again” counts from the begin of the fault to the end of that gap; “open again” to the moment at which half, 99 % and all of the connections that were lost are connected and have asked for their subscriptions; “settled” to the first sample (one second) whose median is no more than the p99 of before (the p90 where samples are few). Several faults in a block: the worst of them.',
  },
} as const satisfies Readonly<Record<string, Method>>

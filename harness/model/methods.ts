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
    text: 'From the due time of the message to its arrival at the receiver, so that a sender that falls behind makes the number worse, not better (no coordinated omission). “From the real send” counts from the write instead. Both stamps are CLOCK_MONOTONIC of one kernel. Round trips count from the due time of the request to its reply.',
  },
  ack: {
    id: 'ack',
    title: 'Acknowledgement',
    text: 'From the due time of the message to the arrival of its PubAck at the publisher, for each message, also where many are in flight, never for a batch. “From the real send” counts from the write instead. A message counts in the throughput when it is acknowledged. One that is answered with an error, or not in time, is counted separately.',
  },
  stored: {
    id: 'stored',
    title: 'Stored and acknowledged',
    text: 'After the load the stream is read from its start and compared with what each publisher was told, by publisher and sequence number. A message that was acknowledged and is absent is lost; one that is present without an acknowledgement is recovered. Where several servers hold a copy, each copy is read, through a consumer on its server: the same messages must be in the same places, and what was acknowledged must be in every copy that is up to date. This proves only what happened in the run: a process that ends does not lose what the operating system has yet to write.',
  },
  ownReads: {
    id: 'own-reads',
    title: 'Reads of one’s own writes',
    text: 'When a value is acknowledged, the same client reads its key over a second connection to the same server. A read that finds an older revision than the acknowledged one is stale, and is repeated until it finds that one. Direct gets are answered by any server that holds a copy and do not guarantee read after write; reads from the leader do.',
  },
  consumed: {
    id: 'consumed',
    title: 'Consumers',
    text: 'Each first delivery is timed from the due time of its message to the consumer’s callback. At the end, what was acknowledged to the publishers is compared with what was delivered, by publisher and sequence number: a message that was acknowledged and not delivered is lost to the consumer. Redeliveries are counted by the delivery number in each message. The lag (last sequence of the stream minus the ack floor) is read from the consumer’s leader each second and at both ends of the measured window.',
  },
  floor: {
    id: 'floor',
    title: 'Floor',
    text: 'Round trip of a raw TCP echo of the mean size between the same nodes just before the block: what the machine, the network stack and the harness cost without NATS.',
  },
  lag: {
    id: 'lag',
    title: 'Send lag',
    text: 'Real send after the due time. Where its p99 is near that of the latency, the generator was measured and not the server; a finding says so.',
  },
  cpu: {
    id: 'cpu',
    title: 'CPU',
    text: 'CPU time of all processes of a node over the measured window, in shares of one core, from the process table, the cgroup or the jail; divided by messages it is the cost of a message.',
  },
  serverMemory: {
    id: 'server-memory',
    title: 'Memory of the server',
    text: 'Resident memory as nats-server reports it (mem of /varz), read once for each sample of the agents. The largest reading in the measured window counts; the growth is the last reading minus the first. Go returns memory to the system late, so a peak from before the window may still be in it.',
  },
  evenness: {
    id: 'evenness',
    title: 'Evenness of a queue group',
    text: 'Each connection that subscribes with a queue name is a member. The messages of the member that received least in the whole block are divided by an even share: 1 is even, 0 means that a member received nothing. The server chooses a member at random for each message, so a short run is never quite even.',
  },
  loss: {
    id: 'loss',
    title: 'Loss, duplicates, order',
    text: 'Every message carries its publisher and a sequence number, and the receiver checks them for each publisher. Lost, duplicated, reordered, late and undecodable messages are counted.',
  },
  fault: {
    id: 'fault',
    title: 'Faults',
    text: 'The longest gap is the longest time in the measured window in which a subscription received nothing, or an agent got no reply or acknowledgement; the worst agent counts, and of a time that began before the window only what is in it. A fault caused a gap if the gap began during the fault or within a second of its end, and is more than three times the longest gap before the fault. “Resumed” counts from the begin of the fault to the end of that gap; “reconnected” to the moment at which half, 99 % and all of the lost connections are open again and have sent their subscriptions; “settled” to the first sample (one second) whose median is no more than the p99 before the fault (the p90 where samples are few). With several faults in a block the worst counts.',
  },
} as const satisfies Readonly<Record<string, Method>>

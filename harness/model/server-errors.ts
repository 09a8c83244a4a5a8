/** What to do about an error of JetStream, by its code: the codes and words are those of errors.json of nats-server. */
const hints: Readonly<Record<string, string>> = {
  10002: 'lower maxBytes of streams and buckets, or raise max_file_store or max_memory_store of the server',
  10003: 'the name or a field of the request is not one that this server knows: see its version',
  10005: 'start as many servers with JetStream as there are replicas, or lower replicas',
  10023:
    'the server has no room for another stream, or for more messages: store less, lower maxBytes, or raise max_file_store or max_memory_store',
  10025: 'this server knows a field of the stream or consumer not: use a later version',
  10028: 'lower maxBytes, or raise max_memory_store of the server',
  10037: 'nothing is stored there: fill the stream or bucket (filled), or get what was put',
  10039: 'turn JetStream on for the account of the client',
  10043: 'the stream has no such sequence number any more: see its limits',
  10047:
    'lower maxBytes, or raise max_file_store of the server; nats-server takes three quarters of the free disk where nothing is set',
  10052: 'the server does not take this stream together with its other settings: its words say which',
  10053: 'a limit of the stream or account is reached: raise it, or send less',
  10054: 'send smaller messages, or raise max_payload of the server',
  10058: 'another stream has this name: remove it, or choose another name',
  10059: 'the stream is not there: it may have been removed by somebody else, or its leader is not known yet',
  10065: 'another stream of this server stores some of its subjects: choose other subjects',
  10071: 'another publisher writes to it: expect that, with one publisher only, or leave expect out',
  10074: 'several replicas need a cluster: raise count of the group of servers, or lower replicas',
  10076: 'turn JetStream on: topology.GROUP.server.jetstream: true',
  10077: 'the stream is full (maxMessages, maxBytes) or its disk is: raise the limit, or set discard to "old"',
  10084: 'a work queue needs acks: set ack of the consumer to "explicit"',
  10099: 'a work queue has one consumer without a filter: give each consumer a filter of its own',
  10100: 'in a work queue each subject has one consumer: give each a filter of its own',
  10101: 'a consumer of a work queue takes all messages: set start of the consumer to "all"',
  10113: 'this account wants a limit: set maxBytes',
  10120: 'the account has no limits for so many replicas: lower replicas',
  10134: 'a stream that removes by interest needs consumers with its replicas',
  10164: 'another publisher writes to it: expect that, with one publisher only, or leave expect out',
  10174: 'set atomic of the stream, and use a server of 2.12 or later',
  10176: 'a message of the batch was not taken: the server takes 50 batches of a stream at once; see its log',
  10199: 'use smaller batches: the server takes 1,000 messages in one',
  10205: 'set fast of the stream, and use a server of 2.14 or later',
  10208: 'the server gave the batch up, as it does after 10 s without a message: send more often',
  10210: 'use fewer connections: the server takes 50 batches of a stream at once',
}

/** Of a text with the server's code in it, as `10047 insufficient storage resources available`; undefined where there is none to give. */
export function errorHint(text: string): string | undefined {
  const code = /\b(1\d{4})\b/.exec(text)?.[1] ?? ''
  return Object.hasOwn(hints, code) ? hints[code] : undefined
}

/** One-way times of stamped messages: from the due time, and from the real send. */
import type { Recorder } from './recorder.ts'
import { stampDue, stampLag } from './stamp.ts'

export class OneWay {
  readonly #recorder: Recorder
  readonly #latency
  readonly #service

  constructor(recorder: Recorder) {
    this.#recorder = recorder
    this.#latency = recorder.histogram('latency')
    this.#service = recorder.histogram('service')
  }

  /** The stamp lies at `start`; a time before the real send is counted and recorded nowhere: the clocks of the nodes differ. */
  record(view: DataView, start: number, now: number): void {
    const latency = now - stampDue(view, start)
    const service = latency - stampLag(view, start)
    if (service < 0) {
      this.#recorder.tally.negative++
      return
    }
    this.#latency.record(latency)
    this.#service.record(service)
  }
}

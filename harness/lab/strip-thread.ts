/** Runs in a worker thread of its own, for Node.js warns of `stripTypeScriptTypes` and only a thread can be told not to. */
import { stripTypeScriptTypes } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'

const sources = workerData as readonly string[]
parentPort?.postMessage(sources.map((source) => stripTypeScriptTypes(source)))

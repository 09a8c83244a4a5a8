/** Names of what a run makes in the engine, and the labels that prove that it is ours. */

export const labels = {
  run: 'nats-jail-harness.run',
  node: 'nats-jail-harness.node',
  /** On images. Another name than `run`, because containers inherit the labels of their image, also containers of other people. */
  image: 'nats-jail-harness.image-of',
} as const

/** Journal kinds of this substrate. */
export const kinds = { container: 'container', network: 'network', image: 'image' } as const

export function networkName(tag: string): string {
  return `bench-${tag}`
}

export function containerName(tag: string, node: string): string {
  return `bench-${tag}-${node}`
}

export function thinImageName(tag: string): string {
  return `nats-jail-harness-thin:${tag}`
}

/** Name of a container that is never started; a file is taken out of an image by it. No node can have this name. */
export function shelfName(tag: string, number: number): string {
  return `bench-${tag}_image-${number}`
}

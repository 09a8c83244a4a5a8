/** What everything of a run is called in the engine, and the label that proves it is ours. */

export const labels = {
  run: 'nats-jail-harness.run',
  node: 'nats-jail-harness.node',
  /** On images. A name of its own, for containers inherit the labels of their image, also those that others make of ours. */
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

/** A container that is never started, to take a file out of an image. No node can be called so. */
export function shelfName(tag: string, number: number): string {
  return `bench-${tag}_image-${number}`
}

import { describe, expect, it } from 'vitest'
import { dockerHostProblem, droppedLimits, engineHint } from './engine.ts'

describe('a container engine', () => {
  it.each(['/run/user/1000/podman/podman.sock', 'localhost:2375', 'podman.sock'])('is not asked at %s', (value) => {
    expect(dockerHostProblem(value)).toContain(`must begin with a scheme such as unix:// or tcp://, got "${value}"`)
  })

  it.each([undefined, '', 'unix:///run/docker.sock', 'tcp://10.0.0.1:2375', 'ssh://root@board', 'npipe:////./pipe/x'])(
    'may be asked at %s',
    (value) => {
      expect(dockerHostProblem(value)).toBeUndefined()
    },
  )

  it('that does not answer is told by where it was looked for', () => {
    expect(engineHint(undefined)).toBe('start Docker or Podman, or set DOCKER_HOST')
    expect(engineHint('')).toBe('start Docker or Podman, or set DOCKER_HOST')
    expect(engineHint('tcp://10.0.0.1:2375')).toBe(
      'DOCKER_HOST is "tcp://10.0.0.1:2375", where none answers: start the engine there, or set it again',
    )
    expect(engineHint('unix:///run/docker.sock')).toMatch(/or set it again$/)
    for (const value of ['unix://', 'unix://~/docker.sock'])
      expect(engineHint(value)).toMatch(/or set it again to unix:\/\/\/var\/run\/docker.sock, the path in full$/)
    expect(engineHint('unix://run/docker.sock')).toMatch(/or set it again to unix:\/\/\/run\/docker.sock$/)
  })

  it('lacks what it says its kernel has not, and nothing that it does not speak of', () => {
    expect([...droppedLimits({ MemoryLimit: false, CPUSet: true }).keys()]).toEqual(['memory'])
    expect([...droppedLimits({ MemoryLimit: true, CPUSet: false }).keys()]).toEqual(['cpus'])
    expect([...droppedLimits({}).keys()]).toEqual([])
  })
})

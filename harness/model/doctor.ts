/** One answer of `bench doctor`: what was asked, how it stands, what that means, and the command that fixes it. */
export interface DoctorLine {
  /** `bastille version`, `kern.racct.enable` ... */
  readonly about: string
  readonly state: 'ok' | 'warn' | 'fail'
  /** What was seen and what it means, one sentence. */
  readonly because: string
  /** The exact command; absent where nothing needs to be fixed. */
  readonly fix?: string
}

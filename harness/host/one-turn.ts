/**
 * For questions that are cheaper together: all that are asked in one turn of the event loop, before anything is awaited, are one call of
 * `ask`. Each caller gets the answer to all of them, or its error, and takes what is its own.
 */
export function oneTurn<Q, A>(ask: (questions: readonly Q[]) => Promise<A>): (question: Q) => Promise<A> {
  let open: { readonly questions: Q[]; readonly answer: Promise<A> } | undefined
  return (question) => {
    if (open === undefined) {
      const questions: Q[] = []
      const answer = Promise.resolve().then(() => {
        open = undefined
        return ask(questions)
      })
      open = { questions, answer }
    }
    open.questions.push(question)
    return open.answer
  }
}

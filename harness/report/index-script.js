/* global document */
'use strict'
// Filters of the index. Without this script all runs are shown.
{
  const selects = [...document.querySelectorAll('select[data-filter]')]
  const rows = [...document.querySelectorAll('#runs tbody tr')]
  const cards = [...document.querySelectorAll('.trend')]
  const shown = document.getElementById('shown')
  const apply = () => {
    const fits = (element, name, value) =>
      value === '' || element.dataset[name] === value || element.dataset[name] === ''
    const keep = (element) => selects.every((select) => fits(element, select.dataset.filter, select.value))
    let count = 0
    for (const row of rows) {
      row.hidden = !keep(row)
      if (!row.hidden) count++
    }
    for (const card of cards) card.hidden = !keep(card)
    shown.textContent = `${count} of ${rows.length} runs`
  }
  for (const select of selects) select.addEventListener('change', apply)
}

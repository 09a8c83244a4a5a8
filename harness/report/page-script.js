/* global document, window, addEventListener */
'use strict'
// Comfort only: every number is in the tables. Pointing at a chart shows the row of its table that lies there.
{
  const svgName = 'http://www.w3.org/2000/svg'
  const root = document.documentElement
  const make = (name, attributes) => {
    const element = document.createElementNS(svgName, name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    return element
  }

  const theme = document.getElementById('theme')
  if (theme) {
    theme.hidden = false
    theme.addEventListener('click', () => {
      const dark =
        root.classList.contains('dark') ||
        (!root.classList.contains('light') && window.matchMedia('(prefers-color-scheme: dark)').matches)
      root.classList.toggle('dark', !dark)
      root.classList.toggle('light', dark)
    })
  }

  for (const figure of document.querySelectorAll('figure.chart')) {
    const plot = figure.querySelector('.plot')
    const svg = plot.querySelector('svg')
    const along = figure.dataset.along
    const [left, top, width, height] = figure.dataset.plot.split(' ').map(Number)
    const [wide, high] = figure.dataset.size.split(' ').map(Number)
    const heads = [...figure.querySelectorAll('thead th')].map((cell) => cell.textContent)
    const rows = [...figure.querySelectorAll('tbody tr')]
    const at = rows.map((row) => Number(row.dataset.at))
    let view = [left, left + width]
    let current = -1
    let tip
    let cross

    for (const button of figure.querySelectorAll('.legend button')) {
      button.addEventListener('click', () => {
        const shown = button.getAttribute('aria-pressed') !== 'true'
        button.setAttribute('aria-pressed', String(shown))
        const { slot } = button.dataset
        const same = [...figure.querySelectorAll(`.legend button[data-slot="${slot}"]`)]
        const dashed = (element) => element.hasAttribute('stroke-dasharray')
        for (const mark of svg.querySelectorAll(`.k${slot}, .f${slot}`)) {
          const dash = button.className !== 'solid'
          if (same.length === 1 || dashed(mark) === dash) mark.classList.toggle('off', !shown)
        }
      })
    }

    // where a place on the untouched drawing lies in the zoomed one
    const zoomed = (x) => (along === 'x' ? left + ((x - view[0]) / (view[1] - view[0])) * width : x)

    const show = (index) => {
      rows[current]?.classList.remove('at')
      current = index
      const row = rows[index]
      if (!row) return hide()
      row.classList.add('at')
      const place = zoomed(at[index])
      cross ??= svg.appendChild(make('line', { class: 'cross' }))
      const ends = along === 'x' ? [place, top, place, top + height] : [left, place, left + width, place]
      ;['x1', 'y1', 'x2', 'y2'].forEach((name, i) => cross.setAttribute(name, ends[i]))
      if (!tip) {
        tip = plot.appendChild(document.createElement('div'))
        tip.className = 'tip'
        tip.setAttribute('role', 'status')
      }
      tip.textContent = ''
      const cells = [...row.children].map((cell) => cell.textContent)
      tip.appendChild(document.createElement('b')).textContent = `${heads[0]} ${cells[0]}`
      cells
        .slice(1)
        .forEach((text, i) => (tip.appendChild(document.createElement('div')).textContent = `${heads[i + 1]}: ${text}`))
      const scale = svg.clientWidth / wide
      const beside = (along === 'x' ? place : left) * scale
      tip.style.left = `${beside + tip.offsetWidth + 16 > plot.clientWidth ? Math.max(0, beside - tip.offsetWidth - 8) : beside + 10}px`
      tip.style.top = `${along === 'x' ? 6 : place * scale + 12}px`
    }
    const hide = () => {
      rows[current]?.classList.remove('at')
      current = -1
      tip?.remove()
      cross?.remove()
      tip = cross = undefined
    }
    const placeOf = (event) => {
      const box = svg.getBoundingClientRect()
      return along === 'x'
        ? ((event.clientX - box.left) / box.width) * wide
        : ((event.clientY - box.top) / box.height) * high
    }
    const nearest = (place) => {
      let best = -1
      at.forEach((x, i) => {
        if (along === 'x' && (x < view[0] - 1 || x > view[1] + 1)) return
        if (best < 0 || Math.abs(zoomed(x) - place) < Math.abs(zoomed(at[best]) - place)) best = i
      })
      return best
    }

    // zoom: marks are stretched along x, labels of the axis move or leave
    const zoom = (from, to) => {
      view = [from, to]
      const by = width / (to - from)
      const all = from <= left && to >= left + width
      for (const mark of svg.querySelectorAll('[clip-path]')) {
        for (const child of mark.children) {
          child.setAttribute('vector-effect', 'non-scaling-stroke')
          if (all) child.removeAttribute('transform')
          else child.setAttribute('transform', `translate(${left - from * by} 0) scale(${by} 1)`)
        }
      }
      for (const shade of svg.querySelectorAll('polygon.F3')) shade.classList.toggle('off', !all)
      for (const text of svg.querySelectorAll('text[text-anchor="middle"]')) {
        text.dataset.home ??= text.getAttribute('transform')
        const [, x, y] = /translate\(([\d.-]+)[ ,]+([\d.-]+)\)/.exec(text.dataset.home) ?? []
        if (x === undefined || Number(y) > top + height + 22) continue
        const place = zoomed(Number(x))
        text.setAttribute('transform', `translate(${place} ${y})`)
        text.classList.toggle('off', place < left - 1 || place > left + width + 1)
      }
      for (const grid of svg.querySelectorAll('path.K2')) {
        const [, x1, y1, x2] = /^M([\d.]+) ([\d.]+)L([\d.]+)/.exec(grid.getAttribute('d')) ?? []
        if (x1 === undefined || x1 !== x2 || y1 === undefined) continue
        const place = zoomed(Number(x1))
        grid.setAttribute('transform', `translate(${place - Number(x1)} 0)`)
        grid.classList.toggle('off', place < left - 1 || place > left + width + 1)
      }
      figure.querySelector('.unzoom')?.remove()
      if (!all) {
        const back = figure.appendChild(document.createElement('button'))
        back.type = 'button'
        back.className = 'unzoom'
        back.textContent = 'Whole range'
        back.addEventListener('click', () => zoom(left, left + width))
      }
      hide()
    }
    const zoomable =
      along === 'x' && svg.querySelectorAll('[clip-path]').length > 0 && !svg.querySelector('path[transform^="matrix"]')
    let start
    let pick
    plot.addEventListener('pointerdown', (event) => {
      if (!zoomable || event.pointerType === 'touch' || event.button !== 0) return
      start = Math.min(left + width, Math.max(left, placeOf(event)))
    })
    plot.addEventListener('pointermove', (event) => {
      const place = placeOf(event)
      show(nearest(place))
      if (start === undefined) return
      pick ??= svg.appendChild(make('rect', { class: 'pick', y: top, height }))
      const end = Math.min(left + width, Math.max(left, place))
      pick.setAttribute('x', Math.min(start, end))
      pick.setAttribute('width', Math.abs(end - start))
    })
    addEventListener('pointerup', (event) => {
      if (start === undefined) return
      const end = Math.min(left + width, Math.max(left, placeOf(event)))
      const [from, to] = [Math.min(start, end), Math.max(start, end)]
      start = undefined
      pick?.remove()
      pick = undefined
      const back = (place) => view[0] + ((place - left) / width) * (view[1] - view[0])
      if (to - from > 12) zoom(back(from), back(to))
    })
    plot.addEventListener('pointerleave', () => start === undefined && hide())
    plot.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
      if (event.key === 'Escape') return hide()
      if (step === undefined) return
      event.preventDefault()
      show(Math.min(rows.length - 1, Math.max(0, current < 0 ? 0 : current + step)))
    })
    plot.addEventListener('blur', hide)
  }

  // print shows every table that the reader opened, and all parts
  addEventListener('beforeprint', () => document.querySelectorAll('details.part').forEach((part) => (part.open = true)))
}

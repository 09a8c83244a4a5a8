/**
 * Distribution functions that the statistics stand on. Checked against SciPy in distribution.test.ts.
 * Formulas: Lanczos approximation of ln Γ (g = 7, n = 9, P. Godfrey); regularised incomplete beta by Lentz's continued
 * fraction (Numerical Recipes §6.4); normal quantile by Wichura's algorithm AS 241 (Applied Statistics 37, 1988).
 */

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x)
  const z = x - 1
  const t = z + 7.5
  const sum = lanczos.reduce((total, c, i) => (i === 0 ? c : total + c / (z + i)), 0)
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** Regularised incomplete beta I_x(a, b). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b
}

function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  let c = 1
  let d = 1 / keepAway(1 - ((a + b) * x) / (a + 1), tiny)
  let h = d
  // Converges within some √max(a, b) steps.
  const most = 200 + 10 * Math.sqrt(Math.max(a, b))
  for (let m = 1; m <= most; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / keepAway(1 + even * d, tiny)
    c = keepAway(1 + even / c, tiny)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / keepAway(1 + odd * d, tiny)
    c = keepAway(1 + odd / c, tiny)
    h *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return h
}

function keepAway(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value
}

/** P(B ≤ k) of a binomial(n, p). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0
  if (k >= n) return 1
  return incompleteBeta(1 - p, n - Math.floor(k), Math.floor(k) + 1)
}

/** The smallest k with P(B ≤ k) ≥ chance. */
export function binomialQuantile(chance: number, n: number, p: number): number {
  let low = -1
  let high = n
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    // Exact ties, such as half of an odd n, must not hang on the last bit.
    if (binomialCdf(middle, n, p) >= chance * (1 - 1e-12)) high = middle
    else low = middle
  }
  return high
}

/** Φ(z), by the complementary error function's continued fraction in the tails and its series in the middle. */
export function normalCdf(z: number): number {
  const upper = 0.5 * upperTail(Math.abs(z))
  return z > 0 ? 1 - upper : upper
}

/** P(|Z| > z) for z ≥ 0, relative precision about 1e-13 also far out. */
function upperTail(z: number): number {
  if (z > 38) return 0
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)
  if (z < 3) {
    // Φ(z) − ½ = φ(z) Σ z^(2k+1) / (1·3·5···(2k+1)), Marsaglia 2004.
    let term = z
    let sum = z
    for (let k = 1; k < 200 && term > sum * 1e-17; k++) {
      term *= (z * z) / (2 * k + 1)
      sum += term
    }
    return 1 - 2 * density * sum
  }
  let tail = z
  for (let k = 120; k > 0; k--) tail = z + k / tail
  return (2 * density) / tail
}

const as241 = {
  middle: [
    [3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946],
    [45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227],
    [1, 42.31333070160091, 687.1870074920579, 5394.196021424751],
    [21213.794301586597, 39307.89580009271, 28729.085735721943, 5226.495278852854],
  ],
  near: [
    [1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045],
    [1.2704582524523684, 0.2417807251774506, 0.022723844989269184, 0.0007745450142783414],
    [1, 2.053191626637759, 1.6763848301838038, 0.6897673349851],
    [0.14810397642748008, 0.015198666563616457, 0.0005475938084995345, 1.0507500716444169e-9],
  ],
  far: [
    [6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487],
    [0.026532189526576124, 0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7],
    [1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615],
    [0.0007868691311456133, 1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15],
  ],
} as const

/** z with Φ(z) = chance. */
export function normalQuantile(chance: number): number {
  if (chance <= 0) return -Infinity
  if (chance >= 1) return Infinity
  const q = chance - 0.5
  if (Math.abs(q) <= 0.425) return q * ratio(as241.middle, 0.180625 - q * q)
  const r = Math.sqrt(-Math.log(Math.min(chance, 1 - chance)))
  const z = r <= 5 ? ratio(as241.near, r - 1.6) : ratio(as241.far, r - 5)
  return q < 0 ? -z : z
}

function ratio(parts: readonly (readonly number[])[], x: number): number {
  const [a = [], b = [], c = [], d = []] = parts
  return polynomial([...a, ...b], x) / polynomial([...c, ...d], x)
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, c) => sum * x + c, 0)
}

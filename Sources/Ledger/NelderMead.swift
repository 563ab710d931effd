/// Finds the smallest value of a function without its slope. Source: Nelder and Mead, Computer Journal 7 (1965).
enum NelderMead {
    /// The best point found and its value. Points where the function is no number count as infinitely bad.
    static func minimum(
        from start: [Double],
        step: Double = 0.5,
        tolerance: Double = 1e-10,
        rounds: Int = 2000,
        of function: ([Double]) -> Double
    ) -> (point: [Double], value: Double, converged: Bool) {
        func value(_ point: [Double]) -> Double {
            let result = function(point)
            return result.isNaN ? .infinity : result
        }
        var simplex = [(point: start, value: value(start))]
        for index in start.indices {
            var point = start
            point[index] += step
            simplex.append((point, value(point)))
        }
        for _ in 0..<rounds {
            simplex.sort { $0.value < $1.value }
            let (best, worst) = (simplex[0], simplex[simplex.count - 1])
            let spread = simplex.dropFirst().reduce(0.0) { widest, corner in
                zip(corner.point, best.point).reduce(widest) { max($0, abs($1.0 - $1.1)) }
            }
            let flat = abs(worst.value - best.value) <= tolerance * (abs(best.value) + tolerance)
            if flat && spread < 1e-4 { return (best.point, best.value, true) }
            improve(&simplex, value)
        }
        simplex.sort { $0.value < $1.value }
        return (simplex[0].point, simplex[0].value, false)
    }

    private static func improve(_ simplex: inout [(point: [Double], value: Double)], _ value: ([Double]) -> Double) {
        let last = simplex.count - 1
        let (best, second, worst) = (simplex[0], simplex[last - 1], simplex[last])
        let centre = best.point.indices.map { axis in
            simplex.dropLast().reduce(0) { $0 + $1.point[axis] } / Double(last)
        }
        func along(_ factor: Double) -> (point: [Double], value: Double) {
            let point = zip(centre, worst.point).map { $0 + factor * ($1 - $0) }
            return (point, value(point))
        }
        let reflected = along(-1)
        if reflected.value < best.value {
            let expanded = along(-2)
            simplex[last] = expanded.value < reflected.value ? expanded : reflected
        } else if reflected.value < second.value {
            simplex[last] = reflected
        } else {
            let contracted = reflected.value < worst.value ? along(-0.5) : along(0.5)
            if contracted.value < min(worst.value, reflected.value) {
                simplex[last] = contracted
            } else {
                for index in 1...last {
                    let point = zip(best.point, simplex[index].point).map { $0 + 0.5 * ($1 - $0) }
                    simplex[index] = (point, value(point))
                }
            }
        }
    }
}

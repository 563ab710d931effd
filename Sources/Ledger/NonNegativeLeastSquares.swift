/// Least squares whose solution has no negative part. Source: Lawson and Hanson, Solving Least Squares Problems, ch. 23.
///
/// It keeps only sums of products, so that any number of rows needs the same memory.
public struct NonNegativeLeastSquares: Sendable {
    private let width: Int
    private var products: [[Double]]
    private var targets: [Double]

    /// A problem with so many unknowns.
    public init(width: Int) {
        self.width = width
        products = Array(repeating: Array(repeating: 0, count: width), count: width)
        targets = Array(repeating: 0, count: width)
    }

    /// Adds a row `Σ row·x = target`; what a short row lacks is 0.
    public mutating func add(_ row: [Double], _ target: Double) {
        for i in row.indices.prefix(width) where row[i] != 0 {
            for j in row.indices.prefix(width) { products[i][j] += row[i] * row[j] }
            targets[i] += row[i] * target
        }
    }

    /// The solution; columns that say nothing get 0.
    public func solve() -> [Double] {
        var solution = [Double](repeating: 0, count: width)
        var passive: [Int] = []
        var refused: Set<Int> = []
        let scale = max(1e-300, (0..<width).map { products[$0][$0] }.max() ?? 0)
        for _ in 0..<(3 * width + 3) {
            let gradient = (0..<width).map { i in
                targets[i] - (0..<width).reduce(0) { $0 + products[i][$1] * solution[$1] }
            }
            let open = (0..<width).filter { !passive.contains($0) && !refused.contains($0) }
            let reach = 1e-10 * max(scale, targets.map(abs).max() ?? 0)
            guard let best = open.max(by: { gradient[$0] < gradient[$1] }), gradient[best] > reach else { break }
            passive.append(best)
            if passiveSolution(passive) == nil {
                passive.removeLast()
                refused.insert(best)
                continue
            }
            shorten(&passive, &solution)
            if !passive.contains(best) { refused.insert(best) } else { refused = [] }
        }
        return solution
    }

    /// Steps from the present solution towards that of the passive unknowns until none is negative.
    private func shorten(_ passive: inout [Int], _ solution: inout [Double]) {
        while let wanted = passiveSolution(passive) {
            if wanted.allSatisfy({ $0 > 0 }) {
                solution = [Double](repeating: 0, count: width)
                for (place, index) in passive.enumerated() { solution[index] = wanted[place] }
                return
            }
            var step = 1.0
            for (place, index) in passive.enumerated() where wanted[place] <= 0 {
                let distance = solution[index] - wanted[place]
                step = min(step, distance > 0 ? solution[index] / distance : 0)
            }
            for (place, index) in passive.enumerated() {
                solution[index] += step * (wanted[place] - solution[index])
            }
            let kept = passive.enumerated().filter { place, index in wanted[place] > 0 || solution[index] > 1e-12 }
            // Always one fewer, so that this ends.
            passive = kept.count == passive.count ? Array(passive.dropLast()) : kept.map(\.element)
            for index in 0..<width where !passive.contains(index) { solution[index] = 0 }
        }
    }

    private func passiveSolution(_ passive: [Int]) -> [Double]? {
        LinearSystem.solve(
            passive.map { row in passive.map { products[row][$0] } },
            passive.map { targets[$0] }
        )
    }
}

/// Linear equations with a symmetric positive definite matrix.
enum LinearSystem {
    /// The solution by Cholesky's method; nil where the matrix is singular to the machine.
    static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
        let size = right.count
        var lower = Array(repeating: Array(repeating: 0.0, count: size), count: size)
        for i in 0..<size {
            for j in 0...i {
                let sum = (0..<j).reduce(matrix[i][j]) { $0 - lower[i][$1] * lower[j][$1] }
                if i == j {
                    guard sum > 1e-11 * max(1e-300, matrix[i][i]) else { return nil }
                    lower[i][i] = sum.squareRoot()
                } else {
                    lower[i][j] = sum / lower[j][j]
                }
            }
        }
        var solution = right
        for i in 0..<size {
            solution[i] = (0..<i).reduce(solution[i]) { $0 - lower[i][$1] * solution[$1] } / lower[i][i]
        }
        for i in stride(from: size - 1, through: 0, by: -1) {
            solution[i] = ((i + 1)..<size).reduce(solution[i]) { $0 - lower[$1][i] * solution[$1] } / lower[i][i]
        }
        return solution
    }
}

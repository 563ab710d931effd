/// Plain figures over lists of numbers.
public enum Statistics {
    /// Pearson's correlation; nil where one of the lists never differs or they are not of one length.
    public static func correlation(_ left: [Double], _ right: [Double]) -> Double? {
        guard left.count == right.count, left.count > 1 else { return nil }
        let count = Double(left.count)
        let (leftMean, rightMean) = (left.reduce(0, +) / count, right.reduce(0, +) / count)
        var (both, leftOnly, rightOnly) = (0.0, 0.0, 0.0)
        for (x, y) in zip(left, right) {
            both += (x - leftMean) * (y - rightMean)
            leftOnly += (x - leftMean) * (x - leftMean)
            rightOnly += (y - rightMean) * (y - rightMean)
        }
        guard leftOnly > 0, rightOnly > 0 else { return nil }
        let value = both / (leftOnly * rightOnly).squareRoot()
        return value.isFinite ? value : nil
    }

    /// The value below which `share` of sorted values lie, by linear interpolation; nil of none.
    public static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
        guard let last = sorted.indices.last else { return nil }
        let place = min(1, max(0, share)) * Double(last)
        let below = Int(place)
        guard below < last else { return sorted[last] }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}

/// How the connections of a process to a PostgreSQL server are used, by all workspaces in it: figures for metrics.
public struct PoolFigures: Sendable {
    /// Upper bounds of the seconds for which somebody waited for a connection.
    public static let bounds: [Double] = [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10]

    /// The most connections that there may be.
    public internal(set) var most = 0
    /// Connections that were made and not given up.
    public internal(set) var open = 0
    /// Connections that were made so far, those included that have been given up.
    public internal(set) var opened = 0
    /// Those of them on which somebody is at work.
    public internal(set) var used = 0
    /// Work that has waited in vain for too long.
    public internal(set) var refused = 0
    /// Work that waits for a connection.
    public internal(set) var waiting = 0
    /// How often the wait for a connection was at most the bound of this position, most often none at all; the last is
    /// for those above all bounds.
    public internal(set) var byTime = [Int](repeating: 0, count: PoolFigures.bounds.count + 1)
    /// The seconds of all waits.
    public internal(set) var seconds = 0.0

    /// Counts a wait that has ended.
    mutating func waited(_ time: Duration) {
        let length = time.inSeconds
        byTime[PoolFigures.bounds.firstIndex { length <= $0 } ?? PoolFigures.bounds.count] += 1
        seconds += length
    }
}

extension Duration {
    /// The time in seconds.
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

import HTTPTypes
import Synchronization

/// What the server counts about itself.
final class Metrics: Sendable {
    /// Upper bounds in seconds.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    /// What was asked and how it ended; the pattern of a route, never an address.
    struct Key: Hashable, Sendable {
        let method: String
        let route: String
        let status: Int
    }

    /// How often, and how long altogether.
    struct Count: Sendable {
        var requests = 0
        var seconds = 0.0
    }

    /// A moment's figures.
    struct Figures: Sendable {
        var byRoute: [Key: Count] = [:]
        /// How many requests took at most the bound of this position; the last is for those above all bounds.
        var byTime = [Int](repeating: 0, count: Metrics.bounds.count + 1)
        var seconds = 0.0
    }
    private let figures = Mutex(Figures())
    /// When the server was made.
    let started = ContinuousClock.now

    /// The figures now.
    var now: Figures { figures.withLock { $0 } }

    private static let methods: Set<String> = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]

    /// Counts an answered request.
    func count(_ method: HTTPRequest.Method, _ route: String, status: Int, seconds elapsed: Duration) {
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let position = Metrics.bounds.firstIndex { seconds <= $0 } ?? Metrics.bounds.count
        // Anybody can make up methods; the table must not grow by that.
        let known = Metrics.methods.contains(method.rawValue) ? method.rawValue : "other"
        let key = Key(method: known, route: route, status: status)
        figures.withLock { figures in
            figures.byRoute[key, default: Count()].requests += 1
            figures.byRoute[key, default: Count()].seconds += seconds
            figures.byTime[position] += 1
            figures.seconds += seconds
        }
    }
}

public import Values

/// What one workload showed with one number of connections: the median of the passes.
public struct Figures: Sendable {
    /// The workload, such as `W1`.
    public let workload: String
    /// What it stands for.
    public let title: Label
    /// How many connections asked.
    public let connections: Int
    /// Requests answered per second.
    public let perSecond: Double
    /// The time that half of the answers stayed within, in milliseconds.
    public let median: Double
    /// The time that 99 of 100 answers stayed within, in milliseconds.
    public let p99: Double
    /// Answers that were wrong, over all passes.
    public let errors: Int
    /// Mean size of a body in bytes.
    public let bytes: Double
    /// Processor time of the server per request, in milliseconds; nil when the server's process is not known.
    public let processor: Double?
    /// The same work as a bare statement in this process, in milliseconds of processor time; nil where there is none.
    public let bare: Double?
    /// The same work by the record engine in this process, without HTTP, in milliseconds of processor time.
    public let engine: Double?
    /// The first wrong answer.
    public let firstError: String?

    /// How the processor time stands to its goal.
    public var mark: Goal.Mark? { processor.flatMap { Goals.processor[workload]?.mark($0) } }
}

/// What a run with one size of the data set showed.
public struct BenchResult: Sendable {
    /// How many customers the data set has.
    public let customers: Int
    /// Figures per workload and number of connections.
    public internal(set) var figures: [Figures] = []
    /// Imports: `W7` alone, `W7b` while others worked.
    public internal(set) var imports: [ImportFigures] = []
    /// The first load of the list of customers.
    public internal(set) var page: PageFigures?
    /// Seconds from the server's start to its first answer; nil for a server that ran already.
    public internal(set) var startSeconds: Double?
    /// The server's memory after the start and after the load of W1 to W6; nil when its process is not known.
    public internal(set) var memory: (start: Memory, end: Memory)?
    /// What the data set takes on disk in MiB, before and after all; nil for a server that ran already.
    public internal(set) var disk: (start: Double, end: Double)?

    init(customers: Int) { self.customers = customers }

    /// How many answers and rows were wrong.
    public var errors: Int {
        figures.reduce(0) { $0 + $1.errors } + imports.reduce(0) { $0 + $1.errors } + (page?.errors ?? 0)
    }

    // What was wrong, with its workload.
    var faults: [String] {
        figures.compactMap { figure in figure.firstError.map { "\(figure.workload): \($0)" } }
            + imports.compactMap { figure in figure.firstError.map { "\(figure.workload): \($0)" } }
            + [page?.firstError].compactMap { $0.map { "W8: \($0)" } }
    }
}

/// What a whole measurement showed, size by size.
public struct BenchReport: Sendable {
    /// Where, when and how.
    public let circumstances: Circumstances
    /// One result for each size, the smallest first.
    public internal(set) var results: [BenchResult] = []

    /// True when every answer was right.
    public var isRight: Bool { results.allSatisfy { $0.errors == 0 } }

    /// How much more each workload costs at the largest size than at the smallest; empty with one size.
    public var growth: [Growth] {
        guard let small = results.first, let large = results.last, small.customers < large.customers else { return [] }
        return small.figures.compactMap { first in
            let last = large.figures.first { $0.workload == first.workload && $0.connections == first.connections }
            guard Goals.processor[first.workload] != nil, let before = first.processor, before > 0,
                let after = last?.processor
            else { return nil }
            return Growth(workload: first.workload, connections: first.connections, ratio: after / before)
        }
    }
}

/// How much more a workload costs at the largest size than at the smallest.
public struct Growth: Sendable {
    /// The workload.
    public let workload: String
    /// How many connections asked.
    public let connections: Int
    /// Processor time at the largest size by that at the smallest.
    public let ratio: Double

    /// How it stands to the limit of 1.3; nil where growth has none.
    public var mark: Goal.Mark? { Goals.growing.contains(workload) ? Goals.growth.mark(ratio) : nil }
}

/// A number with so many decimals.
func rounded(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "0" }
    let scaled = Int64((value * Double(FixedPoint.power(decimals))).rounded())
    return FixedPoint.text(scaled, digits: decimals)
}

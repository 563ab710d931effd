public import Values

/// What a measurement is asked for.
public struct BenchOptions: Sendable {
    /// How many customers, size by size.
    public var customers = [100_000]
    /// What hangs on each customer.
    public var each = Companions()
    /// Whether the data set itself is served and changed, for sizes of which no copy fits on the disk.
    public var inPlace = false
    /// Where the data set lies or is to be made.
    public var directory = "./bench"
    /// How often each workload is measured; the median counts.
    public var passes = 3
    /// How long each measurement takes, in seconds.
    public var seconds = 3.0
    /// The workloads wanted, such as `W1`; empty for all.
    public var only: Set<String> = []
    /// How many times as many rounds the record engine runs in this process; above 1 no server is measured: for
    /// profiles of the engine.
    public var engineRounds = 1
    /// The port of the server that is measured, on the loopback address; 0 for one that is free.
    public var port: UInt16 = 0
    /// How many customers each import brings.
    public var importRows = 100_000
    /// Seconds that each of the eight people who work during an import rests after an answer.
    public var pause = 0.1
    /// A server that runs already and holds the data set of the first size; nil to start one.
    public var url: String?
    /// The API key for it, of an administrator.
    public var key = ""
    /// Whether records are made and changed there when it holds no data set of ours.
    public var writes = false
    /// Its process when it runs on this machine: without it processor time and memory are not known.
    public var pid: Int32?
    /// The language of what is said meanwhile.
    public var language = Language.en

    /// 100,000 customers, three passes of three seconds.
    public init() {}

    func wants(_ workload: String) -> Bool { only.isEmpty || only.contains(workload) }
}

import Glibc
import Synchronization

/// Notices within a second or so that something was written to a SQLite file, by whatever process, without asking the
/// database: by the time and size of its log, to which each commit goes. One task looks at all files that are open.
final class SQLiteWatch: Sendable {
    private struct State {
        weak var news: News?
        var seen: FileStamp?
    }
    private struct Watching {
        weak var watch: SQLiteWatch?
    }
    private static let all = Mutex<(watching: [Watching], isRunning: Bool)>(([], false))
    private let state = Mutex(State())
    private let log: String

    init(path: String) { log = path + "-wal" }

    /// Tells `news` from now on; once is enough.
    func listen(_ news: News) {
        let isFirst = state.withLock { state in
            if state.seen != nil { return false }
            (state.news, state.seen) = (news, FileStamp(log))
            return true
        }
        guard isFirst else { return }
        let mustStart = SQLiteWatch.all.withLock { all in
            all.watching.append(Watching(watch: self))
            defer { all.isRunning = true }
            return !all.isRunning
        }
        if mustStart { Task.detached(priority: .utility) { await SQLiteWatch.run() } }
    }

    /// Whether it tells what it notices.
    var isOn: Bool { state.withLock { $0.seen != nil } }

    private static func run() async {
        while (try? await Task.sleep(for: .seconds(1), tolerance: .milliseconds(250))) != nil {
            let watching = all.withLock { all in
                all.watching.removeAll { $0.watch == nil }
                all.isRunning = !all.watching.isEmpty
                return all.watching
            }
            if watching.isEmpty { return }
            for one in watching { one.watch?.look() }
        }
    }

    private func look() {
        let now = FileStamp(log)
        let news = state.withLock { state in
            defer { state.seen = now }
            return state.seen == now ? nil : state.news
        }
        news?.hear([.others])
    }
}

/// When a file was last written, and how long it is; of one that is not there nothing is known.
public struct FileStamp: Equatable, Sendable {
    /// Seconds and nanoseconds.
    private let time: (Int, Int)
    /// Bytes; 0 for a file that is not there.
    public let size: Int64

    /// False for one that is not there.
    public var exists: Bool { time != (0, 0) }

    /// The stamp of a file or folder as it is now.
    public init(_ path: String) {
        var facts = stat()
        if stat(path, &facts) == 0 {
            (time, size) = ((facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec), Int64(facts.st_size))
        } else {
            (time, size) = ((0, 0), 0)
        }
    }

    /// Whether both were written at the same time and are as long.
    public static func == (one: FileStamp, other: FileStamp) -> Bool {
        one.time == other.time && one.size == other.size
    }
}

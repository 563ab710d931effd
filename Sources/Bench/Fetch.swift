import Glibc

/// One request with its answer, and how long they took.
struct Fetch {
    let answer: Answer
    /// Milliseconds from the request to the first byte of the answer.
    let firstByte: Double
    /// Milliseconds from the request to the last byte of the answer.
    let whole: Double

    private static let patience: Int32 = 60_000

    /// Sends a request, in parts where it is large, over a connection of its own and waits for the answer.
    static func one(_ parts: [UInt8]..., from endpoint: Endpoint) throws -> Fetch {
        var parts = parts[...]
        return try one(from: endpoint) { parts.popFirst() }
    }

    /// The same with parts that are made one by one.
    static func one(from endpoint: Endpoint, next: () throws -> [UInt8]?) throws -> Fetch {
        var connection = try ServerConnection(endpoint)
        defer { connection.close() }
        let start = Stopwatch.seconds()
        while let part = try next() {
            try connection.send(part)
            while connection.isSending {
                try wait(connection, POLLOUT)
                try connection.flush()
            }
        }
        try wait(connection, POLLIN)
        let first = Stopwatch.seconds()
        while true {
            if let answer = try connection.receive() {
                let end = Stopwatch.seconds()
                return Fetch(answer: answer, firstByte: (first - start) * 1000, whole: (end - start) * 1000)
            }
            try wait(connection, POLLIN)
        }
    }

    private static func wait(_ connection: ServerConnection, _ events: Int32) throws {
        var waiting = pollfd(fd: connection.socket, events: Int16(events), revents: 0)
        while true {
            let count = poll(&waiting, 1, patience)
            if count > 0 { return }
            if count == 0 { throw BenchFailure.timedOut }
            guard errno == EINTR else { throw BenchFailure.noConnection }
        }
    }
}
